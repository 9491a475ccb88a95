import { z } from "zod";
import type { Namespace, Store } from "../../store/store.ts";

/** A question made of somebody's message, for one person alone; nothing says who answered. */
const quizMeRecord = z.strictObject({
  /** The whole text, for another question. */
  text: z.string(),
  blanked: z.string(),
  sentence: z.string(),
  /** The answer among them, in the order of the buttons. */
  choices: z.array(z.string()).min(2),
  answer: z.string(),
  /** The masked model's probability of each choice. */
  probabilities: z.record(z.string(), z.number()),
  /** Words of the text that were asked so far, lower case. */
  asked: z.array(z.string()),
});
export type QuizMeRecord = z.infer<typeof quizMeRecord>;

/** By record id. */
export function quizMeRecords(store: Store): Namespace<QuizMeRecord> {
  return store.namespace("quiz-me", quizMeRecord);
}
