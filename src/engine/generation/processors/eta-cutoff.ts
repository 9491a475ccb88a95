import { keepAtLeast, normaliser } from "./candidates.ts";
import { entropyOf } from "./entropy.ts";
import type { LogitsProcessor } from "./processor.ts";
import { atMostKth, BOUNDARY_TOLERANCE } from "./threshold.ts";

/**
 * Cuts every token less likely than min(epsilon, sqrt(epsilon)·exp(−entropy)): epsilon cut-off for sharp
 * distributions, a lower bar for flat ones. The likeliest token stays.
 * @param epsilon Above 0 and below 1; the paper uses 0.0003 to 0.004.
 * Source: Hewitt, Manning & Liang 2022, arXiv:2210.15191.
 */
export function etaCutoff(epsilon: number, minTokensToKeep: number): LogitsProcessor {
  return {
    name: "eta-cutoff",
    apply(candidates) {
      const logEta = Math.min(Math.log(epsilon), 0.5 * Math.log(epsilon) - entropyOf(candidates));
      const threshold = normaliser(candidates) + logEta - BOUNDARY_TOLERANCE;
      keepAtLeast(candidates, atMostKth(threshold, candidates, minTokensToKeep));
    },
  };
}
