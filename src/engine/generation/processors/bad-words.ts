import { forgetSums } from "./candidates.ts";
import type { LogitsProcessor } from "./processor.ts";

/**
 * Rules out the last token of each listed sequence wherever the tokens before it stand at the end of prompt
 * and text; a sequence of one token is ruled out everywhere.
 * Source: transformers' `NoBadWordsLogitsProcessor`.
 */
export function badWords(words: readonly (readonly number[])[]): LogitsProcessor {
  return {
    name: "bad-words",
    apply(candidates, { tokenIds }) {
      for (const word of words) {
        const start = tokenIds.length - (word.length - 1);
        if (start < 0) continue;
        const isComing = word.every((id, i) => i === word.length - 1 || tokenIds[start + i] === id);
        if (isComing) candidates.scores[word.at(-1) as number] = -Infinity;
      }
      forgetSums(candidates);
    },
  };
}
