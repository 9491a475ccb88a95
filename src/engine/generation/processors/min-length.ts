import { forgetSums } from "./candidates.ts";
import type { LogitsProcessor } from "./processor.ts";

/** Rules out every end-of-sequence token until prompt and text together have `length` tokens. */
export function minLength(length: number, eosTokenIds: readonly number[]): LogitsProcessor {
  return {
    name: "min-length",
    apply(candidates, { tokenIds }) {
      if (tokenIds.length >= length) return;
      for (const id of eosTokenIds) candidates.scores[id] = -Infinity;
      forgetSums(candidates);
    },
  };
}

/** Rules out every end-of-sequence token until `count` tokens have been written. */
export function minNewTokens(count: number, eosTokenIds: readonly number[]): LogitsProcessor {
  return {
    name: "min-new-tokens",
    apply(candidates, { tokenIds, promptLength }) {
      if (tokenIds.length - promptLength >= count) return;
      for (const id of eosTokenIds) candidates.scores[id] = -Infinity;
      forgetSums(candidates);
    },
  };
}
