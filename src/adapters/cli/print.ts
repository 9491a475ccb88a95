import { styleText } from "node:util";
import { UserError } from "../../bot/errors.ts";
import { StoreError } from "../../bot/store/errors.ts";
import { ConfigError } from "../../config/problems.ts";
import { EngineError } from "../../engine/errors.ts";
import type { WebAdapter } from "../web/adapter.ts";
import type { Finding } from "./doctor.ts";
import { EXIT, type Terminal } from "./run-command.ts";

export type { Terminal };

export function print({ stdout }: Terminal, text: string): void {
  stdout.write(text.endsWith("\n") ? text : `${text}\n`);
}

/** Tells the links of the classroom; which port, when the wanted one was taken. */
export function printWaysIn(terminal: Terminal, web: WebAdapter, wantedPort: number): void {
  const { teacher, students, onlyHere } = web.links();
  const [best, ...others] = students;
  const address = new URL(best!);
  if (
    wantedPort !== 0 &&
    new URL(teacher).port !== String(wantedPort) &&
    address.port !== String(wantedPort)
  ) {
    print(terminal, `Port ${wantedPort} is taken; ${address.port} is used.`);
  }
  const reach = onlyHere ? " (this machine only; npm start -- --host 0.0.0.0 lets the network in)" : "";
  print(terminal, `Classroom   ${address.origin}${reach}`);
  print(terminal, `  teacher   ${teacher}`);
  print(terminal, `  students  ${best}  (code ${web.joinCode()})`);
  for (const other of others) print(terminal, `            ${other}`);
}

export function printFinding({ stdout }: Terminal, { level, about, message }: Finding): void {
  const colour = { ok: "green", warning: "yellow", error: "red" } as const;
  stdout.write(`${styleText(colour[level], level.padEnd(8), { stream: stdout })}${about}: ${message}\n`);
}

/**
 * One line on standard error for each thing that is wrong.
 * @returns The exit status: 2 for what the operator can mend, 1 for a fault.
 */
export function printProblem({ stderr }: Terminal, error: unknown): number {
  if (error instanceof ConfigError) {
    for (const line of error.message.split("\n")) stderr.write(`cloze: ${line}\n`);
    return EXIT.badInput;
  }
  if (error instanceof UserError || error instanceof EngineError) {
    stderr.write(`cloze: ${error.message.replaceAll("\n", " ")}\n`);
    return EXIT.badInput;
  }
  if (error instanceof StoreError) {
    stderr.write(`cloze: ${error.message}\n`);
    return EXIT.fault;
  }
  stderr.write(`cloze: a fault of Cloze. ${error instanceof Error ? error.stack : String(error)}\n`);
  return EXIT.fault;
}
