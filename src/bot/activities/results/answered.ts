import type { Services } from "../../context.ts";
import type { CourseItem } from "../../course/item-schema.ts";
import { scoreOf } from "../poll/answers.ts";
import { type PollRecord, pollRecords } from "../poll/poll-record.ts";
import type { Tally } from "../poll/tally.ts";
import { countVotes } from "../poll/voting.ts";

/** A question that has closed, with its votes. */
export interface Answered {
  readonly poll: PollRecord;
  /** The first round: what people answered before they talked. */
  readonly first: Tally;
  /** The last round, where there was more than one. */
  readonly last?: Tally;
}

/** One person's answer to one item of the bank. */
export interface ScoredAnswer {
  readonly personId: string;
  readonly item: CourseItem;
  /** From 0 (wrong) to 1 (right). */
  readonly score: number;
  /** The texts of the choices taken; their ids differ from poll to poll. */
  readonly choices: readonly string[];
  readonly at: number;
}

/** All questions of a course that have closed, the oldest first. */
export async function answeredQuestions(
  services: Pick<Services, "store" | "roster" | "courses">,
  courseId: string,
): Promise<Answered[]> {
  const found: Answered[] = [];
  for await (const [, poll] of pollRecords(services.store).list(`${courseId}/`)) {
    if (poll.state === "open" || poll.part?.of === "vote-next") continue;
    const first = await countVotes(services, poll, 1);
    found.push({ poll, first, ...(poll.round > 1 && { last: await countVotes(services, poll) }) });
  }
  return found.sort((a, b) => a.poll.openedAt - b.poll.openedAt);
}

/**
 * Answers to items that are right or wrong, one a person and item: the first one, for later ones know the
 * explanation.
 */
export function scoredAnswers(questions: readonly Answered[]): ScoredAnswer[] {
  const seen = new Set<string>();
  return questions.flatMap(({ poll, first }) =>
    first.votes.flatMap((vote) => {
      const score = scoreOf(poll, vote, vote.grade);
      const key = `${poll.item?.id}/${vote.personId}`;
      if (!poll.item || score === undefined || seen.has(key)) return [];
      seen.add(key);
      const choices = poll.choices.filter(({ id }) => vote.choices.includes(id)).map(({ text }) => text);
      return [{ personId: vote.personId, item: poll.item, score, choices, at: vote.at }];
    }),
  );
}
