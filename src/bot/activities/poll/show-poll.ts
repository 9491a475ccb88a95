import type { Services } from "../../context.ts";
import type { MessageRef } from "../../invocation.ts";
import { pollCard } from "./poll-cards.ts";
import { type PollRecord, pollRecords } from "./poll-record.ts";
import { countVotes, getPoll } from "./voting.ts";

type PollServices = Pick<Services, "store" | "clock" | "log" | "messenger" | "courses" | "roster">;

/** One message being brought up to date; `again` when the poll has changed since that began. */
interface Running {
  again: boolean;
  done: Promise<void>;
}

// By store, so that several bots in one process (as in tests) do not wait for each other.
const runningByStore = new WeakMap<object, Map<string, Running>>();

/**
 * Brings every message of a poll up to date. While one message is being updated, further calls for it only
 * mark it to be read and shown once more, so that a burst of votes costs a few edits. Resolves when all
 * messages show at least the state at the time of the call; a message that can't be updated is logged.
 */
export async function showPoll(services: PollServices, poll: PollRecord): Promise<void> {
  await Promise.all(poll.messages.map((message) => showMessage(services, poll, message)));
}

function showMessage(services: PollServices, poll: PollRecord, message: MessageRef): Promise<void> {
  const running = runningByStore.get(services.store) ?? new Map<string, Running>();
  runningByStore.set(services.store, running);
  const key = `${poll.courseId}/${poll.id}/${message.channel.platform}/${message.channel.id}/${message.id}`;
  const present = running.get(key);
  if (present) {
    present.again = true;
    return present.done;
  }
  const mine: Running = { again: true, done: Promise.resolve() };
  running.set(key, mine);
  mine.done = (async () => {
    while (mine.again) {
      mine.again = false;
      try {
        const now = await getPoll(services.store, poll.courseId, poll.id);
        const counted = await countVotes(services, now);
        const card = pollCard(now, counted, services.courses.get(now.courseId), services.clock.now());
        await services.messenger.update(message, card);
      } catch (error) {
        services.log.warn({ err: error, poll: poll.id, message }, "a poll's message could not be updated");
      }
    }
    running.delete(key);
  })();
  return mine.done;
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
