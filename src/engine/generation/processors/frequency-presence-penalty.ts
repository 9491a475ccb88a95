import { forgetSums } from "./candidates.ts";
import type { LogitsProcessor } from "./processor.ts";
import { workSpaceFor } from "./work-space.ts";

/**
 * Lowers the score of every token written so far, the prompt not counted:
 * score −= count · frequencyPenalty + (count > 0) · presencePenalty. Not in transformers.
 * @param frequencyPenalty From −2 to 2.
 * @param presencePenalty From −2 to 2.
 * Source: the OpenAI API's definition of the two parameters.
 */
export function frequencyPresencePenalty(frequencyPenalty: number, presencePenalty: number): LogitsProcessor {
  return {
    name: "frequency-presence-penalty",
    apply(candidates, { tokenIds, promptLength }) {
      const { scores } = candidates;
      const space = workSpaceFor(scores.length);
      const stamp = ++space.stamp;
      for (let i = promptLength; i < tokenIds.length; i++) {
        const id = tokenIds[i] as number;
        const isFirst = space.seen[id] !== stamp;
        space.seen[id] = stamp;
        scores[id] = (scores[id] as number) - frequencyPenalty - (isFirst ? presencePenalty : 0);
      }
      forgetSums(candidates);
    },
  };
}
