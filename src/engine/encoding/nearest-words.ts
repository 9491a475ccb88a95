import { EngineError } from "../errors.ts";
import type { WordInText } from "./encoder-protocol.ts";
import type { Encoders } from "./encoders.ts";
import { fillMask } from "./fill-mask/fill-mask.ts";
import { SENTENCE_MODEL } from "./sentence-embeddings.ts";
import type { TextScorer } from "./text-scorer.ts";
import { staticVectors } from "./word-vectors.ts";

export interface NearestWords {
  readonly word: string;
  readonly neighbours: readonly { readonly word: string; readonly cosine: number }[];
  readonly model: string;
  readonly representation: string;
}

/**
 * A word's neighbours by static vectors: the cosine of input embeddings, among the 20,000 or so pieces of the WordPiece
 * vocabulary that are whole words; the word itself is left out.
 * @throws {EngineError} "word-not-found" when the vocabulary has no pieces for the word
 */
export async function nearestWords(
  encoders: Encoders,
  word: string,
  count = 10,
  signal?: AbortSignal,
): Promise<NearestWords> {
  const pieces = encoders.tokenizer.encode(word.trim());
  if (!encoders.tokenizer.isKnown(pieces) || /\s/.test(word.trim())) {
    throw new EngineError(
      "word-not-found",
      `"${word}" is not one word that the vocabulary can spell. Try: bank.`,
      { word },
    );
  }
  const [vector] = await staticVectors(encoders, [word.trim()], signal);
  const found = await encoders.call("nearestStatic", { vector: vector!, count, exclude: pieces }, signal);
  return {
    word: word.trim(),
    neighbours: found.map(({ id, cosine }) => ({
      word: encoders.tokenizer.piece(id),
      cosine: Number(cosine.toFixed(6)),
    })),
    model: SENTENCE_MODEL,
    representation: "input embedding, mean of the word's pieces, cosine",
  };
}

export interface Substitutes {
  readonly word: string;
  readonly substitutes: readonly {
    readonly word: string;
    readonly probability: number;
    readonly text: string;
  }[];
  readonly model: string;
}

/** The likeliest words in the place of a word in its sentence, itself left out. */
export async function substitutes(
  encoders: Encoders,
  scorer: TextScorer | undefined,
  { left, word, right }: WordInText,
  count = 10,
  signal?: AbortSignal,
): Promise<Substitutes> {
  const found = await fillMask(encoders, scorer, { text: `${left}[MASK]${right}`, top: count + 1 }, signal);
  const others = found.blanks[0]!.predictions.filter((p) => p.word.toLowerCase() !== word.toLowerCase());
  return { word, substitutes: others.slice(0, count), model: found.model };
}
