import { z } from "zod";
import type { Namespace, Store } from "../../store/store.ts";
import { channelRef, messageRef } from "../poll/poll-record.ts";

const candidate = z.strictObject({
  /** The poll's choice. */
  choice: z.string(),
  tokenId: z.int(),
  /** The token with its spaces shown. */
  label: z.string(),
  /** Under the model's own distribution. */
  probability: z.number(),
});
export type Candidate = z.infer<typeof candidate>;

const step = z.strictObject({
  tokenId: z.int(),
  label: z.string(),
  probability: z.number(),
  /** Votes for it, and all votes. */
  votes: z.int(),
  voters: z.int(),
  /** Others had as many votes, and the model's probability decided. */
  tied: z.boolean(),
  candidates: z.array(z.strictObject({ ...candidate.shape, votes: z.int() })),
});

const written = z.strictObject({
  name: z.string(),
  text: z.string(),
  tokenIds: z.array(z.int()),
  /** log p(tokens | prompt) under the model's own distribution, in nats. */
  logProb: z.number(),
});
export type Written = z.infer<typeof written>;

/** A text that a class decodes, one vote a token. The vote on token n is the poll `id-n`. */
const voteNextRecord = z.strictObject({
  id: z.string(),
  courseId: z.string(),
  prompt: z.string(),
  model: z.string(),
  promptIds: z.array(z.int()),
  /** How many tokens may be chosen from, and how many are written at most. */
  width: z.int().min(2),
  maxSteps: z.int().min(1),
  /** How long each vote lasts; absent: until the teacher goes on. */
  seconds: z.int().min(1).optional(),
  team: z.strictObject({ name: z.string(), match: z.string(), ids: z.array(z.string()) }).optional(),
  /** "counting": a vote has closed and the next one has not opened yet. */
  state: z.enum(["voting", "counting", "ended"]),
  steps: z.array(step),
  /** What is written so far, as text. */
  text: z.string(),
  /** What can be voted for now. */
  candidates: z.array(candidate),
  /** At the end: the class's text beside greedy's and top-p's. */
  compared: z.array(written).optional(),
  /** Seed of top-p's draw. */
  seed: z.int(),
  channels: z.array(channelRef),
  messages: z.array(messageRef),
  openedBy: z.string(),
  openedAt: z.number(),
});
export type VoteNextRecord = z.infer<typeof voteNextRecord>;

const teamRecord = z.strictObject({ id: z.string() });

/** By `courseId/id`. */
export function voteNextRecords(store: Store): Namespace<VoteNextRecord> {
  return store.namespace("vote-next", voteNextRecord);
}

/** Which text of a match somebody votes on, by `courseId/match/personId`. */
export function teamRecords(store: Store): Namespace<z.infer<typeof teamRecord>> {
  return store.namespace("vote-next-team", teamRecord);
}

/** The poll on the token with this number, counted from 1. */
export function stepId(id: string, number: number): string {
  return `${id}-${number}`;
}
