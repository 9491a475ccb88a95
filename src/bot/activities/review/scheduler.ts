import { newRecordId } from "../../store/record-id.ts";
import { setDeadline } from "../deadlines.ts";
import type { PollServices } from "../poll/close-poll.ts";
import { askStaff } from "./ask-staff.ts";
import { decide, ON_TIME_MS } from "./decide.ts";
import { armReminder } from "./reminders.ts";
import {
  type OccurrenceRecord,
  occurrenceKey,
  recentOccurrences,
  reviewRecords,
  type ScheduleRecord,
  scheduleKey,
} from "./review-records.ts";
import { attempt, HOLD_MS, isHeldHere } from "./run-occurrence.ts";
import { nextTimes, timesBetween } from "./timing.ts";

/** Decided in one step of the store. */
const MOST_AT_ONCE = 200;
/** How often schedules are looked through for what another process has changed or left. */
const SWEEP_MS = 60 * 60_000;

/**
 * At start, once the platforms are connected: what came due while nothing ran is decided, what was begun is
 * finished, timers are set. From then on everything goes by timers. Can be called again at any time.
 */
export async function resumeReviews(services: PollServices): Promise<void> {
  const { store, clock, courses, log } = services;
  const { schedules } = reviewRecords(store);
  setDeadline(store, clock, "reviews/sweep", clock.now() + SWEEP_MS, () => {
    resumeReviews(services).catch((error: unknown) =>
      log.error({ err: error }, "reviews could not be looked through"),
    );
  });
  for (const course of courses.all()) {
    for await (const [, schedule] of schedules.list(`${course.id}/`)) {
      for await (const occurrence of recentOccurrences(store, schedule, clock.now())) {
        resumeOccurrence(services, occurrence);
      }
      await settle(services, schedule);
    }
  }
}

/**
 * Decides what has come due of one schedule, begins it, and sets the timer for the next time. Posting goes on by
 * itself: nobody waits for it.
 */
export async function settle(
  services: PollServices,
  of: Pick<ScheduleRecord, "courseId" | "id">,
): Promise<void> {
  const { store, clock } = services;
  const { schedules, occurrences } = reviewRecords(store);
  const key = scheduleKey(of);
  for (;;) {
    const schedule = await schedules.get(key);
    if (schedule?.state !== "active") return arm(services, of, undefined);
    const now = clock.now();
    const slots = timesBetween(schedule.timing, schedule.settledTo, now, MOST_AT_ONCE);
    const last = slots.at(-1);
    if (last === undefined)
      return arm(services, of, nextTimes(schedule.timing, Math.max(now, schedule.settledTo), 1)[0]);
    const decided = decide(schedule, slots, now).map((decision) => claim(schedule, decision, now));
    const done = await store.commit(
      [
        schedules.expect(key, schedule),
        ...decided.map((each) => occurrences.expect(occurrenceKey(each), undefined)),
      ],
      [
        schedules.put(key, {
          ...schedule,
          settledTo: last,
          skip: schedule.skip.filter((slot) => slot > last),
        }),
        ...decided.map((each) => occurrences.put(occurrenceKey(each), each)),
      ],
    );
    // Otherwise somebody else was faster, or the schedule has just been changed: looked at again.
    if (done) for (const each of decided) begin(services, each);
  }
}

/** A claim on one time of a schedule, before anything is posted. */
export function claim(
  { courseId, id }: ScheduleRecord,
  decision: Pick<OccurrenceRecord, "slot" | "state" | "reason">,
  now: number,
): OccurrenceRecord {
  return {
    ...decision,
    courseId,
    scheduleId: id,
    activityId: newRecordId(),
    introduced: [],
    decidedAt: now,
  };
}

/** Sets off what has been decided. */
export function begin(services: PollServices, occurrence: OccurrenceRecord): void {
  if (occurrence.state === "claimed") void attempt(services, occurrence, afterAttempt(services));
  if (occurrence.state === "asked") void askStaff(services, occurrence);
}

function afterAttempt(services: PollServices) {
  return (occurrence: OccurrenceRecord): void => {
    if (occurrence.state === "posted") armReminder(services, occurrence);
    else resumeOccurrence(services, occurrence);
  };
}

/** Takes up what is not finished: a claim whose holder is gone, a question nobody was asked, reminders. */
function resumeOccurrence(services: PollServices, occurrence: OccurrenceRecord): void {
  const { store, clock } = services;
  if (occurrence.state === "posted") armReminder(services, occurrence);
  if (occurrence.state === "asked" && occurrence.askedAt === undefined) void askStaff(services, occurrence);
  if (occurrence.state !== "claimed" || isHeldHere(services, occurrence)) return;
  const now = clock.now();
  // A clock that was set back must not hold a claim longer than anybody can have meant.
  const free = Math.min(occurrence.heldUntil ?? now, now + HOLD_MS);
  setDeadline(store, clock, `review-claim/${occurrenceKey(occurrence)}`, free, () => {
    void attempt(services, occurrence, afterAttempt(services));
  });
}

function arm(
  services: PollServices,
  of: Pick<ScheduleRecord, "courseId" | "id">,
  at: number | undefined,
): void {
  setDeadline(services.store, services.clock, `review/${scheduleKey(of)}`, at, () => {
    settle(services, of).catch((error: unknown) => {
      services.log.error({ err: error, schedule: of.id }, "a review that is due could not be decided on");
      // The store may be back in a moment; so long it is still on time.
      arm(services, of, services.clock.now() + ON_TIME_MS / 4);
    });
  });
}
