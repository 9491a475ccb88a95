import type { Services } from "../../context.ts";
import { UserError } from "../../errors.ts";
import type { Person } from "../../invocation.ts";
import type { Store } from "../../store/store.ts";
import {
  type PollRecord,
  pollKey,
  pollRecords,
  type VoteRecord,
  votePrefix,
  voteRecords,
} from "./poll-record.ts";
import { type CountedVote, type Tally, tally } from "./tally.ts";

/** @throws {UserError} "poll-unknown" */
export async function getPoll(store: Store, courseId: string, pollId: string): Promise<PollRecord> {
  const poll = await pollRecords(store).get(`${courseId}/${pollId}`);
  if (!poll) throw unknownPoll();
  return poll;
}

/** One step of a poll, decided by the store: of two people at once, the second step sees the first's result. */
export async function changePoll(
  store: Store,
  courseId: string,
  pollId: string,
  step: (poll: PollRecord) => PollRecord,
): Promise<PollRecord> {
  return pollRecords(store).update(`${courseId}/${pollId}`, (poll) => {
    if (!poll) throw unknownPoll();
    return step(poll);
  });
}

export interface CastVote {
  readonly courseId: string;
  readonly pollId: string;
  readonly choices: readonly string[];
  readonly person: Pick<Person, "id">;
  readonly at: number;
}

/**
 * Keeps a person's vote, in place of the one before. The vote is written only while the poll is open: in one
 * step with the check, so none is acknowledged that the close did not count, and none counted that was refused.
 * @returns the poll at that moment and the vote that was replaced.
 * @throws {UserError} "poll-unknown"; "poll-closed" (fields: closedAt, kept: the vote that stays);
 *   "choice-unknown"
 */
export async function castVote(
  store: Store,
  { courseId, pollId, choices, person, at }: CastVote,
): Promise<{ poll: PollRecord; replaced: VoteRecord | undefined }> {
  const polls = pollRecords(store);
  const votes = voteRecords(store);
  for (;;) {
    const poll = await getPoll(store, courseId, pollId);
    const key = votePrefix(poll) + person.id;
    const replaced = await votes.get(key);
    if (poll.state === "closed") {
      throw new UserError("poll-closed", "This poll has closed.", {
        closedAt: poll.closedAt,
        kept: replaced,
      });
    }
    const known = poll.choices.map(({ id }) => id);
    if (choices.length === 0 || !choices.every((id) => known.includes(id))) {
      throw new UserError(
        "choice-unknown",
        "This poll has no such choice any more. Use the buttons it shows now.",
        {
          choices,
          allowed: known,
        },
      );
    }
    const vote = { choices: [...choices], at };
    if (await store.commit([polls.expect(pollKey(poll), poll)], [votes.put(key, vote)])) {
      return { poll, replaced };
    }
    // The poll changed meanwhile: it closed, or is shown in one more channel.
  }
}

/** Counts a poll's present round, people joined by the roster once. */
export async function countVotes(
  { store, roster, courses }: Pick<Services, "store" | "roster" | "courses">,
  poll: PollRecord,
): Promise<Tally> {
  const prefix = votePrefix(poll);
  const counted: CountedVote[] = [];
  for await (const [key, vote] of voteRecords(store).list(prefix)) {
    const personId = key.slice(prefix.length);
    const entry = await roster.entry(poll.courseId, personId);
    counted.push({ ...vote, personId: entry?.id ?? personId, guest: entry?.guest ?? false });
  }
  return tally(poll.choices, counted, courses.get(poll.courseId).guestsMayVote);
}

function unknownPoll(): UserError {
  return new UserError(
    "poll-unknown",
    "This poll does not exist any more, or belongs to another course. Ask for a new one.",
  );
}
