import { z } from "zod";
import { itemSchema } from "../../course/item-schema.ts";
import type { Namespace, Store } from "../../store/store.ts";

export const channelRef = z.strictObject({
  platform: z.enum(["discord", "slack", "web", "cli"]),
  id: z.string(),
});
export const messageRef = z.strictObject({ channel: channelRef, id: z.string() });

/** The activity that a question is a part of; without one it is a poll of its own. */
const part = z.discriminatedUnion("of", [
  z.strictObject({
    of: z.literal("quiz"),
    id: z.string(),
    number: z.int(),
    count: z.int(),
    /** The next question opens after this one, rather than all at once. */
    oneByOne: z.boolean(),
  }),
  z.strictObject({ of: z.literal("pair-share"), id: z.string() }),
  z.strictObject({ of: z.literal("vote-next"), id: z.string() }),
]);

/** The least scores, from 0 to 1, of a short answer that counts as right and as close. */
export const thresholds = z.strictObject({ right: z.number(), close: z.number() });
export type Thresholds = z.infer<typeof thresholds>;

const questionFields = {
  question: z.string(),
  /** What an answer is: one choice, at least one choice, a number, a text. */
  answer: z.enum(["choice", "choices", "number", "text"]).default("choice"),
  /** In the order shown. Ids are short and stable: votes and buttons carry them. Empty for numbers and texts. */
  choices: z.array(z.strictObject({ id: z.string(), text: z.string() })),
  /** The bank's item as it was when it was asked, so that later edits change no result. */
  item: itemSchema.optional(),
  /** Ids of the right choices, where there are any. */
  right: z.array(z.string()).optional(),
  /** What the model wrote, for a prediction, and the command that makes it write that. */
  outcome: z.strictObject({ text: z.string(), command: z.string() }).optional(),
};
/** What is asked, and how an answer looks; the part of a poll that follows from the question alone. */
export const questionShape = z.strictObject(questionFields);
export type Question = z.infer<typeof questionShape>;

/**
 * One question put to a class, with its voting: a poll, a question of a quiz, the question of a
 * think–pair–share, a step of vote-next.
 */
const pollRecord = z.strictObject({
  id: z.string(),
  courseId: z.string(),
  ...questionFields,
  thresholds: thresholds.optional(),
  part: part.optional(),
  /**
   * When everybody sees the counts: while votes come in, when the poll has closed, or when somebody reveals
   * them.
   */
  show: z.enum(["live", "closed", "revealed"]),
  state: z.enum(["open", "closed"]),
  /** Counted up by a revote; each round has its own votes. */
  round: z.int().min(1),
  revealed: z.boolean(),
  /** Person ids and clock times. */
  openedBy: z.string(),
  openedAt: z.number(),
  /** Votes from this time on come too late. */
  closesAt: z.number().optional(),
  closedBy: z.string().optional(),
  closedAt: z.number().optional(),
  /** Where the poll is shown; each of these is kept up to date. */
  messages: z.array(messageRef),
});
export type PollRecord = z.infer<typeof pollRecord>;

export const CONFIDENCES = ["sure", "fairly", "guess"] as const;
export type Confidence = (typeof CONFIDENCES)[number];

const voteRecord = z.strictObject({
  /** Ids of the chosen choices. */
  choices: z.array(z.string()).default([]),
  number: z.number().optional(),
  text: z.string().optional(),
  /** How sure the person says to be. */
  confidence: z.enum(CONFIDENCES).optional(),
  at: z.number(),
});
export type VoteRecord = z.infer<typeof voteRecord>;

/** By `courseId/pollId`. */
export function pollRecords(store: Store): Namespace<PollRecord> {
  return store.namespace("poll", pollRecord);
}

/** By `courseId/pollId/round/personId`: one key per person and question. */
export function voteRecords(store: Store): Namespace<VoteRecord> {
  return store.namespace("poll-vote", voteRecord);
}

export function pollKey({ courseId, id }: Pick<PollRecord, "courseId" | "id">): string {
  return `${courseId}/${id}`;
}

/** The prefix of a round's votes; the person's id follows. */
export function votePrefix({ courseId, id, round }: Pick<PollRecord, "courseId" | "id" | "round">): string {
  return `${courseId}/${id}/${round}/`;
}
