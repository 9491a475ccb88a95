import type { Card } from "../cards/card.ts";
import type { Services } from "../context.ts";
import type { Account } from "../invocation.ts";
import { pollRecords } from "./poll/poll-record.ts";
import { questionCard } from "./poll/show-poll.ts";

const DAY_MS = 24 * 60 * 60_000;

/**
 * What is on in somebody's courses: polls that are open, and those that closed within a day, the newest
 * first. Somebody who is in no course yet sees nothing; with a single course everybody is in it.
 */
export async function todaysCards(services: Services, account: Account): Promise<Card[]> {
  const { courses, roster, store, clock } = services;
  const cards: { at: number; card: Card }[] = [];
  for (const course of courses.all()) {
    if (courses.all().length > 1 && !(await roster.find(course.id, account))) continue;
    for await (const [, poll] of pollRecords(store).list(`${course.id}/`)) {
      if (poll.state === "closed" && (poll.closedAt ?? 0) < clock.now() - DAY_MS) continue;
      cards.push({ at: poll.openedAt, card: await questionCard(services, poll) });
    }
  }
  return cards.sort((a, b) => b.at - a.at).map(({ card }) => card);
}
