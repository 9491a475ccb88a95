import { z } from "zod";
import type { Namespace, Store } from "../../store/store.ts";

const messageRef = z.strictObject({
  channel: z.strictObject({ platform: z.enum(["discord", "slack", "web", "cli"]), id: z.string() }),
  id: z.string(),
});

const pollRecord = z.strictObject({
  id: z.string(),
  courseId: z.string(),
  question: z.string(),
  /** In the order shown. Ids are short and stable: votes and buttons carry them. */
  choices: z.array(z.strictObject({ id: z.string(), text: z.string() })).min(2),
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
  closedBy: z.string().optional(),
  closedAt: z.number().optional(),
  /** Where the poll is shown; each of these is kept up to date. */
  messages: z.array(messageRef),
});
export type PollRecord = z.infer<typeof pollRecord>;

const voteRecord = z.strictObject({
  /** Ids of the chosen choices. */
  choices: z.array(z.string()).min(1),
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
