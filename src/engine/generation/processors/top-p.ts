import { expOfMinus } from "../log-sum-exp.ts";
import { keepAtLeast, largestScore, normaliser } from "./candidates.ts";
import type { LogitsProcessor } from "./processor.ts";
import { selectByMass } from "./selection.ts";
import { workSpaceFor } from "./work-space.ts";

/**
 * Nucleus sampling: keeps the fewest likeliest tokens whose probabilities sum to at least `p`. The token that
 * crosses `p` is kept; an exact sum stops there. Among tokens tied at the boundary the higher ids are kept, as
 * transformers' upward stable sort does.
 * @param p Above 0 and below 1.
 * Source: Holtzman et al. 2020, arXiv:1904.09751.
 */
export function topP(p: number, minTokensToKeep: number): LogitsProcessor {
  return {
    name: "top-p",
    apply(candidates) {
      const vocabSize = candidates.ids.length;
      const total = normaliser(candidates);
      // All tokens below this probability together hold less than 1 − p, so none of them can be needed.
      const negligible = total + Math.log((1 - p) / candidates.count);
      if (minTokensToKeep === 1) keepAtLeast(candidates, Math.min(negligible, largestScore(candidates)));

      const { scores, count } = candidates;
      const { keys, masses } = workSpaceFor(vocabSize);
      const max = largestScore(candidates);
      const scale = Math.exp(max - total);
      for (let i = 0; i < count; i++) {
        const distance = max - (scores[i] as number);
        keys[i] = distance;
        masses[i] = expOfMinus(distance) * scale;
      }
      const boundary = selectByMass(keys, masses, count, p, Math.min(minTokensToKeep, count));
      keepAtLeast(candidates, scores[boundary.index] as number, boundary.countAtKey - boundary.neededAtKey);
    },
  };
}
