import type { Encoders } from "./encoders.ts";
import { SENTENCE_MODEL } from "./sentence-embeddings.ts";

export interface WordPieces {
  readonly model: string;
  /** Continuations begin with "##". */
  readonly pieces: readonly { readonly id: number; readonly text: string }[];
}

/** How the encoders' tokenizer splits a text; [CLS] and [SEP] are not shown. */
export function wordPieces({ tokenizer }: Encoders, text: string): WordPieces {
  return {
    model: SENTENCE_MODEL,
    pieces: tokenizer.encode(text).map((id) => ({ id, text: tokenizer.piece(id) })),
  };
}
