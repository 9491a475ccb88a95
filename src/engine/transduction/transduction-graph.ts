import type { KvBlock, KvShape } from "../runtime/kv-block.ts";

/** What decoding must know of an encoder–decoder model. */
export interface TransductionFacts extends KvShape {
  readonly vocabSize: number;
  /** The decoder's first token, which stands before everything it writes. */
  readonly startTokenId: number;
  readonly eosTokenIds: readonly number[];
  /** The most tokens that can be written, the end of the sequence among them. */
  readonly maxOutput: number;
}

/** An input that the encoder has read: the cross-attention's keys and values, computed once. */
export interface EncodedInput {
  readonly length: number;
  /** The graph's own; of no use elsewhere. */
  readonly cross: unknown;
}

/** One pass of the decoder. All rows are as old as each other and look at the same input. */
export interface TransductionInput {
  /** Shape [rows, count], flattened. */
  readonly tokenIds: readonly number[];
  readonly rows: number;
  /** What the rows have written so far; its time is exactly that many positions, 0 at first. */
  readonly past: KvBlock;
  readonly encoded: EncodedInput;
}

export interface TransductionOutput {
  /** Shape [rows, vocabSize]: after the last new token of each row. */
  readonly logits: Float32Array;
  /** Shape [layers, 2, rows, kvHeads, count, headDim]. */
  readonly newKeyValue: Float32Array;
}

/** The graphs of an encoder–decoder model, ready to run. Calls must not overlap. */
export interface TransductionGraph {
  readonly facts: TransductionFacts;
  encode(inputIds: readonly number[]): Promise<EncodedInput>;
  forward(input: TransductionInput): Promise<TransductionOutput>;
  /**
   * Where the decoder looks while it reads a whole output: shape [count, encoded.length], rows sum to 1, one layer's
   * cross-attention as the mean over its heads. Absent: the graph does not tell.
   */
  readonly attention?: (input: TransductionInput) => Promise<Float32Array>;
}
