import { logSumExp, maxOf } from "../log-sum-exp.ts";

/**
 * The tokens still in the running for one place, with their scores. Processors change scores or cut
 * candidates; cutting packs the survivors to the front, in order of token id, so later stages only touch those.
 */
export interface Candidates {
  /** The first `count` entries are unnormalised natural-log scores; -Infinity is an impossible token. */
  readonly scores: Float32Array;
  /** Token id of each score; meaningful only once `isPacked`. */
  readonly ids: Int32Array;
  count: number;
  /** False while score i belongs to token i. */
  isPacked: boolean;
  /** Cached largest score; NaN when not known. */
  max: number;
  /** Cached ln Σ exp(score); NaN when not known. */
  logSumExp: number;
}

/**
 * Takes a whole row of logits as candidates.
 * @param logits Shape [vocabSize]; becomes the candidates' scores and is changed in place.
 * @param ids Shape [vocabSize]; work space that may be shared by all rows of one thread.
 */
export function createCandidates(
  logits: Float32Array,
  ids: Int32Array = new Int32Array(logits.length),
): Candidates {
  return {
    scores: logits,
    ids,
    count: logits.length,
    isPacked: false,
    max: Number.NaN,
    logSumExp: Number.NaN,
  };
}

export function tokenIdAt(candidates: Candidates, index: number): number {
  return candidates.isPacked ? (candidates.ids[index] as number) : index;
}

export function largestScore(candidates: Candidates): number {
  if (Number.isNaN(candidates.max)) candidates.max = maxOf(candidates.scores, candidates.count);
  return candidates.max;
}

/** ln Σ exp(score): subtract it from a score for the log-probability among the candidates. */
export function normaliser(candidates: Candidates): number {
  if (Number.isNaN(candidates.logSumExp)) {
    candidates.logSumExp = logSumExp(candidates.scores, candidates.count, largestScore(candidates));
  }
  return candidates.logSumExp;
}

/** Must be called after scores were changed: what was cached no longer holds. */
export function forgetSums(candidates: Candidates): void {
  candidates.max = Number.NaN;
  candidates.logSumExp = Number.NaN;
}

/** Cuts every candidate whose score is below `threshold`. */
export function keepAtLeast(candidates: Candidates, threshold: number): void {
  keepAbove(candidates, threshold, 0);
}

/**
 * Cuts every candidate below `threshold`, and the first `tiesToCut` (by token id) of those equal to it.
 */
export function keepAbove(candidates: Candidates, threshold: number, tiesToCut: number): void {
  const { scores, ids, count, isPacked } = candidates;
  let kept = 0;
  let ties = tiesToCut;
  for (let i = 0; i < count; i++) {
    const score = scores[i] as number;
    if (score < threshold) continue;
    if (ties > 0 && score === threshold) {
      ties--;
      continue;
    }
    scores[kept] = score;
    ids[kept] = isPacked ? (ids[i] as number) : i;
    kept++;
  }
  finishPacking(candidates, kept);
}

/** Cuts every candidate for whose position `isKept` is false. The likeliest may be among them. */
export function keepWhere(candidates: Candidates, isKept: (index: number) => boolean): void {
  const { scores, ids, count, isPacked } = candidates;
  let kept = 0;
  for (let i = 0; i < count; i++) {
    if (!isKept(i)) continue;
    scores[kept] = scores[i] as number;
    ids[kept] = isPacked ? (ids[i] as number) : i;
    kept++;
  }
  finishPacking(candidates, kept);
  candidates.max = Number.NaN;
}

function finishPacking(candidates: Candidates, kept: number): void {
  // When nothing was cut every score and id was written over itself.
  if (kept === candidates.count) return;
  candidates.count = kept;
  candidates.isPacked = true;
  candidates.logSumExp = Number.NaN;
}

/**
 * The candidates as a full row: shape [vocabSize], -Infinity for every token that was cut.
 */
export function toLogits(candidates: Candidates, vocabSize: number): Float32Array {
  const row = new Float32Array(vocabSize).fill(-Infinity);
  for (let i = 0; i < candidates.count; i++) row[tokenIdAt(candidates, i)] = candidates.scores[i] as number;
  return row;
}
