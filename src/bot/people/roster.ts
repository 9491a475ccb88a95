import type { Account, Person, Role } from "../invocation.ts";

/** A person as the roster keeps them. */
export interface RosterEntry {
  readonly id: string;
  readonly displayName: string;
  /** The highest of the role given in the roster and those the platforms gave last. */
  readonly role: Role;
  /** Nothing but a web sign-in: not in the imported roster and without another account. */
  readonly guest: boolean;
  /** The institution's id, e.g. Canvas' SIS User ID; known after a roster import. */
  readonly studentId?: string;
  /** The columns of Canvas' gradebook, as imported. */
  readonly canvas?: CanvasStudent;
  readonly accounts: readonly Account[];
}

/** One line of Canvas' roster; empty columns are empty strings. */
export interface CanvasStudent {
  readonly student: string;
  readonly id: string;
  readonly sisUserId: string;
  readonly sisLoginId: string;
  readonly section: string;
}

export interface RosterImport {
  readonly added: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly refused: readonly { readonly line: number; readonly reason: string }[];
}

/** Who belongs to a course, and which accounts are the same person. */
export interface Roster {
  /**
   * The person behind an account, added when new. The higher of the platform's and the roster's role counts;
   * a guest is somebody with nothing but a web sign-in.
   */
  person(courseId: string, account: Account, platformRole: Role): Promise<Person>;
  /** The person behind an account when the course knows it; nobody is added. */
  find(courseId: string, account: Account): Promise<RosterEntry | undefined>;
  /**
   * A person by id. Somebody who has been joined with another is found under the ids of both; `id` of the
   * answer is the one that counts.
   */
  entry(courseId: string, personId: string): Promise<RosterEntry | undefined>;
  entries(courseId: string): AsyncIterable<RosterEntry>;
  /** A one-time code that joins another account to this person; valid 10 minutes. */
  startLink(courseId: string, personId: string): Promise<string>;
  /**
   * Uses a code up: `account` becomes one of the code's person's, with all that its own person had. Returns
   * that person.
   * @throws {UserError} "link-code-unknown" when the code is wrong, used or too old; "link-conflict" when
   *   both are different students of the roster; "link-role" when the account has the higher roster role.
   */
  finishLink(courseId: string, code: string, account: Account, platformRole: Role): Promise<Person>;
  /**
   * Joins a person with the imported student of this id (SIS User ID, SIS Login ID or Canvas ID).
   * @throws {UserError} "student-unknown", "student-taken" when somebody else has joined with it,
   *   "link-conflict" when the person is another student already.
   */
  claimStudent(courseId: string, personId: string, studentId: string): Promise<RosterEntry>;
  /**
   * Reads Canvas' roster columns (Student, ID, SIS User ID, SIS Login ID, Section).
   * Returns how many were added and changed, and each line that could not be read with its reason.
   * @throws {UserError} "roster-unreadable" when the text is no such table.
   */
  importCsv(courseId: string, csv: string): Promise<RosterImport>;
}
