import { type Candidates, largestScore } from "./candidates.ts";
import { kthLargest } from "./selection.ts";

/**
 * In nats: a token whose probability is this close to a cut-off counts as equal to it and stays. Float32 logits
 * of simple fractions miss their value by up to half of it.
 */
export const BOUNDARY_TOLERANCE = 5e-7;

/** Lowers a threshold so far that at least `minTokensToKeep` candidates reach it. */
export function atMostKth(threshold: number, candidates: Candidates, minTokensToKeep: number): number {
  if (candidates.count <= minTokensToKeep) return -Infinity;
  const kth = minTokensToKeep === 1 ? largestScore(candidates) : kthLargest(candidates, minTokensToKeep);
  return Math.min(threshold, kth);
}
