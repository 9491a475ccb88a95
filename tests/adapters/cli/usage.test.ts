import { describe, expect, test } from "vitest";
import { commandUsage, overallUsage } from "../../../src/adapters/cli/usage.ts";
import { allCommands } from "../../../src/bot/commands/all-commands.ts";
import { optionName } from "../../../src/bot/commands/spec.ts";

describe("cloze <command> --help", () => {
  test.each(allCommands.map((command) => [command.name, command] as const))(
    "%s: names every option, at most 100 columns wide",
    (_name, command) => {
      const text = commandUsage(command);
      for (const key of Object.keys(command.options)) expect(text).toContain(`--${optionName(key)}`);
      for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
      expect(text).toContain("--json");
      if (command.unavailable?.cli) expect(text.replace(/\s+/g, " ")).toContain(command.unavailable.cli);
    },
  );
});

test("cloze --help names every command, and which of them can't run here", () => {
  const text = overallUsage(allCommands).replace(/\s+/g, " ");
  for (const { name, description, unavailable } of allCommands) {
    const excuse = " (not on the command line)";
    expect(text).toContain(` ${name} ${description}${unavailable?.cli ? excuse : ""}`);
    if (!unavailable?.cli) expect(text).not.toContain(`${description}${excuse}`);
  }
  for (const word of ["start", "doctor", "setup discord", "setup slack"]) expect(text).toContain(word);
});
