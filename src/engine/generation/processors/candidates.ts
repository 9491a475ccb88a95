import type { LogitsSummary } from "../decoder.ts";
import { logSumExp, maxOf } from "../log-sum-exp.ts";

/** Scores are looked at in blocks of this many; a block whose largest score is too low is skipped. */
export const BLOCK_SIZE = 128;

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
  /** Largest score of each block of `BLOCK_SIZE`; holds while `max` is known and nothing is packed. */
  readonly blockMaxima: Float32Array;
  /** Cached ln Σ exp(score); NaN when not known. */
  logSumExp: number;
}

/** Arrays that candidates need beside their scores; one set may serve all rows of a process, one after another. */
export interface CandidateSpace {
  /** Shape [vocabSize]. */
  readonly ids: Int32Array;
  /** Shape [vocabSize / BLOCK_SIZE], rounded up. */
  readonly blockMaxima: Float32Array;
}

export function createCandidateSpace(vocabSize: number): CandidateSpace {
  return {
    ids: new Int32Array(vocabSize),
    blockMaxima: new Float32Array(Math.ceil(vocabSize / BLOCK_SIZE)),
  };
}

/**
 * Takes a whole row of logits as candidates.
 * @param logits Shape [vocabSize]; becomes the candidates' scores and is changed in place.
 * @param summary Of these logits, when it is known already.
 */
export function createCandidates(
  logits: Float32Array,
  space = createCandidateSpace(logits.length),
  summary?: LogitsSummary,
): Candidates {
  if (summary) space.blockMaxima.set(summary.blockMaxima);
  return {
    scores: logits,
    ids: space.ids,
    count: logits.length,
    isPacked: false,
    max: summary ? maxOf(summary.blockMaxima) : Number.NaN,
    blockMaxima: space.blockMaxima,
    logSumExp: summary ? summary.logSumExp : Number.NaN,
  };
}

export function tokenIdAt(candidates: Candidates, index: number): number {
  return candidates.isPacked ? (candidates.ids[index] as number) : index;
}

/** @returns -Infinity when no token is possible. */
export function largestScore(candidates: Candidates): number {
  if (Number.isNaN(candidates.max)) {
    candidates.max = candidates.isPacked
      ? maxOf(candidates.scores, candidates.count)
      : fillBlockMaxima(candidates.scores, candidates.blockMaxima);
  }
  return candidates.max;
}

function fillBlockMaxima(scores: Float32Array, blockMaxima: Float32Array): number {
  for (let block = 0; block < blockMaxima.length; block++) {
    const start = block * BLOCK_SIZE;
    blockMaxima[block] = maxOf(scores, Math.min(start + BLOCK_SIZE, scores.length), start);
  }
  return maxOf(blockMaxima);
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

/** Multiplies every score by a factor above 0. */
export function scaleScores(candidates: Candidates, factor: number): void {
  const { scores, count, blockMaxima, max } = candidates;
  for (let i = 0; i < count; i++) scores[i] = (scores[i] as number) * factor;
  // Rounded as the scores are, so that the largest still equals one of them.
  candidates.max = Math.fround(max * factor);
  for (let block = 0; block < blockMaxima.length; block++) {
    blockMaxima[block] = (blockMaxima[block] as number) * factor;
  }
  candidates.logSumExp = Number.NaN;
}

/** Positions of the candidates whose score is at least `threshold` and possible, in order of token id. */
export function positionsAtLeast(candidates: Candidates, threshold: number): number[] {
  const { scores, count, isPacked, blockMaxima } = candidates;
  largestScore(candidates);
  const positions: number[] = [];
  for (let start = 0; start < count; start += BLOCK_SIZE) {
    if (!isPacked && (blockMaxima[start / BLOCK_SIZE] as number) < threshold) continue;
    const end = Math.min(start + BLOCK_SIZE, count);
    for (let i = start; i < end; i++) {
      const score = scores[i] as number;
      if (score >= threshold && score !== -Infinity) positions.push(i);
    }
  }
  return positions;
}

/**
 * Cuts every candidate below `threshold`, and the first `tiesToCut` (by token id) of those equal to it.
 * @param threshold At most the largest score.
 */
export function keepAtLeast(candidates: Candidates, threshold: number, tiesToCut = 0): void {
  const { scores, ids, count, isPacked, blockMaxima } = candidates;
  largestScore(candidates);
  let kept = 0;
  let ties = tiesToCut;
  for (let start = 0; start < count; start += BLOCK_SIZE) {
    if (!isPacked && (blockMaxima[start / BLOCK_SIZE] as number) < threshold) continue;
    const end = Math.min(start + BLOCK_SIZE, count);
    for (let i = start; i < end; i++) {
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

/** The candidates as a full row: shape [vocabSize], -Infinity for every token that was cut. */
export function toLogits(candidates: Candidates, vocabSize: number): Float32Array {
  const row = new Float32Array(vocabSize).fill(-Infinity);
  for (let i = 0; i < candidates.count; i++) row[tokenIdAt(candidates, i)] = candidates.scores[i] as number;
  return row;
}
