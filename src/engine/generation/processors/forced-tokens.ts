import type { ForcedToken } from "../settings.ts";
import { forgetSums } from "./candidates.ts";
import type { LogitsProcessor } from "./processor.ts";

/**
 * Leaves only one token possible at the given places. Its score becomes 0, so in a beam the forced token costs
 * nothing, as in transformers' forced BOS and EOS.
 */
export function forcedTokens(tokens: readonly ForcedToken[]): LogitsProcessor {
  const byStep = new Map(tokens.map(({ step, tokenId }) => [step, tokenId]));
  return {
    name: "forced-tokens",
    apply(candidates, { tokenIds, promptLength }) {
      const forced = byStep.get(tokenIds.length - promptLength);
      if (forced === undefined) return;
      candidates.scores.fill(-Infinity);
      candidates.scores[forced] = 0;
      forgetSums(candidates);
    },
  };
}
