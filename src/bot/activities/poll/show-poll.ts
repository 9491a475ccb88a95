import type { Services } from "../../context.ts";
import { showPaced } from "../show-paced.ts";
import { pollCard } from "./poll-cards.ts";
import { type PollRecord, pollKey, pollRecords } from "./poll-record.ts";
import { countVotes, getPoll } from "./voting.ts";

type PollServices = Pick<Services, "store" | "clock" | "log" | "messenger" | "courses" | "roster">;

/**
 * Brings every message of a poll up to date, at a pace that people can read and a burst of votes can't break.
 * Resolves when the messages have been handed to the platforms with at least the state at the time of the
 * call. A message that can't be updated is logged.
 */
export function showPoll(services: PollServices, poll: PollRecord): Promise<void> {
  const { store, clock, log, messenger, courses } = services;
  return showPaced(store, clock, `poll/${pollKey(poll)}`, async () => {
    try {
      const now = await getPoll(store, poll.courseId, poll.id);
      const card = pollCard(now, await countVotes(services, now), courses.get(now.courseId), clock.now());
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

/** At start: messages may show less than the store knows, for the process may have stopped in between. */
export async function resumePolls(services: PollServices): Promise<void> {
  const since = services.clock.now() - RECENT_MS;
  const shown: Promise<void>[] = [];
  for (const course of services.courses.all()) {
    for await (const [, poll] of pollRecords(services.store).list(`${course.id}/`)) {
      if (poll.state === "open" || (poll.closedAt ?? 0) > since) shown.push(showPoll(services, poll));
    }
  }
  await Promise.all(shown);
}
