import { z } from "zod";
import type { Namespace, Store } from "../../store/store.ts";
import { channelRef, messageRef } from "../poll/poll-record.ts";

export const PHASES = ["think", "pair", "revote", "share"] as const;
export type Phase = (typeof PHASES)[number];

const seconds = z.int().min(0);

/**
 * A think–pair–share. Its question and votes are the poll with the same id: round 1 is the answers of the think
 * phase, round 2 those after the talk.
 */
const pairShareRecord = z.strictObject({
  id: z.string(),
  courseId: z.string(),
  /** The phases it goes through; "share" is the last and stays. */
  phases: z.array(z.enum(PHASES)).min(2),
  phase: z.enum(PHASES),
  /** When the next phase begins by itself; absent: when the teacher says so. */
  phaseEndsAt: z.number().optional(),
  /** How long each phase lasts; 0: until the teacher goes on. */
  seconds: z.strictObject({ think: seconds, pair: seconds, revote: seconds }),
  /** Whether pairs get rooms of their own. */
  rooms: z.boolean(),
  /** Which shares right call for a discussion. */
  discuss: z.strictObject({ from: z.number(), to: z.number() }),
  /** Person ids; absent until the pair phase has put people together. */
  groups: z.array(z.array(z.string())).optional(),
  absent: z.array(z.string()),
  optedOut: z.array(z.string()),
  pairedAt: z.number().optional(),
  /** What became of the private notes and rooms, for the teacher. */
  told: z
    .strictObject({ direct: z.int(), unreachable: z.int(), rooms: z.int(), roomless: z.int() })
    .optional(),
  modelAnswerShown: z.boolean(),
  channels: z.array(channelRef),
  /** The phase whose message has been posted. */
  posted: z.enum(PHASES).optional(),
  /** Messages of phases that are over. */
  past: z.array(messageRef),
  /** The schedule that posts it; that one, rather than the start, decides whether it is begun again. */
  review: z.string().optional(),
  openedBy: z.string(),
  openedAt: z.number(),
});
export type PairShareRecord = z.infer<typeof pairShareRecord>;

/** By `courseId/id`; the poll has the same key. */
export function pairShareRecords(store: Store): Namespace<PairShareRecord> {
  return store.namespace("pair-share", pairShareRecord);
}
