import { expOfMinus } from "../log-sum-exp.ts";
import { BLOCK_SIZE, type Candidates, largestScore, normaliser } from "../processors/candidates.ts";

/** Position of the candidate with the largest score, the lowest token id among equals. */
export function likeliest(candidates: Candidates): number {
  const max = largestScore(candidates);
  if (candidates.isPacked) return candidates.scores.indexOf(max);
  return candidates.scores.indexOf(max, candidates.blockMaxima.indexOf(max) * BLOCK_SIZE);
}

/**
 * Position of a candidate drawn with the probability that the scores give it: the first, in order of token id,
 * at which the summed probability exceeds `uniform`.
 * @param uniform From 0 (included) to 1 (excluded).
 */
export function drawCandidate(candidates: Candidates, uniform: number): number {
  const { scores, count } = candidates;
  const max = largestScore(candidates);
  let remaining = uniform * Math.exp(normaliser(candidates) - max);
  let last = 0;
  for (let i = 0; i < count; i++) {
    const weight = expOfMinus(max - (scores[i] as number));
    if (weight === 0) continue;
    remaining -= weight;
    if (remaining < 0) return i;
    last = i;
  }
  // Rounding can leave a crumb of `remaining` after the last weight.
  return last;
}
