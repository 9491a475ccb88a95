import { forgetSums } from "./candidates.ts";
import type { LogitsProcessor } from "./processor.ts";

/** Rules out the listed tokens everywhere. */
export function suppressTokens(tokenIds: readonly number[]): LogitsProcessor {
  return {
    name: "suppress-tokens",
    apply(candidates) {
      for (const id of tokenIds) candidates.scores[id] = -Infinity;
      forgetSums(candidates);
    },
  };
}
