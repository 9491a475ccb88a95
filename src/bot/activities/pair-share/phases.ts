import { UserError } from "../../errors.ts";
import type { PollRecord } from "../poll/poll-record.ts";
import { closed, nextRound } from "../poll/poll-state.ts";
import type { PairShareRecord, Phase } from "./pair-share-record.ts";

/** A think–pair–share with its poll; both change in one step. */
export interface Stage {
  readonly share: PairShareRecord;
  readonly poll: PollRecord;
}

/** The phase after this one; undefined after the last. */
export function phaseAfter({ phases, phase }: PairShareRecord): Phase | undefined {
  return phases[phases.indexOf(phase) + 1];
}

/**
 * Goes from one phase to another: voting is open in think and, for a second round, in revote.
 * @param from The phase that whoever asks for it saw.
 * @throws {UserError} "phase-over" when somebody was faster, or the time; always in the last phase
 */
export function entered({ share, poll }: Stage, from: Phase, to: Phase, by: string, now: number): Stage {
  if (share.phase !== from || share.phase === "share") {
    throw new UserError("phase-over", `The phase "${from}" is over already; it is "${share.phase}" now.`, {
      phase: share.phase,
    });
  }
  const lasts = to === "share" ? 0 : share.seconds[to];
  const endsAt = lasts > 0 ? now + lasts * 1000 : undefined;
  const { phaseEndsAt: _, ...rest } = share;
  const asked = to === "revote" ? nextRound(shut(poll, by, now)) : shut(poll, by, now);
  const votes = to === "revote";
  return {
    share: { ...rest, phase: to, ...(endsAt !== undefined && { phaseEndsAt: endsAt }) },
    poll: {
      ...asked,
      // Nothing is shown before the share phase: a count would sway the revote.
      revealed: to === "share",
      ...(votes && endsAt !== undefined && { closesAt: endsAt }),
    },
  };
}

function shut(poll: PollRecord, by: string, now: number): PollRecord {
  return poll.state === "closed" ? poll : closed(poll, { personId: by, at: now });
}

/**
 * Gives the present phase more time; a phase without an end gets one.
 * @throws {UserError} "phase-over"
 */
export function extended({ share, poll }: Stage, from: Phase, byMs: number, now: number): Stage {
  if (share.phase !== from || share.phase === "share") {
    throw new UserError("phase-over", "This phase is over already.", { phase: share.phase });
  }
  const endsAt = Math.max(share.phaseEndsAt ?? now, now) + byMs;
  return {
    share: { ...share, phaseEndsAt: endsAt },
    poll: poll.state === "open" ? { ...poll, closesAt: endsAt } : poll,
  };
}
