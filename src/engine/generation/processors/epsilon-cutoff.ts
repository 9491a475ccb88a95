import { keepAtLeast, normaliser } from "./candidates.ts";
import type { LogitsProcessor } from "./processor.ts";
import { atMostKth, BOUNDARY_TOLERANCE } from "./threshold.ts";

/**
 * Cuts every token less likely than `epsilon`; a token at exactly epsilon stays, and so does the likeliest.
 * @param epsilon Above 0 and below 1; the paper uses 0.0003 to 0.0009.
 * Source: Hewitt, Manning & Liang 2022, arXiv:2210.15191.
 */
export function epsilonCutoff(epsilon: number, minTokensToKeep: number): LogitsProcessor {
  return {
    name: "epsilon-cutoff",
    apply(candidates) {
      const threshold = normaliser(candidates) + Math.log(epsilon) - BOUNDARY_TOLERANCE;
      keepAtLeast(candidates, atMostKth(threshold, candidates, minTokensToKeep));
    },
  };
}
