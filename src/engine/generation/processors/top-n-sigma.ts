import { keepAtLeast, largestScore } from "./candidates.ts";

import type { LogitsProcessor } from "./processor.ts";
import { atMostKth } from "./threshold.ts";

/**
 * Cuts every token whose score is more than `n` standard deviations below the largest. Mean and deviation are
 * over all tokens that are possible (the population's, divisor N). Scaling all scores changes nothing, so
 * after temperature it keeps the same tokens as before it; it runs before the cuts, whose survivors would
 * have another deviation. Not in transformers.
 * @param n Above 0; the paper uses 1.
 * Source: Tang et al. 2024, arXiv:2411.07641.
 */
export function topNSigma(n: number, minTokensToKeep: number): LogitsProcessor {
  return {
    name: "top-n-sigma",
    apply(candidates) {
      const { scores, count } = candidates;
      const max = largestScore(candidates);
      let possible = 0;
      let sum = 0;
      let sumOfSquares = 0;
      for (let i = 0; i < count; i++) {
        // Distances from the largest, not the scores themselves: their squares lose less to rounding.
        const distance = max - (scores[i] as number);
        if (distance === Infinity) continue;
        possible++;
        sum += distance;
        sumOfSquares += distance * distance;
      }
      const mean = sum / possible;
      const deviation = Math.sqrt(Math.max(0, sumOfSquares / possible - mean * mean));
      keepAtLeast(candidates, atMostKth(max - n * deviation, candidates, minTokensToKeep));
    },
  };
}
