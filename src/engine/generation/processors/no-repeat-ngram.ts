import { forgetSums } from "./candidates.ts";
import type { LogitsProcessor } from "./processor.ts";

/**
 * Rules out every token that would complete an n-gram that already occurs in prompt or text.
 * @param size n, at least 1; 1 rules out every token that occurred.
 * Source: Paulus, Xiong & Socher 2017, arXiv:1705.04304 (trigrams); as in fairseq and transformers.
 */
export function noRepeatNgram(size: number): LogitsProcessor {
  return {
    name: "no-repeat-ngram",
    apply(candidates, { tokenIds }) {
      const prefixStart = tokenIds.length - (size - 1);
      if (prefixStart < 0) return;
      for (let end = size - 1; end < tokenIds.length; end++) {
        let isMatch = true;
        for (let i = 1; i < size && isMatch; i++) {
          isMatch = tokenIds[end - i] === tokenIds[tokenIds.length - i];
        }
        if (isMatch) candidates.scores[tokenIds[end] as number] = -Infinity;
      }
      forgetSums(candidates);
    },
  };
}
