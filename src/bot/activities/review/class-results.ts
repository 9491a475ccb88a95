import { scoreOf } from "../poll/answers.ts";
import type { PollServices } from "../poll/close-poll.ts";
import { pollRecords } from "../poll/poll-record.ts";
import { countVotes } from "../poll/voting.ts";

/** How an item went, one time it was asked. */
export interface ItemResult {
  readonly itemId: string;
  readonly objectives: readonly string[];
  /** When it closed. */
  readonly at: number;
  /** From 0 to 1, one a person whose answer is right or wrong. */
  readonly scores: readonly number[];
}

/**
 * Every closed question of the course that came from the bank, the oldest first. A revote counts in place of the
 * vote before it.
 * @param personId Only this person's answers.
 */
export async function classResults(
  services: Pick<PollServices, "store" | "roster" | "courses">,
  courseId: string,
  personId?: string,
): Promise<ItemResult[]> {
  const results: ItemResult[] = [];
  for await (const [, poll] of pollRecords(services.store).list(`${courseId}/`)) {
    if (!poll.item || poll.state === "open") continue;
    const { votes } = await countVotes(services, poll);
    const scores = votes
      .filter((vote) => personId === undefined || vote.personId === personId)
      .flatMap((vote) => scoreOf(poll, vote, vote.grade) ?? []);
    const { id, objectives } = poll.item;
    if (scores.length > 0)
      results.push({ itemId: id, objectives, at: poll.closedAt ?? poll.openedAt, scores });
  }
  return results.sort((a, b) => a.at - b.at);
}
