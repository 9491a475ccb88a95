import { z } from "zod";
import type { Namespace, Store } from "../../store/store.ts";
import { thresholds } from "../poll/poll-record.ts";

export const BANDS = ["right", "close", "not-yet"] as const;
export type Band = (typeof BANDS)[number];
const band = z.enum(BANDS);

/** How one short answer was judged, with what the judgement rests on. */
const gradeRecord = z.strictObject({
  /** The answer as it was when it was graded. */
  text: z.string(),
  /** 0 to 1: how likely a human grader calls the answer correct. */
  score: z.number(),
  nearestReference: z.string(),
  /** Required ideas of the item that the answer does not hold. */
  missingIdeas: z.array(z.string()),
  reason: z.string(),
  /** The known mistake that the answer says, and what to tell. */
  mistake: z.strictObject({ answer: z.string(), feedback: z.string() }).optional(),
  /** The teacher's word on this answer, or on one that says nearly the same. */
  ruling: z.strictObject({ band, on: z.string() }).optional(),
});
export type Grade = z.infer<typeof gradeRecord>;

/** What a teacher has decided for an item, kept for the next time it is asked. */
const itemGradingRecord = z.strictObject({
  thresholds: thresholds.optional(),
  /** Answers that the teacher judged, the newest last; right ones serve as references. */
  rulings: z.array(z.strictObject({ text: z.string(), band, by: z.string(), at: z.number() })),
});
export type ItemGrading = z.infer<typeof itemGradingRecord>;

/** By `courseId/pollId/round/personId`, as the votes. */
export function gradeRecords(store: Store): Namespace<Grade> {
  return store.namespace("poll-grade", gradeRecord);
}

/** By `courseId/itemId`. */
export function itemGradingRecords(store: Store): Namespace<ItemGrading> {
  return store.namespace("item-grading", itemGradingRecord);
}

export const NO_RULINGS: ItemGrading = { rulings: [] };
