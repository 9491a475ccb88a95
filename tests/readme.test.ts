import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { findCommand, readArguments } from "../src/adapters/cli/command-arguments.ts";
import { inviteLink } from "../src/adapters/discord/access.ts";
import { createCommandNames } from "../src/adapters/slack/command-names.ts";
import { commandSettings } from "../src/adapters/slack/settings.ts";
import { allActions, allCommands } from "../src/bot/commands/all-commands.ts";
import { parseOptions } from "../src/bot/commands/parse-options.ts";
import { createRegistry } from "../src/bot/commands/registry.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const readme = readFileSync(join(root, "README.md"), "utf8");
const { commands } = createRegistry(allCommands, allActions);
const packageJson = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

function section(title: string): string {
  const text = readme.split(/^## /m).find((part) => part.startsWith(`${title}\n`));
  if (!text) throw new Error(`README has no section "${title}".`);
  return text;
}

/** The words of a shell line, double quotes understood. */
function shellWords(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare!);
}

describe.each(["On Discord", "On Slack"])("README, %s", (title) => {
  const text = section(title);

  test("a new user is there in at most seven steps, the last a /generate", () => {
    const steps = text.match(/^\d+\. .*$/gm) ?? [];
    expect(steps.length).toBeLessThanOrEqual(7);
    expect(steps.at(-1)).toContain("/generate");
  });

  test("every setting it names is in .env.example", () => {
    const names = text.match(/\b[A-Z]+_[A-Z_]+\b/g) ?? [];
    expect(names.length).toBeGreaterThan(0);
    const example = readFileSync(join(root, ".env.example"), "utf8");
    for (const name of names) expect(example).toContain(`${name}=`);
  });
});

test("the steps of Discord's portal are those that the token's error message names", () => {
  expect(section("On Discord")).toContain("**Reset Token**");
  expect(inviteLink("1")).toMatch(/^https:\/\/discord\.com\/.*permissions=\d+/);
});

test("commands are said to carry a prefix on Slack exactly where they do", () => {
  const names = createCommandNames(allCommands, commandSettings(""));
  for (const [name] of section("On Slack").matchAll(/\/cloze-[a-z-]+/g))
    expect([...names.slash.keys()]).toContain(name);
  expect([...names.slash.keys()]).toContain("/generate");
});

test("every slash command it names exists", () => {
  const prose = readme.replaceAll(/https?:\S+/g, "");
  const named = [...prose.matchAll(/`\/([a-z-]+(?: [a-z]+)?)/g)].map(([, name]) =>
    name!.replace(/^cloze-/, ""),
  );
  expect(named.length).toBeGreaterThan(10);
  for (const name of named) {
    if (name.startsWith("invite")) continue; // Slack's own.
    const known =
      commands.has(name) ||
      commands.has(name.split(" ")[0]!) ||
      [...commands.keys()].some((key) => key.startsWith(`${name.split(" ")[0]} `));
    expect(known, `/${name}`).toBe(true);
  }
});

test("every line of the command line is one that Cloze accepts", () => {
  const lines = [...readme.matchAll(/npx cloze ([^`\n]+)/g)].map(([, line]) => line!);
  expect(lines.length).toBeGreaterThan(4);
  for (const line of lines) {
    const words = shellWords(line);
    if (["start", "doctor", "setup", "embed", "grade", "backup", "restore", "worker"].includes(words[0]!))
      continue;
    // The operator's; the bare word is the classroom's.
    if (/^models (add|remove|convert) \S+/.test(words.join(" "))) continue;
    const found = findCommand(words, commands);
    expect(found, line).toBeDefined();
    const args = readArguments(found!.command, found!.rest);
    if (!args.help) parseOptions(found!.command.options, args.options);
  }
});

test("every npm script and every file it names is there", () => {
  for (const [, script] of readme.matchAll(/npm (?:run )?(start|test|run [a-z]+)/g)) {
    expect(packageJson.scripts).toHaveProperty(script!.replace("run ", ""));
  }
  for (const [, path] of readme.matchAll(/\]\(((?!https?:)[^)#]+)\)/g))
    expect(existsSync(join(root, path!)), path).toBe(true);
});
