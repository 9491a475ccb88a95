import { forgetSums } from "./candidates.ts";
import type { LogitsProcessor } from "./processor.ts";

/**
 * Hamming diversity of diverse beam search: takes `penalty` off a token's score for every beam of an earlier
 * group that chose it at this step.
 * @param chosenByEarlierGroups Asked at each use: the tokens that earlier groups just chose, repeats included.
 * Source: Vijayakumar et al. 2018, arXiv:1610.02424.
 */
export function diversityPenalty(
  penalty: number,
  chosenByEarlierGroups: () => readonly number[],
): LogitsProcessor {
  return {
    name: "diversity-penalty",
    apply(candidates) {
      const { scores } = candidates;
      for (const id of chosenByEarlierGroups()) scores[id] = (scores[id] as number) - penalty;
      forgetSums(candidates);
    },
  };
}
