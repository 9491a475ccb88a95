import { likeliest, type Measure } from "./trainable.ts";

/** What a classifier is worth comes out against these, measured on the same held-out examples. */
export interface Baselines {
  /** Always the label that is most frequent in training. */
  readonly majority: Pick<Measure, "accuracy" | "n">;
  /** Multinomial naive Bayes on lower-case words, add-one smoothing; unknown words are passed over. */
  readonly bagOfWords: Pick<Measure, "accuracy" | "n">;
}

/**
 * @param told The label's number of each text as training is told it.
 * @param labels The right one.
 */
export function measureBaselines(
  texts: readonly string[],
  told: readonly number[],
  labels: readonly number[],
  classes: number,
  { train, heldOut }: { readonly train: readonly number[]; readonly heldOut: readonly number[] },
): Baselines {
  const prior = Array<number>(classes).fill(0);
  for (const i of train) prior[told[i]!]! += 1;
  const majority = likeliest(prior);
  const classify = naiveBayes(
    train.map((i) => words(texts[i]!)),
    train.map((i) => told[i]!),
    prior,
  );
  const share = (isRight: (i: number) => boolean) => ({
    accuracy: heldOut.filter(isRight).length / heldOut.length,
    n: heldOut.length,
  });
  return {
    majority: share((i) => labels[i] === majority),
    bagOfWords: share((i) => labels[i] === classify(words(texts[i]!))),
  };
}

function words(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** Manning, Raghavan & Schütze 2008, Introduction to Information Retrieval, figure 13.2. */
function naiveBayes(
  texts: readonly (readonly string[])[],
  labels: readonly number[],
  prior: readonly number[],
): (text: readonly string[]) => number {
  const counts = new Map<string, number[]>();
  const totals = prior.map(() => 0);
  texts.forEach((text, i) => {
    for (const word of text) {
      const own = counts.get(word) ?? prior.map(() => 0);
      own[labels[i]!]! += 1;
      totals[labels[i]!]! += 1;
      counts.set(word, own);
    }
  });
  return (text) =>
    likeliest(
      prior.map((count, k) =>
        text.reduce((sum, word) => {
          const own = counts.get(word);
          return own ? sum + Math.log((own[k]! + 1) / (totals[k]! + counts.size)) : sum;
        }, Math.log(count)),
      ),
    );
}
