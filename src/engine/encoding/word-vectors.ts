import type { WordInText } from "./encoder-protocol.ts";
import type { Encoders } from "./encoders.ts";
import { rowsOf } from "./sentence-embeddings.ts";
import { cosineMatrix, normalize } from "./vectors.ts";

export const WORD_MODEL = "word-in-context-minilm";
export const WORD_REPRESENTATION =
  "word in context: sum of the word's state and of a [MASK]'s state in its place, each a learned mix of layers and mapped, length 1; static: input embedding, mean of the word's pieces";

/**
 * Vectors of words in their sentences, length 1: the sum of two views of word-in-context-minilm, the word's own state and
 * the state of a [MASK] in its place.
 */
export async function contextualVectors(
  encoders: Encoders,
  words: readonly WordInText[],
  signal?: AbortSignal,
): Promise<Float32Array[]> {
  const views = rowsOf(await encoders.call("wordViews", words, signal));
  return words.map((_, i) => normalize(views[2 * i]!.map((value, k) => value + views[2 * i + 1]![k]!)));
}

/** The encoders' input embeddings of words, whatever the sentence: [384] each, not normalised. */
export async function staticVectors(
  encoders: Encoders,
  words: readonly string[],
  signal?: AbortSignal,
): Promise<Float32Array[]> {
  const pieces = words.map((word) => encoders.tokenizer.encode(word));
  return rowsOf(await encoders.call("staticVectors", pieces, signal));
}

export interface WordComparison {
  readonly words: readonly string[];
  /** Cosines of all pairs, in the order of the words. */
  readonly contextual: readonly (readonly number[])[];
  readonly static: readonly (readonly number[])[];
  readonly model: string;
  readonly representation: string;
  /** The most alike pair by each kind of vector, as positions in `words`. */
  readonly closest:
    | { readonly contextual: readonly [number, number]; readonly static: readonly [number, number] }
    | undefined;
}

/**
 * Compares words in their sentences: contextual cosines beside static ones.
 * @throws {EngineError} "word-not-found", "text-too-long"
 */
export async function compareWords(
  encoders: Encoders,
  words: readonly WordInText[],
  signal?: AbortSignal,
): Promise<WordComparison> {
  const [inContext, alone] = await Promise.all([
    contextualVectors(encoders, words, signal),
    staticVectors(
      encoders,
      words.map(({ word }) => word),
      signal,
    ),
  ]);
  const contextual = cosineMatrix(inContext);
  const fixed = cosineMatrix(alone);
  return {
    words: words.map(({ word }) => word),
    contextual,
    static: fixed,
    model: WORD_MODEL,
    representation: WORD_REPRESENTATION,
    closest:
      words.length > 2 ? { contextual: closestPair(contextual), static: closestPair(fixed) } : undefined,
  };
}

function closestPair(matrix: readonly (readonly number[])[]): [number, number] {
  let best: [number, number] = [0, 1];
  for (let i = 0; i < matrix.length; i++) {
    for (let j = i + 1; j < matrix.length; j++) {
      if (matrix[i]![j]! > matrix[best[0]]![best[1]]!) best = [i, j];
    }
  }
  return best;
}
