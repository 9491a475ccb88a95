import { parseArgs } from "node:util";
import { UserError } from "../../bot/errors.ts";

export interface StartArguments {
  readonly host?: string;
  readonly port?: number;
}

/**
 * Reads `cloze start --host 0.0.0.0 --port 8080`.
 * @throws {UserError} "option-unknown", "option-invalid"
 */
export function readStartArguments(words: readonly string[]): StartArguments {
  const { host, port } = parse(words);
  if (port !== undefined && !(/^\d{1,5}$/.test(port) && Number(port) <= 65_535)) {
    throw new UserError(
      "option-invalid",
      `--port is "${port}"; it must be a whole number from 0 to 65535 (0 takes any free port).`,
      { option: "port", given: port },
    );
  }
  return {
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port: Number(port) }),
  };
}

function parse(words: readonly string[]): { host?: string; port?: string } {
  try {
    return parseArgs({
      args: [...words],
      options: { host: { type: "string" }, port: { type: "string" } },
      allowPositionals: false,
    }).values;
  } catch (error) {
    throw new UserError(
      "option-unknown",
      `cloze start takes --host ADDRESS and --port NUMBER. ${(error as Error).message.split(". ")[0]}.`,
      { given: words },
    );
  }
}
