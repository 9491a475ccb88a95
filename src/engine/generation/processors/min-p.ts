import { keepAtLeast, largestScore } from "./candidates.ts";
import type { LogitsProcessor } from "./processor.ts";
import { atMostKth, BOUNDARY_TOLERANCE } from "./threshold.ts";

/**
 * Cuts every token less likely than `p` times the likeliest one; a token at exactly that fraction stays.
 * @param p Above 0 and at most 1.
 * Source: Nguyen et al. 2024, arXiv:2407.01082.
 */
export function minP(p: number, minTokensToKeep: number): LogitsProcessor {
  return {
    name: "min-p",
    apply(candidates) {
      const threshold = largestScore(candidates) + Math.log(p) - BOUNDARY_TOLERANCE;
      keepAtLeast(candidates, atMostKth(threshold, candidates, minTokensToKeep));
    },
  };
}
