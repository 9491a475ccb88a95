import { readFileSync } from "node:fs";
import { Tokenizer } from "@huggingface/tokenizers";
import { EngineError } from "../errors.ts";

/** The longest input of BERT and of Cloze's own encoders, in tokens, [CLS] and [SEP] counted. */
const MAX_TOKENS = 512;

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
  /** The id of [MASK]. */
  readonly maskId: number;
  /**
   * [CLS] pieces [SEP].
   * @throws {EngineError} "empty-text" or "text-too-long"; nothing is cut.
   */
  wrap(pieces: readonly number[], text: string): number[];
  /** Whether a word is known to the vocabulary: it has pieces, none of them [UNK]. */
  isKnown(pieces: readonly number[]): boolean;
  /** Ids of the pieces that are whole words of letters, in vocabulary order. */
  readonly wholeWords: readonly number[];
}

/**
 * @param maxTokens The longest input of the model, in tokens, [CLS] and [SEP] counted.
 * @throws {EngineError} "tokenizer-unsupported" when it is not BERT's WordPiece.
 */
export function readWordPieceTokenizer(path: string, maxTokens = MAX_TOKENS): WordPieceTokenizer {
  const json = JSON.parse(readFileSync(path, "utf8"));
  const tokenizer = new Tokenizer(json, {});
  const vocabulary = tokenizer.get_vocab();
  const special = (piece: string): number => {
    const id = vocabulary.get(piece);
    if (json.model?.type === "WordPiece" && id !== undefined) return id;
    throw new EngineError(
      "tokenizer-unsupported",
      `The tokenizer ${path} is of type ${json.model?.type}${id === undefined ? ` and has no ${piece}` : ""}; encoders need BERT's WordPiece with [CLS], [SEP], [MASK] and [UNK].`,
      { path, type: json.model?.type },
    );
  };
  const [cls, sep, maskId, unknown] = ["[CLS]", "[SEP]", "[MASK]", "[UNK]"].map(special) as [
    number,
    number,
    number,
    number,
  ];
  const wholeWords = [...vocabulary]
    .filter(([piece]) => /^\p{L}{2,}$|^[ai]$/u.test(piece))
    .map(([, id]) => id);
  const encode = (text: string): number[] => tokenizer.encode(text, { add_special_tokens: false }).ids;
  return {
    encode,
    idOf: (piece) => vocabulary.get(piece),
    unknownParts: (text) => text.split(/\s+/).filter((part) => encode(part).includes(unknown)),
    maskId,
    wrap: (pieces, text) => {
      checkLength(pieces, text, maxTokens);
      return [cls, ...pieces, sep];
    },
    isKnown: (pieces) => pieces.length > 0 && !pieces.includes(unknown),
    piece: (id) => tokenizer.id_to_token(id) ?? "",
    wholeWords: wholeWords.sort((a, b) => a - b),
  };
}

function checkLength(pieces: readonly number[], text: string, maxTokens: number): void {
  if (pieces.length === 0) {
    throw new EngineError("empty-text", "The text is empty. Give at least one word.", { text });
  }
  if (pieces.length > maxTokens - 2) {
    const tokens = pieces.length + 2;
    throw new EngineError(
      "text-too-long",
      `The text has ${tokens} tokens, [CLS] and [SEP] counted, and the encoder reads ${maxTokens}. Shorten it, or send it in parts.`,
      { tokens, maxTokens },
    );
  }
}
