import type { EncoderCalls } from "./encoder-protocol.ts";
import type { Encoders } from "./encoders.ts";
import type { WordPieceTokenizer } from "./word-piece-tokenizer.ts";

/** A masked language model, as filling blanks needs it. */
export interface MaskedModel {
  /** As results name it. */
  readonly id: string;
  readonly tokenizer: WordPieceTokenizer;
  /**
   * Unnormalised natural-log scores of the whole vocabulary at places of sequences, special tokens included:
   * [all places, vocabulary], in the order given.
   */
  maskLogits(request: EncoderCalls["maskLogits"]["request"], signal?: AbortSignal): Promise<Float32Array>;
}

export const MASKED_MODEL = "masked-minilm";

/** The masked model that comes with Cloze. */
export function embeddedMaskedModel(encoders: Encoders): MaskedModel {
  return {
    id: MASKED_MODEL,
    tokenizer: encoders.tokenizer,
    maskLogits: (request, signal) => encoders.call("maskLogits", request, signal),
  };
}
