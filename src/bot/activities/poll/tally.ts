import type { Grade } from "../grading/grade-record.ts";
import type { PollChoice } from "./choices.ts";
import type { VoteRecord } from "./poll-record.ts";

/** A vote with the person it counts for. */
export interface CountedVote extends VoteRecord {
  readonly personId: string;
  readonly guest: boolean;
  /** For short answers that have been graded. */
  readonly grade?: Grade;
}

export interface Tally {
  /** People whose vote counts. */
  readonly voters: number;
  /** By choice, in the order of the choices. With several choices a vote, counts can sum to more than voters. */
  readonly counts: readonly { readonly choice: PollChoice; readonly count: number; readonly share: number }[];
  /** People whose vote is kept and does not count, for they are guests and guests don't vote here. */
  readonly guestsLeftOut: number;
  /** The votes that count, one a person. */
  readonly votes: readonly CountedVote[];
}

/**
 * Counts each person once. Where joined accounts had voted apart before they were joined, the latest vote
 * wins (of two in the same millisecond, the later one of the list).
 */
export function tally(
  choices: readonly PollChoice[],
  votes: Iterable<CountedVote>,
  guestsMayVote: boolean,
): Tally {
  const latest = new Map<string, CountedVote>();
  for (const vote of votes) {
    const before = latest.get(vote.personId);
    if (!before || vote.at >= before.at) latest.set(vote.personId, vote);
  }
  const all = [...latest.values()];
  const counted = all.filter(({ guest }) => guestsMayVote || !guest);
  const voters = counted.length;
  return {
    voters,
    counts: choices.map((choice) => {
      const count = counted.filter((vote) => vote.choices.includes(choice.id)).length;
      return { choice, count, share: voters ? count / voters : 0 };
    }),
    guestsLeftOut: all.length - voters,
    votes: counted,
  };
}
