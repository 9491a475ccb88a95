import { UserError } from "../../errors.ts";
import type { PollRecord } from "./poll-record.ts";

/**
 * What can happen to a poll, as pure steps from record to record. A step that is not possible throws a
 * UserError; who loses a race is told by it what the other one did.
 */

/** Who does something, and when. */
export interface Doer {
  readonly personId: string;
  readonly at: number;
}

/** The one who closes a poll whose time is up. */
export const TIMER = "timer";

/** @throws {UserError} "poll-closed" (fields: closedAt, closedBy) when somebody has closed it before. */
export function closed(poll: PollRecord, { personId, at }: Doer): PollRecord {
  if (poll.state === "closed") {
    throw new UserError("poll-closed", "This poll has been closed already.", {
      closedAt: poll.closedAt,
      closedBy: poll.closedBy,
    });
  }
  return { ...poll, state: "closed", closedBy: personId, closedAt: at };
}

/** Closed, if it is open and its time is up; else the same record. It closed when its time was up, not later. */
export function closedByTimer(poll: PollRecord, now: number): PollRecord {
  const { closesAt } = poll;
  if (poll.state === "closed" || closesAt === undefined || now < closesAt) return poll;
  return closed(poll, { personId: TIMER, at: closesAt });
}

/** The same record when the counts are shown already. */
export function revealed(poll: PollRecord): PollRecord {
  return poll.revealed ? poll : { ...poll, revealed: true };
}

/** Open again for the same votes; counts that had been revealed are hidden until they are shown again. */
export function reopened(poll: PollRecord): PollRecord {
  if (poll.state === "open") throw new UserError("poll-open", "This poll is open already.");
  const { closedAt: _, closedBy: __, closesAt: ___, ...rest } = poll;
  return { ...rest, state: "open", revealed: false };
}

/**
 * Gives an open poll more time; one without an end gets one.
 * @throws {UserError} "poll-closed"
 */
export function extended(poll: PollRecord, byMs: number, now: number): PollRecord {
  if (poll.state === "closed") {
    throw new UserError("poll-closed", "This poll has been closed already. Reopen it to take more answers.");
  }
  return { ...poll, closesAt: Math.max(poll.closesAt ?? now, now) + byMs };
}

/** Open for a vote anew; the votes of the rounds before are kept beside it. */
export function nextRound(poll: PollRecord): PollRecord {
  return { ...reopened(poll), round: poll.round + 1 };
}

/** Whether everybody may see the counts now. */
export function countsShown(poll: PollRecord): boolean {
  return poll.revealed || poll.show === "live" || (poll.show === "closed" && poll.state === "closed");
}

/** Whether everybody may see what is right: with the counts, and never while votes come in. */
export function solutionShown(poll: PollRecord): boolean {
  return countsShown(poll) && poll.state === "closed";
}
