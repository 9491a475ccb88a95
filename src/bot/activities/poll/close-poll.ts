import type { Services } from "../../context.ts";
import { setDeadline } from "../deadlines.ts";
import { gradePoll } from "../grading/grade-poll.ts";
import { type PollRecord, pollKey } from "./poll-record.ts";
import { closed, closedByTimer, type Doer } from "./poll-state.ts";
import { recentPolls, type ShowServices, showPoll } from "./show-poll.ts";
import { changePoll } from "./voting.ts";

export type PollServices = ShowServices & Pick<Services, "engine">;

/**
 * Closes a poll, then grades what is graded by meaning, and shows both.
 * @throws {UserError} "poll-closed" when somebody has closed it before
 */
export async function closePoll(
  services: PollServices,
  courseId: string,
  pollId: string,
  by: Doer,
): Promise<PollRecord> {
  const poll = await changePoll(services.store, courseId, pollId, (now) => closed(now, by));
  afterClosing(services, poll);
  return poll;
}

/**
 * Sets the timer of an open poll; a poll without one, or a closed one, has its timer taken away. Polls within
 * other activities are closed by these.
 */
export function armTimer(services: PollServices, poll: PollRecord): void {
  const isOwn = poll.part === undefined || poll.part.of === "quiz";
  const at = isOwn && poll.state === "open" ? poll.closesAt : undefined;
  setDeadline(services.store, services.clock, `poll/${pollKey(poll)}`, at, () => {
    timeUp(services, poll).catch((error: unknown) => {
      services.log.error({ err: error, poll: poll.id }, "a poll could not be closed by its timer");
    });
  });
}

async function timeUp(services: PollServices, { courseId, id }: PollRecord): Promise<void> {
  let isOurs = false;
  const poll = await changePoll(services.store, courseId, id, (now) => {
    const next = closedByTimer(now, services.clock.now());
    isOurs = next !== now;
    return next;
  });
  if (isOurs) afterClosing(services, poll);
  else armTimer(services, poll);
}

function afterClosing(services: PollServices, poll: PollRecord): void {
  armTimer(services, poll);
  void showPoll(services, poll);
  void gradeAndShow(services, poll);
}

/** Grading takes a model's time, so nobody waits for it; a failure is logged, and the view offers it again. */
export async function gradeAndShow(services: PollServices, poll: PollRecord): Promise<void> {
  try {
    if ((await gradePoll(services, poll)) > 0) await showPoll(services, poll);
  } catch (error) {
    services.log.error({ err: error, poll: poll.id }, "answers could not be graded");
  }
}

/** At start: messages may show less than the store knows, timers are set anew, grading is finished. */
export async function resumePolls(services: PollServices): Promise<void> {
  const shown: Promise<void>[] = [];
  for await (const poll of recentPolls(services)) {
    armTimer(services, poll);
    shown.push(showPoll(services, poll));
    if (poll.state === "closed") void gradeAndShow(services, poll);
  }
  await Promise.all(shown);
}
