import type { TraceStep } from "./trace.ts";

/**
 * The seam between decoding and running the model. A decoder is a state machine that never touches the
 * model: it is given the logits of its live rows and answers which rows to run next, each as the
 * continuation of a row of the step before. Greedy, sampling, beam, diverse beam and contrastive search
 * all fit this shape, so the runtime batches them together and knows none of them.
 */
export interface Decoder {
  /** True when `step` needs the last hidden states beside the logits (contrastive search). */
  readonly needsHiddenStates: boolean;

  /**
   * Takes the model's answer for every live row and decides what runs next. The first call has one row:
   * the prompt. Later calls have one row for each continuation of the last answer, in the same order.
   */
  step(rows: ModelRows): DecoderStep;

  /** Every sequence as it stands, best first: for streaming, and after `done` as the result. */
  sequences(): DecodedSequence[];

  /** Trace steps recorded since the last call, oldest first; always empty when no trace was asked for. */
  takeTrace(): TraceStep[];
}

/** What the model computed for the live rows of one decoder. The logits' memory is taken back after `step`. */
export interface ModelRows {
  /** One array a row, shape [vocabSize], unnormalised natural-log scores. The decoder may change them in place. */
  readonly logits: readonly Float32Array[];
  /** One a row, where the model's graph works them out; else they are worked out from the logits when needed. */
  readonly summaries?: readonly LogitsSummary[];
  /** One array a row, shape [hiddenSize]: the last hidden state at the row's newest token. Present when needed. */
  readonly hidden?: readonly Float32Array[];
  /** Only in the first call, and only when needed: shape [promptLength, hiddenSize], flattened. */
  readonly promptHidden?: Float32Array;
}

/** What choosing a token needs to know of a row of logits before it looks at single ones. */
export interface LogitsSummary {
  /** Largest logit of each run of `BLOCK_SIZE` (processors/candidates.ts). */
  readonly blockMaxima: Float32Array;
  /** ln Σ exp(logit), to 1e-5. */
  readonly logSumExp: number;
}

export type DecoderStep =
  | { readonly kind: "continue"; readonly rows: readonly Continuation[] }
  | { readonly kind: "done" };

/** One row of the next forward pass: which row of this step it continues, and the token it appends. */
export interface Continuation {
  readonly parent: number;
  readonly tokenId: number;
}

export type FinishReason = "eos" | "max-new-tokens" | "stop-string" | "max-time" | "cancelled";

/** One sequence, the prompt left out. */
export interface DecodedSequence {
  readonly tokenIds: readonly number[];
  /** Natural log-probability of each token under the model's raw distribution (before processors). */
  readonly tokenLogProbs: readonly number[];
  /** Sum of `tokenLogProbs`. */
  readonly logProb: number;
  /** Beam methods only: the final (or running) score, length penalty applied. */
  readonly score?: number;
  /** Absent while the sequence is still being written. */
  readonly finishReason?: FinishReason;
}
