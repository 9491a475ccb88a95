import { UserError } from "../../errors.ts";
import { newRecordId } from "../../store/record-id.ts";
import type { PollServices } from "../poll/close-poll.ts";
import { graceMs } from "./decide.ts";
import { revealLast } from "./last-review.ts";
import {
  type DraftRecord,
  type OccurrenceRecord,
  occurrenceKey,
  type ReviewPlan,
  recentOccurrences,
  reviewRecords,
  type ScheduleRecord,
  scheduleKey,
} from "./review-records.ts";
import { begin, claim, settle } from "./scheduler.ts";
import { nextTimes } from "./timing.ts";

/** What staff can do with schedules. Each step is one commit, so of several who do the same one is told no. */

const DRAFT_VALID_MS = 24 * 60 * 60_000;

/** Keeps a plan until somebody confirms it; older ones that nobody confirmed are forgotten. */
export async function keepDraft(
  { store, clock }: PollServices,
  draft: Pick<DraftRecord, "courseId" | "plan" | "createdBy" | "scheduleId">,
): Promise<DraftRecord> {
  const { drafts } = reviewRecords(store);
  for await (const [key, { createdAt }] of drafts.list(`${draft.courseId}/`)) {
    if (createdAt < clock.now() - DRAFT_VALID_MS) await drafts.delete(key);
  }
  const kept = { ...draft, id: newRecordId(), createdAt: clock.now() };
  await drafts.set(`${kept.courseId}/${kept.id}`, kept);
  return kept;
}

/**
 * Makes a confirmed draft a schedule, or changes the schedule it is for. Times before this moment are over.
 * @throws {UserError} "review-draft-unknown", "review-unknown"
 */
export async function saveDraft(
  services: PollServices,
  courseId: string,
  draftId: string,
): Promise<ScheduleRecord> {
  const { store, clock } = services;
  const { drafts, schedules } = reviewRecords(store);
  for (;;) {
    const draft = await drafts.get(`${courseId}/${draftId}`);
    if (!draft) {
      throw new UserError(
        "review-draft-unknown",
        "This plan has been saved already, or is older than a day. /review list shows what there is; /review schedule plans anew.",
      );
    }
    const { plan, scheduleId, createdBy } = draft;
    const old = scheduleId === undefined ? undefined : await getSchedule(services, courseId, scheduleId);
    const now = clock.now();
    const fresh = { id: newRecordId(), courseId, state: "active" as const, createdBy, createdAt: now };
    const schedule: ScheduleRecord = {
      ...(old ?? fresh),
      ...plan,
      skip: [],
      // Not before what is decided: a time that was posted stays posted once, whatever the new plan says.
      settledTo: Math.max(old?.settledTo ?? now, now),
    };
    const key = scheduleKey(schedule);
    const done = await store.commit(
      [drafts.expect(`${courseId}/${draftId}`, draft), schedules.expect(key, old)],
      [drafts.put(`${courseId}/${draftId}`, undefined), schedules.put(key, schedule)],
    );
    if (!done) continue;
    await settle(services, schedule);
    return schedule;
  }
}

/** @throws {UserError} "review-unknown" */
export async function getSchedule(
  { store }: Pick<PollServices, "store">,
  courseId: string,
  id: string,
): Promise<ScheduleRecord> {
  const schedule = await reviewRecords(store).schedules.get(`${courseId}/${id.trim().toUpperCase()}`);
  if (schedule) return schedule;
  throw new UserError(
    "review-unknown",
    `There is no scheduled review "${id.trim().slice(0, 40)}" in this course. /review list shows them with their ids.`,
    { id },
  );
}

/** @throws {UserError} "review-unknown", "review-paused" when it is in that state already */
export async function setState(
  services: PollServices,
  courseId: string,
  id: string,
  state: ScheduleRecord["state"],
): Promise<ScheduleRecord> {
  const changed = await change(services, courseId, id, (schedule) => {
    if (schedule.state === state) {
      const message = state === "paused" ? "It is paused already." : "It is not paused.";
      throw new UserError("review-paused", message, { state });
    }
    // What would have come during the pause is over.
    const settledTo = Math.max(schedule.settledTo, services.clock.now());
    return { ...schedule, state, ...(state === "active" && { settledTo }) };
  });
  await settle(services, changed);
  return changed;
}

