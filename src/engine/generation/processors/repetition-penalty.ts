import { forgetSums } from "./candidates.ts";
import type { LogitsProcessor } from "./processor.ts";
import { workSpaceFor } from "./work-space.ts";

/**
 * Makes every token of prompt and text less likely, once however often it occurred: a positive score is
 * divided by the penalty, a negative one multiplied.
 * @param penalty Above 0; above 1 discourages repetition, below 1 encourages it. The paper uses 1.2.
 * Source: Keskar et al. 2019 (CTRL), arXiv:1909.05858; the sign rule and the prompt's inclusion are transformers'.
 */
export function repetitionPenalty(penalty: number): LogitsProcessor {
  return {
    name: "repetition-penalty",
    apply(candidates, { tokenIds }) {
      const { scores } = candidates;
      const space = workSpaceFor(scores.length);
      const stamp = ++space.stamp;
      for (const id of tokenIds) {
        if (space.seen[id] === stamp) continue;
        space.seen[id] = stamp;
        const score = scores[id] as number;
        scores[id] = score < 0 ? score * penalty : score / penalty;
      }
      forgetSums(candidates);
    },
  };
}
