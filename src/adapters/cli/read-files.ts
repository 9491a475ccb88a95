import { readFileSync } from "node:fs";
import type { AnyCommand, OptionSpec } from "../../bot/commands/spec.ts";
import { optionName } from "../../bot/commands/spec.ts";
import { UserError } from "../../bot/errors.ts";
import type { CommandArguments } from "./command-arguments.ts";

/**
 * The arguments with `@path` replaced by the file's text, in options whose text is usually a file's.
 * @throws {UserError} "file-unreadable"
 */
export function withFiles(command: AnyCommand, given: CommandArguments): CommandArguments {
  const specs = Object.entries<OptionSpec>(command.options);
  const takesFile = (name: string) =>
    specs.some(([key, spec]) => optionName(key) === name && spec.type === "string" && spec.file);
  const options = Object.entries(given.options).map(([name, value]) => {
    const path = typeof value === "string" && takesFile(name) && /^@(.+)$/.exec(value)?.[1];
    return [name, path ? readText(name, path) : value] as const;
  });
  return { ...given, options: Object.fromEntries(options) };
}

function readText(option: string, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError("file-unreadable", `--${option} names a file that can't be read: ${reason}.`, {
      option,
      path,
    });
  }
}