/**
 * Leaves out the next time that is not left out yet.
 * @returns that time.
 * @throws {UserError} "review-unknown", "review-over"
 */
export async function skipNext(services: PollServices, courseId: string, id: string): Promise<number> {
  let slot: number | undefined;
  await change(services, courseId, id, (schedule) => {
    const after = Math.max(services.clock.now(), schedule.settledTo, ...schedule.skip);
    slot = nextTimes(schedule.timing, after, 1)[0];
    if (slot === undefined)
      throw new UserError("review-over", "There is no next time that could be left out.");
    return { ...schedule, skip: [...schedule.skip, slot] };
  });
  return slot!;
}

/** Posts one now, beside the planned ones. */
export async function runNow(
  services: PollServices,
  courseId: string,
  id: string,
  personId: string,
): Promise<OccurrenceRecord> {
  const schedule = await getSchedule(services, courseId, id);
  const now = services.clock.now();
  const occurrence = { ...claim(schedule, { slot: now, state: "claimed" }, now), decidedBy: personId };
  const isNew = await reviewRecords(services.store).occurrences.setIfAbsent(
    occurrenceKey(occurrence),
    occurrence,
  );
  if (!isNew) throw new UserError("review-running", "It is being posted at this very moment.");
  begin(services, occurrence);
  return occurrence;
}

/** What has been posted stays; answers that were kept for the next one are shown now, for none comes. */
export async function removeSchedule(
  services: PollServices,
  courseId: string,
  id: string,
): Promise<ScheduleRecord> {
  const schedule = await getSchedule(services, courseId, id);
  await revealLast(services, schedule, { slot: Number.POSITIVE_INFINITY });
  await reviewRecords(services.store).schedules.delete(scheduleKey(schedule));
  await settle(services, schedule);
  return schedule;
}

/**
 * A person's word on a time that Cloze asked about.
 * @throws {UserError} "review-decided" when somebody has decided before; "review-too-late" after the grace time
 */
export async function decideAsked(
  services: PollServices,
  courseId: string,
  id: string,
  slot: number,
  word: "post" | "leave",
  personId: string,
): Promise<void> {
  const schedule = await getSchedule(services, courseId, id);
  const now = services.clock.now();
  const after = await reviewRecords(services.store).occurrences.update(
    occurrenceKey({ courseId, scheduleId: schedule.id, slot }),
    (occurrence) => {
      if (occurrence?.state !== "asked") {
        const what = occurrence?.state === "skipped" ? "left out" : "posted";
        throw new UserError("review-decided", `This has been decided already: it was ${what}.`);
      }
      const by = { decidedAt: now, decidedBy: personId };
      const { reason, firstTriedAt: _, ...rest } = occurrence;
      if (word === "leave") return { ...rest, ...by, state: "skipped", reason: "left-out" };
      if (reason === "missed" && now > slot + graceMs(schedule)) {
        throw new UserError(
          "review-too-late",
          "The grace time of this one is over. /review run posts a new one now.",
        );
      }
      return { ...rest, ...by, state: "claimed" };
    },
  );
  begin(services, after);
}

/** Times that wait for a person's word. */
export async function pendingQuestions(
  { store, clock }: Pick<PollServices, "store" | "clock">,
  courseId: string,
): Promise<OccurrenceRecord[]> {
  const pending: OccurrenceRecord[] = [];
  for await (const [, schedule] of reviewRecords(store).schedules.list(`${courseId}/`)) {
    for await (const each of recentOccurrences(store, schedule, clock.now())) {
      if (each.state === "asked") pending.push(each);
    }
  }
  return pending;
}

/** The plan of a schedule, without what has happened to it. */
export function planOf(schedule: ScheduleRecord): ReviewPlan {
  const { title, timing, ask, answerMinutes, remindMinutes, answers, missed, graceMinutes, channels } =
    schedule;
  return { title, timing, ask, answerMinutes, remindMinutes, answers, missed, graceMinutes, channels };
}

async function change(
  services: PollServices,
  courseId: string,
  id: string,
  step: (schedule: ScheduleRecord) => ScheduleRecord,
): Promise<ScheduleRecord> {
  const { id: known } = await getSchedule(services, courseId, id);
  return reviewRecords(services.store).schedules.update(`${courseId}/${known}`, (schedule) => {
    if (!schedule) throw new UserError("review-unknown", "This review has just been deleted.");
    return step(schedule);
  });
}
