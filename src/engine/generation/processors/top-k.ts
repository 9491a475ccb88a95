import { keepAtLeast } from "./candidates.ts";
import type { LogitsProcessor } from "./processor.ts";
import { kthLargest } from "./selection.ts";

/**
 * Keeps the k likeliest tokens, and every token tied with the k-th.
 * @param k At least 1; more than the candidates keeps all.
 * @param minTokensToKeep Raises k where the method needs several tokens (beam sampling).
 * Source: Fan, Lewis & Dauphin 2018, arXiv:1805.04833. Ties as in transformers' `TopKLogitsWarper`.
 */
export function topK(k: number, minTokensToKeep: number): LogitsProcessor {
  const wanted = Math.max(k, minTokensToKeep);
  return {
    name: "top-k",
    apply(candidates) {
      if (wanted >= candidates.count) return;
      keepAtLeast(candidates, kthLargest(candidates, wanted));
    },
  };
}
