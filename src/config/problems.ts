import { z } from "zod";

/** One thing that is wrong with the configuration. */
export interface Problem {
  /** "environment", or the file it stands in with its line: "cloze.yaml:12". */
  readonly where: string;
  /** The variable, or the path in the file: "courses.0.timeZone". */
  readonly setting: string;
  /** What came, what is allowed, what to do. */
  readonly message: string;
}

/** The configuration can't be used; every problem is listed, a line each. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly code = "config-invalid";
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(({ where, setting, message }) => `${where}: ${setting} ${message}`).join("\n"));
    this.problems = problems;
  }
}

/**
 * A value that must pass `check`.
 * @param allowed Ends the sentence "it must be …".
 */
export function must<T>(allowed: string, check: (value: unknown) => boolean) {
  return z.custom<T>(check, { error: allowed });
}

export function isText(value: unknown): value is string {
  return typeof value === "string" && value.trim() !== "";
}

/** "is 7; it must be …" or "is missing; it must be …". */
export function wrongValue(given: unknown, allowed: string): string {
  if (given === undefined) return `is missing; it must be ${allowed}.`;
  const text = typeof given === "string" ? `"${given}"` : JSON.stringify(given);
  return `is ${text.length > 60 ? `${text.slice(0, 60)}…` : text}; it must be ${allowed}.`;
}
