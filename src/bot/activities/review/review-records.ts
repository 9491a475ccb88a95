import { z } from "zod";
import type { Namespace, Store } from "../../store/store.ts";
import { channelRef } from "../poll/poll-record.ts";
import { timing } from "./timing.ts";

const count = z.int().min(1);
const seconds = z.int().min(0);

/** What is asked each time. */
const ask = z.discriminatedUnion("by", [
  /** Due by spaced repetition over the course. */
  z.strictObject({ by: z.literal("due"), topic: z.string().optional(), count }),
  /** Of the objectives that went worst. */
  z.strictObject({ by: z.literal("weak"), topic: z.string().optional(), count }),
  /** Always these. */
  z.strictObject({ by: z.literal("items"), items: z.array(z.string()).min(1) }),
  /** One think–pair–share each time, taking the items in turn. */
  z.strictObject({
    by: z.literal("pair-share"),
    items: z.array(z.string()).min(1),
    seconds: z.strictObject({ think: seconds, pair: seconds, revote: seconds }),
  }),
]);

export const MISSED_POLICIES = ["run-late", "skip", "ask"] as const;

const planFields = {
  title: z.string(),
  timing,
  ask,
  /** How long it can be answered. */
  answerMinutes: z.int().min(1),
  /** How long before the end those are reminded who have not answered; 0: nobody is. */
  remindMinutes: z.int().min(0),
  /** When everybody sees what is right: with the next review, or when this one closes. */
  answers: z.enum(["next", "closed"]),
  /** What happens to a time at which Cloze was not running. */
  missed: z.enum(MISSED_POLICIES),
  /** How late it may still be posted. */
  graceMinutes: z.int().min(0),
  channels: z.array(channelRef).min(1),
};
export const reviewPlan = z.strictObject(planFields);
export type ReviewPlan = z.infer<typeof reviewPlan>;

/** Reviews that are posted by themselves. */
const scheduleRecord = z.strictObject({
  id: z.string(),
  courseId: z.string(),
  ...planFields,
  state: z.enum(["active", "paused"]),
  /** Times that are to be left out, asked for by a person. */
  skip: z.array(z.number()),
  /** What is to happen at each time up to this one has been decided, once and for all. */
  settledTo: z.number(),
  createdBy: z.string(),
  createdAt: z.number(),
});
export type ScheduleRecord = z.infer<typeof scheduleRecord>;

/** A plan that has been shown and not been confirmed. */
const draftRecord = z.strictObject({
  id: z.string(),
  courseId: z.string(),
  plan: reviewPlan,
  /** The schedule it changes; absent for a new one. */
  scheduleId: z.string().optional(),
  createdBy: z.string(),
  createdAt: z.number(),
});
export type DraftRecord = z.infer<typeof draftRecord>;

/**
 * One time of a schedule and what became of it. Written before anything is posted, in one step with
 * `settledTo`, so of several processes one posts.
 */
const occurrenceRecord = z.strictObject({
  courseId: z.string(),
  scheduleId: z.string(),
  /** The planned time; for one that was asked for, the time of asking. */
  slot: z.number(),
  state: z.enum(["claimed", "asked", "posted", "skipped"]),
  /** Why a person is asked, or why it was left out. */
  reason: z
    .enum(["missed", "too-late", "superseded", "skip-one", "left-out", "uncertain", "nothing-to-ask"])
    .optional(),
  /** The quiz or think–pair–share: drawn with the claim, so that a second attempt is the same one. */
  activityId: z.string(),
  /** The process that works on it, and until when others leave it alone. */
  holder: z.string().optional(),
  heldUntil: z.number().optional(),
  /** When a message was first handed to a platform. */
  firstTriedAt: z.number().optional(),
  /** Where the introduction has arrived. */
  introduced: z.array(channelRef),
  postedAt: z.number().optional(),
  closesAt: z.number().optional(),
  remindAt: z.number().optional(),
  /** Set when somebody was, or is being, told that a decision is needed. */
  askedAt: z.number().optional(),
  decidedAt: z.number(),
  decidedBy: z.string().optional(),
});
export type OccurrenceRecord = z.infer<typeof occurrenceRecord>;

const remindedRecord = z.strictObject({ at: z.number() });
const optOutRecord = z.strictObject({ at: z.number() });

export interface ReviewRecords {
  /** By `courseId/scheduleId`. */
  readonly schedules: Namespace<ScheduleRecord>;
  /** By `courseId/draftId`. */
  readonly drafts: Namespace<DraftRecord>;
  /** By `courseId/scheduleId/slot`. */
  readonly occurrences: Namespace<OccurrenceRecord>;
  /** By `courseId/activityId/personId`: written before the reminder is sent. */
  readonly reminded: Namespace<z.infer<typeof remindedRecord>>;
  /** By `courseId/personId`: no reminders. */
  readonly optOuts: Namespace<z.infer<typeof optOutRecord>>;
}

export function reviewRecords(store: Store): ReviewRecords {
  return {
    schedules: store.namespace("review-schedule", scheduleRecord),
    drafts: store.namespace("review-draft", draftRecord),
    occurrences: store.namespace("review-occurrence", occurrenceRecord),
    reminded: store.namespace("review-reminded", remindedRecord),
    optOuts: store.namespace("review-opt-out", optOutRecord),
  };
}

export function scheduleKey({ courseId, id }: Pick<ScheduleRecord, "courseId" | "id">): string {
  return `${courseId}/${id}`;
}

/** The digits of a slot that stand for 10⁹ ms, about eleven and a half days. */
const BLOCK_MS = 1_000_000_000;

/**
 * The occurrences of a schedule from the last eleven days at least, the oldest first. What lies further back is
 * decided and over: grace times and times to answer are a week at most.
 */
export async function* recentOccurrences(
  store: Store,
  { courseId, id }: Pick<ScheduleRecord, "courseId" | "id">,
  now: number,
): AsyncIterable<OccurrenceRecord> {
  const { occurrences } = reviewRecords(store);
  const block = Math.floor(now / BLOCK_MS);
  for (const each of [block - 1, block, block + 1]) {
    const prefix = String(each).padStart(SLOT_DIGITS - 9, "0");
    for await (const [, occurrence] of occurrences.list(`${courseId}/${id}/${prefix}`)) yield occurrence;
  }
}

const SLOT_DIGITS = 15;

/** Keys sort by time. */
export function occurrenceKey({
  courseId,
  scheduleId,
  slot,
}: Pick<OccurrenceRecord, "courseId" | "scheduleId" | "slot">): string {
  return `${courseId}/${scheduleId}/${String(slot).padStart(SLOT_DIGITS, "0")}`;
}
