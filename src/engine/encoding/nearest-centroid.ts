import { EngineError } from "../errors.ts";
import type { Encoders } from "./encoders.ts";
import { embedSentences } from "./sentence-embeddings.ts";
import { dot, mean, normalize } from "./vectors.ts";

export interface LabelledText {
  readonly text: string;
  readonly label: string;
}

export interface CentroidClassifier {
  readonly labels: readonly string[];
  /** For each text the labels with the cosine of its vector and the label's centroid, nearest first. */
  classify(
    texts: readonly string[],
    signal?: AbortSignal,
  ): Promise<{ label: string; similarity: number }[][]>;
}

/**
 * A classifier from a few labelled examples: a label's centroid is the mean of its examples' sentence vectors, and a text
 * gets the label with the nearest one.
 * @throws {EngineError} "bad-option" with fewer than two labels
 */
export async function trainCentroidClassifier(
  encoders: Encoders,
  examples: readonly LabelledText[],
  signal?: AbortSignal,
): Promise<CentroidClassifier> {
  const labels = [...new Set(examples.map(({ label }) => label))];
  if (labels.length < 2) {
    throw new EngineError(
      "bad-option",
      `The examples have ${labels.length} different labels; at least 2 are needed.`,
      { labels },
    );
  }
  const vectors = await embedSentences(
    encoders,
    examples.map(({ text }) => text),
    signal,
  );
  const centroids = labels.map((label) =>
    normalize(mean(vectors.filter((_, i) => examples[i]!.label === label))),
  );
  return {
    labels,
    async classify(texts, signal) {
      const found = await embedSentences(encoders, texts, signal);
      return found.map((vector) =>
        labels
          .map((label, i) => ({ label, similarity: Number(dot(vector, centroids[i]!).toFixed(6)) }))
          .sort((a, b) => b.similarity - a.similarity),
      );
    },
  };
}
