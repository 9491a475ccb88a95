import type { Account, Person, Role } from "../invocation.ts";

/** A person as the roster keeps them. */
export interface RosterEntry {
  readonly id: string;
  readonly displayName: string;
  readonly role: Role;
  /** The institution's id, e.g. Canvas' SIS User ID; known after a roster import. */
  readonly studentId?: string;
  readonly accounts: readonly Account[];
}

/** Who belongs to a course, and which accounts are the same person. */
export interface Roster {
  /**
   * The person behind an account, added when new. The higher of the platform's and the roster's role counts;
   * a guest is somebody with nothing but a web sign-in.
   */
  person(courseId: string, account: Account, platformRole: Role): Promise<Person>;
  entry(courseId: string, personId: string): Promise<RosterEntry | undefined>;
  entries(courseId: string): AsyncIterable<RosterEntry>;
  /** A one-time code that joins another account to this person; valid 10 minutes. */
  startLink(courseId: string, personId: string): Promise<string>;
  /**
   * Uses a code up: `account` becomes one of the code's person's. Returns that person.
   * Throws UserError "link-code-unknown" when the code is wrong, used or too old.
   */
  finishLink(courseId: string, code: string, account: Account, platformRole: Role): Promise<Person>;
  /**
   * Reads Canvas' roster columns (Student, ID, SIS User ID, SIS Login ID, Section).
   * Returns how many were added and changed, and each line that could not be read with its reason.
   */
  importCsv(
    courseId: string,
    csv: string,
  ): Promise<{ added: number; changed: number; refused: readonly { line: number; reason: string }[] }>;
}
