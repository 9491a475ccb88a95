import { expOfMinus } from "../log-sum-exp.ts";
import { keepWhere, largestScore, normaliser } from "./candidates.ts";
import { entropyOf } from "./entropy.ts";
import type { LogitsProcessor } from "./processor.ts";
import { selectByMass } from "./selection.ts";
import { workSpaceFor } from "./work-space.ts";

/**
 * Locally typical sampling: orders tokens by how far their surprisal (−ln p) is from the entropy and keeps the
 * nearest until their probabilities reach `mass`, with the token that crosses it and all at the same distance.
 * The likeliest token may be cut.
 * @param mass Above 0 and below 1.
 * Source: Meister, Pimentel, Wiher & Cotterell 2023, arXiv:2202.00666.
 */
export function typical(mass: number, minTokensToKeep: number): LogitsProcessor {
  return {
    name: "typical",
    apply(candidates) {
      const { scores, count } = candidates;
      const { keys, masses } = workSpaceFor(candidates.ids.length);
      const total = normaliser(candidates);
      const max = largestScore(candidates);
      const scale = Math.exp(max - total);
      const entropy = entropyOf(candidates);
      for (let i = 0; i < count; i++) {
        const score = scores[i] as number;
        keys[i] = Math.abs(total - score - entropy);
        masses[i] = expOfMinus(max - score) * scale;
      }
      const boundary = selectByMass(keys, masses, count, mass, Math.min(minTokensToKeep, count));
      const furthest = keys[boundary.index] as number;
      keepWhere(candidates, (i) => (keys[i] as number) <= furthest);
    },
  };
}
