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

/** The same record when the counts are shown already. */
export function revealed(poll: PollRecord): PollRecord {
  return poll.revealed ? poll : { ...poll, revealed: true };
}

/** Open again for the same votes; counts that had been revealed are hidden until they are shown again. */
export function reopened(poll: PollRecord): PollRecord {
  if (poll.state === "open") throw new UserError("poll-open", "This poll is open already.");
  const { closedAt: _, closedBy: __, ...rest } = poll;
  return { ...rest, state: "open", revealed: false };
}

/** Whether everybody may see the counts now. */
export function countsShown(poll: PollRecord): boolean {
  return poll.revealed || poll.show === "live" || (poll.show === "closed" && poll.state === "closed");
}
