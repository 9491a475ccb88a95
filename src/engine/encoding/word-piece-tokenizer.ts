import { readFileSync } from "node:fs";
import { Tokenizer } from "@huggingface/tokenizers";
import { EngineError } from "../errors.ts";

/** BERT's special tokens in the uncased vocabulary of 30,522 pieces. */
export const CLS = 101;
export const SEP = 102;
export const MASK = 103;
const UNKNOWN = 100;

/** The longest input of the encoders, in tokens, [CLS] and [SEP] counted. */
export const MAX_TOKENS = 512;

/** WordPiece (Schuster & Nakajima 2012) as BERT uses it: lower case, accents stripped. */
export interface WordPieceTokenizer {
  /** Pieces of a text, without [CLS] and [SEP]; "[MASK]" in the text becomes the mask token. */
  encode(text: string): number[];
  /** A piece as it stands in the vocabulary, continuations with their "##". */
  piece(id: number): string;
  /** The id of a piece, or undefined. */
  idOf(piece: string): number | undefined;
  /** Parts of a text, parted by spaces, that hold a symbol the vocabulary lacks, so that it is read as [UNK]. */
  unknownParts(text: string): string[];
  /** Ids of the pieces that are whole words of letters, in vocabulary order. */
  readonly wholeWords: readonly number[];
}

export function readWordPieceTokenizer(path: string): WordPieceTokenizer {
  const tokenizer = new Tokenizer(JSON.parse(readFileSync(path, "utf8")), {});
  const vocabulary = tokenizer.get_vocab();
  const wholeWords = [...vocabulary]
    .filter(([piece]) => /^\p{L}{2,}$|^[ai]$/u.test(piece))
    .map(([, id]) => id);
  const encode = (text: string): number[] => tokenizer.encode(text, { add_special_tokens: false }).ids;
  return {
    encode,
    idOf: (piece) => vocabulary.get(piece),
    unknownParts: (text) => text.split(/\s+/).filter((part) => encode(part).includes(UNKNOWN)),
    piece: (id) => tokenizer.id_to_token(id) ?? "",
    wholeWords: wholeWords.sort((a, b) => a - b),
  };
}

/**
 * [CLS] pieces [SEP].
 * @throws {EngineError} "empty-text" or "text-too-long"; nothing is cut.
 */
export function wrapPieces(pieces: readonly number[], text: string): number[] {
  if (pieces.length === 0) {
    throw new EngineError("empty-text", "The text is empty. Give at least one word.", { text });
  }
  if (pieces.length > MAX_TOKENS - 2) {
    const tokens = pieces.length + 2;
    throw new EngineError(
      "text-too-long",
      `The text has ${tokens} tokens, [CLS] and [SEP] counted, and the encoder reads ${MAX_TOKENS}. Shorten it, or send it in parts.`,
      { tokens, maxTokens: MAX_TOKENS },
    );
  }
  return [CLS, ...pieces, SEP];
}

/** Whether a word is known to the vocabulary: it has pieces, none of them [UNK]. */
export function isKnown(pieces: readonly number[]): boolean {
  return pieces.length > 0 && !pieces.includes(UNKNOWN);
}
