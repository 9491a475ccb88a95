import type { DecodedSequence, FinishReason } from "../decoder.ts";

/** A sequence that is still being written. */
export interface Beam {
  /** Prompt and written tokens. */
  readonly tokenIds: readonly number[];
  /** The model's log-probability of each written token. */
  readonly tokenLogProbs: readonly number[];
  /** Sum of the processed log-probabilities, by which beams compete. */
  readonly sumLogProb: number;
  /** Its node in the tree; null for the prompt. */
  readonly nodeId: number | null;
  /** Which row of the step's logits continues it. */
  readonly row: number;
}

/** One possible next token of one beam. */
export interface BeamCandidate {
  readonly beam: Beam;
  readonly tokenId: number;
  readonly tokenLogProb: number;
  readonly sumLogProb: number;
}

/** A candidate that became a sequence of its own, running or finished. */
export interface Extension extends Beam {
  readonly parent: Beam;
  readonly rank: number;
  /** Length penalty applied. */
  readonly score: number;
  readonly finishReason: FinishReason | undefined;
}

export type FinishedBeam = Extension & { readonly finishReason: FinishReason };

/**
 * Final score of a beam: sum of log-probabilities / length^lengthPenalty.
 * @param length Written tokens, an end-of-sequence token counted.
 * Source: transformers; Wu et al. 2016 (arXiv:1609.08144) divide by ((5 + length) / 6)^alpha instead.
 */
export function beamScore(sumLogProb: number, length: number, lengthPenalty: number): number {
  return sumLogProb / length ** lengthPenalty;
}

export function toDecodedBeam(extension: Extension, promptLength: number): DecodedSequence {
  return {
    tokenIds: extension.tokenIds.slice(promptLength),
    tokenLogProbs: [...extension.tokenLogProbs],
    logProb: extension.tokenLogProbs.reduce((sum, logProb) => sum + logProb, 0),
    score: extension.score,
    ...(extension.finishReason && { finishReason: extension.finishReason }),
  };
}
