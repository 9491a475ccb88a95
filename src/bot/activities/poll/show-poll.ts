import type { Card } from "../../cards/card.ts";
import type { Services } from "../../context.ts";
import { pairShareCard } from "../pair-share/pair-share-cards.ts";
import { showPaced } from "../show-paced.ts";
import { voteNextCard } from "../vote-next/vote-next-cards.ts";
import { pollCard } from "./poll-cards.ts";
import { type PollRecord, pollKey, pollRecords } from "./poll-record.ts";
import { countVotes, getPoll } from "./voting.ts";

export type ShowServices = Pick<Services, "store" | "clock" | "log" | "messenger" | "courses" | "roster">;
type CardServices = Pick<ShowServices, "store" | "clock" | "courses" | "roster">;

/** A question as everybody sees it, within the activity that it is a part of. */
export async function questionCard(services: CardServices, poll: PollRecord): Promise<Card> {
  const { courses, clock } = services;
  if (poll.part?.of === "vote-next") return voteNextCard(services, poll.courseId, poll.part.id);
  const counted = await countVotes(services, poll);
  if (poll.part?.of === "pair-share") return pairShareCard(services, poll, poll.part.id, counted);
  return pollCard(poll, counted, courses.get(poll.courseId), clock.now());
}

/**
 * Brings every message of a poll up to date, at a pace that people can read and a burst of votes can't break.
 * Resolves when the messages have been handed to the platforms with at least the state at the time of the
 * call. A message that can't be updated is logged.
 */
export function showPoll(services: ShowServices, poll: PollRecord): Promise<void> {
  const { store, clock, log, messenger } = services;
  return showPaced(store, clock, `poll/${pollKey(poll)}`, async () => {
    try {
      const now = await getPoll(store, poll.courseId, poll.id);
      const card = await questionCard(services, now);
      for (const message of now.messages) {
        // Not awaited: a platform that is slow must not hold up the others. Messengers keep the order.
        messenger.update(message, card).catch((error: unknown) => {
          log.warn({ err: error, poll: poll.id, message }, "a poll's message could not be updated");
        });
      }
    } catch (error) {
      log.error({ err: error, poll: poll.id }, "a poll could not be shown");
    }
  });
}

/** How long after its end a poll's messages are brought up to date at start. */
const RECENT_MS = 24 * 60 * 60_000;

/** Polls that are open, and those that closed within a day. */
export async function* recentPolls({ store, clock, courses }: ShowServices): AsyncIterable<PollRecord> {
  const since = clock.now() - RECENT_MS;
  for (const course of courses.all()) {
    for await (const [, poll] of pollRecords(store).list(`${course.id}/`)) {
      if (poll.state === "open" || (poll.closedAt ?? 0) > since) yield poll;
    }
  }
}
