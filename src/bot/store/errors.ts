import type { z } from "zod";

export type StoreErrorCode =
  | "store-in-use"
  | "store-locked"
  | "store-full"
  | "store-read-only"
  | "store-corrupt"
  | "store-cannot-open"
  | "store-unreachable"
  | "store-uncertain"
  | "store-closed"
  | "store-failed";

/**
 * The database could not do its work. Nothing of the step that failed was kept; with "store-uncertain", whose answer
 * never came, either all of it was or nothing.
 */
export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly code: StoreErrorCode;
  /** Which database: a path, ":memory:", or an address without its password. */
  readonly database: string;

  constructor(code: StoreErrorCode, database: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.database = database;
  }
}

/** A stored record, or one about to be stored, does not have its namespace's shape. */
export class StoreRecordError extends Error {
  override readonly name = "StoreRecordError";
  readonly code = "store-record-invalid";
  readonly key: string;

  constructor(key: string, when: "read" | "write", problem: string, cause?: unknown) {
    super(
      when === "read"
        ? `The stored record ${key} does not have the expected shape: ${problem}. It was written by another version of Cloze or changed by hand.`
        : `The record ${key} can't be stored: ${problem}.`,
      cause === undefined ? undefined : { cause },
    );
    this.key = key;
  }
}

export function issuesInWords(error: z.ZodError): string {
  return error.issues
    .map(({ path, message }) => (path.length ? `${path.join(".")}: ${message}` : message))
    .join("; ");
}

const ADVICE: Record<StoreErrorCode, string> = {
  "store-in-use": "Another Cloze is running on it. Stop that one, or give this one another data directory",
  "store-locked": "Another program holds its lock. Close that program, then try again",
  "store-full": "The disk is full, or its memory. Free some space; nothing that was acknowledged is lost",
  "store-read-only":
    "It can't be written. Give the user that runs Cloze write permission for it and its directory",
  "store-corrupt":
    "It is damaged or no database of Cloze. Put a backup in its place, or move it away to start anew",
  "store-cannot-open":
    "It can't be opened. Check that the directory exists and that Cloze may read and write it",
  "store-unreachable": "It can't be reached. Start it, or check its address; Cloze connects again by itself",
  "store-uncertain":
    "The connection broke before it answered, so whether the last step was kept is not known. Look before it is done again",
  "store-closed": "It has been closed, for Cloze is stopping",
  "store-failed": "It reported an error",
};

/** @param cause Its text is added to the message. */
export function storeError(code: StoreErrorCode, database: string, cause?: unknown): StoreError {
  const detail = cause instanceof Error ? ` (${cause.message})` : "";
  return new StoreError(code, database, `The database ${database} failed. ${ADVICE[code]}${detail}.`, cause);
}

/** SQLite's primary result codes that have their own advice (sqlite.org/rescode.html). */
const SQLITE_CODES: Readonly<Record<number, StoreErrorCode>> = {
  3: "store-read-only",
  5: "store-locked",
  6: "store-locked",
  8: "store-read-only",
  11: "store-corrupt",
  13: "store-full",
  14: "store-cannot-open",
  26: "store-corrupt",
};

/** Turns what node:sqlite throws into a StoreError; anything else is passed through. */
export function fromSqlite(error: unknown, database: string): unknown {
  if (!(error instanceof Error)) return error;
  if ("errcode" in error && typeof error.errcode === "number") {
    return storeError(SQLITE_CODES[error.errcode & 0xff] ?? "store-failed", database, error);
  }
  if ("code" in error && error.code === "ERR_INVALID_STATE")
    return storeError("store-closed", database, error);
  return error;
}
