import { keepAtLeast, largestScore } from "./candidates.ts";
import type { LogitsProcessor } from "./processor.ts";
import { kthLargest } from "./selection.ts";
import { MASS_TOLERANCE } from "./top-p.ts";

/**
 * Cuts every token less likely than `p` times the likeliest one; a token at exactly that fraction stays.
 * @param p Above 0 and at most 1.
 * Source: Nguyen et al. 2024, arXiv:2407.01082.
 */
export function minP(p: number, minTokensToKeep: number): LogitsProcessor {
  return {
    name: "min-p",
    apply(candidates) {
      const threshold = largestScore(candidates) + Math.log(p) - MASS_TOLERANCE;
      keepAtLeast(candidates, atMostKth(threshold, candidates, minTokensToKeep));
    },
  };
}

/** Lowers a threshold so far that at least `minTokensToKeep` candidates reach it. */
export function atMostKth(
  threshold: number,
  candidates: { scores: Float32Array; count: number },
  minTokensToKeep: number,
): number {
  if (candidates.count <= minTokensToKeep) return -Infinity;
  return Math.min(threshold, kthLargest(candidates.scores, candidates.count, minTokensToKeep));
}
