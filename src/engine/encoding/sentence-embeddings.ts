import { HIDDEN_SIZE } from "./encoder-protocol.ts";
import type { Encoders } from "./encoders.ts";
import type { SentenceModel } from "./sentence-model.ts";
import { cosine } from "./vectors.ts";

export const SENTENCE_MODEL = "minilm-l6-v2";
export const SENTENCE_REPRESENTATION = "mean of the last layer's token states, length 1";

/**
 * Sentence vectors of all-MiniLM-L6-v2 (Reimers & Gurevych 2019, arXiv:1908.10084): 384 numbers each, length 1. A text's
 * vector has the same bits alone and among thousands.
 * @throws {EngineError} "empty-text", "text-too-long" (512 tokens; nothing is cut)
 */
export async function embedSentences(
  encoders: Encoders,
  texts: readonly string[],
  signal?: AbortSignal,
): Promise<Float32Array[]> {
  return rowsOf(await encoders.call("sentences", texts, signal));
}

/** Views of the rows of a flat [n, 384] array. */
export function rowsOf(flat: Float32Array): Float32Array[] {
  return Array.from({ length: flat.length / HIDDEN_SIZE }, (_, i) =>
    flat.subarray(i * HIDDEN_SIZE, (i + 1) * HIDDEN_SIZE),
  );
}

export interface SimilarityResult {
  readonly a: string;
  readonly b: string;
  /** Cosine of the sentence vectors, −1 to 1. */
  readonly similarity: number;
  readonly model: string;
  readonly representation: string;
  /** Symbols the vocabulary has no piece for, e.g. an emoji: the model reads them all as the same [UNK]. */
  readonly unknown: readonly string[];
}

export async function sentenceSimilarity(
  model: SentenceModel,
  a: string,
  b: string,
  signal?: AbortSignal,
): Promise<SimilarityResult> {
  const [first, second] = await model.embed([a, b], signal);
  return {
    a,
    b,
    similarity: Number(cosine(first!, second!).toFixed(6)),
    model: model.id,
    representation: model.representation,
    unknown: [...new Set([...model.unknownParts(a), ...model.unknownParts(b)])],
  };
}
