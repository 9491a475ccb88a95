import { z } from "zod";
import type { Namespace, Store } from "../../store/store.ts";
import { channelRef, questionShape } from "../poll/poll-record.ts";

/** Several questions of the bank, asked one after the other or all at once. */
const quizRecord = z.strictObject({
  id: z.string(),
  courseId: z.string(),
  /** What it is about, as shown. */
  title: z.string(),
  /** In their order, with what is right; made when the quiz was opened. */
  questions: z.array(questionShape).min(1),
  /** How many of them have been opened. */
  opened: z.int().min(0),
  oneByOne: z.boolean(),
  show: z.enum(["live", "closed", "revealed"]),
  /** How long each question stays open, when asked one by one. */
  seconds: z.int().min(1).optional(),
  /** When all questions close, when asked all at once. */
  closesAt: z.number().optional(),
  channels: z.array(channelRef),
  /** The schedule that posts it; that one, rather than the start, decides what is posted again. */
  review: z.string().optional(),
  openedBy: z.string(),
  openedAt: z.number(),
  /** Set once, by whoever summed it up. */
  summedUpAt: z.number().optional(),
});
export type QuizRecord = z.infer<typeof quizRecord>;

/** By `courseId/quizId`. */
export function quizRecords(store: Store): Namespace<QuizRecord> {
  return store.namespace("quiz", quizRecord);
}

/** The poll that asks a quiz's question, counted from 1. */
export function questionId(quizId: string, number: number): string {
  return `${quizId}-${number}`;
}
