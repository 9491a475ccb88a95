import { isDeepStrictEqual } from "node:util";
import type { Services } from "../../context.ts";
import { UserError } from "../../errors.ts";
import type { Person } from "../../invocation.ts";
import type { Store } from "../../store/store.ts";
import { gradeRecords } from "../grading/grade-record.ts";
import { type Answer, checkedAnswer } from "./answers.ts";
import {
  type Confidence,
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

export interface CastVote extends Answer {
  readonly courseId: string;
  readonly pollId: string;
  readonly person: Pick<Person, "id">;
  readonly at: number;
}

/**
 * Keeps a person's vote, in place of the one before. The vote is written only while the poll is open: in one
 * step with the check, so none is acknowledged that the close did not count, and none counted that was refused.
 * @returns the poll at that moment and the vote that was replaced.
 * @throws {UserError} "poll-unknown"; "poll-closed" (fields: closedAt, kept: the vote that stays); what
 *   `checkedAnswer` throws
 */
export async function castVote(
  store: Store,
  { courseId, pollId, person, at, ...answer }: CastVote,
): Promise<{ poll: PollRecord; replaced: VoteRecord | undefined }> {
  return changeVote(store, { courseId, pollId, person, at }, (poll, before) => {
    const checked = checkedAnswer(poll, answer);
    const { at: _, confidence, ...same } = before ?? { at };
    // Who changes their mind is asked anew how sure they are.
    return { ...checked, ...(confidence && isDeepStrictEqual(same, checked) && { confidence }), at };
  });
}

/**
 * Keeps how sure a person is of the answer they gave.
 * @throws {UserError} as `castVote`; "answer-first" when there is no answer yet
 */
export async function setConfidence(
  store: Store,
  { confidence, ...by }: Omit<CastVote, keyof Answer> & { readonly confidence: Confidence },
): Promise<void> {
  await changeVote(store, by, (_, before) => {
    if (!before) throw new UserError("answer-first", "Answer first, then say how sure you are.");
    return { ...before, confidence };
  });
}

async function changeVote(
  store: Store,
  { courseId, pollId, person, at }: Omit<CastVote, keyof Answer>,
  change: (poll: PollRecord, before: VoteRecord | undefined) => VoteRecord,
): Promise<{ poll: PollRecord; replaced: VoteRecord | undefined }> {
  const polls = pollRecords(store);
  const votes = voteRecords(store);
  for (;;) {
    const poll = await getPoll(store, courseId, pollId);
    const key = votePrefix(poll) + person.id;
    const replaced = await votes.get(key);
    const late = poll.closesAt !== undefined && at >= poll.closesAt;
    if (poll.state === "closed" || late) {
      throw new UserError("poll-closed", "This poll has closed.", {
        closedAt: poll.closedAt ?? poll.closesAt,
        kept: replaced,
      });
    }
    const vote = change(poll, replaced);
    if (await store.commit([polls.expect(pollKey(poll), poll)], [votes.put(key, vote)])) {
      return { poll, replaced };
    }
    // The poll changed meanwhile: it closed, or is shown in one more channel.
  }
}

/**
 * Counts a poll's present round, people joined by the roster once.
 * @param round Another round, counted up from 1.
 */
export async function countVotes(
  { store, roster, courses }: Pick<Services, "store" | "roster" | "courses">,
  poll: PollRecord,
  round: number = poll.round,
): Promise<Tally> {
  const prefix = votePrefix({ ...poll, round });
  const counted: CountedVote[] = [];
  for await (const [key, vote] of voteRecords(store).list(prefix)) {
    const personId = key.slice(prefix.length);
    const entry = await roster.entry(poll.courseId, personId);
    const grade = poll.answer === "text" ? await gradeRecords(store).get(key) : undefined;
    const person = { personId: entry?.id ?? personId, guest: entry?.guest ?? false };
    counted.push({ ...vote, ...person, ...(grade && grade.text === vote.text && { grade }) });
  }
  return tally(poll.choices, counted, courses.get(poll.courseId).guestsMayVote);
}

/** A person's vote in the present round, under whichever of their joined ids it was cast last. */
export async function voteOf(
  services: Pick<Services, "store" | "roster" | "courses">,
  poll: PollRecord,
  personId: string,
  round: number = poll.round,
): Promise<CountedVote | undefined> {
  const vote = await voteRecords(services.store).get(votePrefix({ ...poll, round }) + personId);
  if (vote && poll.answer !== "text") return { ...vote, personId, guest: false };
  const { votes } = await countVotes(services, poll, round);
  return votes.find((each) => each.personId === personId);
}

function unknownPoll(): UserError {
  return new UserError(
    "poll-unknown",
    "This poll does not exist any more, or belongs to another course. Ask for a new one.",
  );
}
