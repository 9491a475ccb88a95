import { UserError } from "../errors.ts";
import { suggest } from "../suggest.ts";
import type { AnyCommand } from "./spec.ts";

/** The error for a command that does not exist, with the nearest one that does. */
export function unknownCommand(name: string, commands: ReadonlyMap<string, AnyCommand>): UserError {
  const names = [...commands.keys()];
  const near = suggest(name, names);
  return new UserError(
    "command-unknown",
    `There is no command /${name}.${near ? ` Did you mean /${near}?` : ""} /help lists all of them.`,
    { command: name, allowed: names },
  );
}
