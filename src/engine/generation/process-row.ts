import type { LogitsSummary } from "./decoder.ts";
import { InvalidLogitsError, NoTokenLeftError } from "./errors.ts";
import {
  type Candidates,
  createCandidates,
  forgetSums,
  largestScore,
  normaliser,
  toLogits,
} from "./processors/candidates.ts";
import type { ProcessorChain } from "./processors/chain.ts";
import type { TokenHistory } from "./processors/processor.ts";
import { workSpaceFor } from "./processors/work-space.ts";
import type { ProcessorName } from "./trace.ts";

/** One row of logits after the processors, with what is needed to look back at the model's own distribution. */
export interface ProcessedRow {
  readonly candidates: Candidates;
  /** The model's logits, valid until the next row is processed. */
  readonly modelLogits: Float32Array;
  /** Subtract it from a model logit for the token's log-probability. */
  readonly modelLogSumExp: number;
  /** Subtract it from a candidate's score for the log-probability that beams compete by. */
  readonly scoreShift: number;
  /** Full rows of scores after each stage that ran; only when asked for. */
  readonly snapshots: readonly StageSnapshot[];
}

export interface StageSnapshot {
  readonly name: ProcessorName;
  /** Shape [vocabSize], -Infinity where cut. */
  readonly scores: Float32Array;
}

export interface RowOptions {
  readonly history: TokenHistory;
  /** 0-based index of the token to be chosen, for errors. */
  readonly step: number;
  /** Lets the stages work on log-probabilities instead of logits, as beam methods do. */
  readonly asLogProbs: boolean;
  /** Of the logits, when it is known already. */
  readonly summary?: LogitsSummary | undefined;
  /** Copies the scores after each stage. */
  readonly snapshots: boolean;
}

/**
 * Runs the chain over one row of logits, which it changes in place.
 * @throws {InvalidLogitsError} for NaN or +Infinity among the logits.
 * @throws {NoTokenLeftError} when penalties and masks leave no possible token. Beams, of which others may go on,
 *   get no candidates instead.
 */
export function processRow(logits: Float32Array, chain: ProcessorChain, options: RowOptions): ProcessedRow {
  const space = workSpaceFor(logits.length);
  const candidates = createCandidates(logits, space, options.summary);
  const modelLogSumExp = normaliser(candidates);
  if (!Number.isFinite(modelLogSumExp)) throw new InvalidLogitsError(options.step);

  const hasStages = chain.scoring.length + chain.sampling.length > 0;
  const changes = hasStages || chain.mask !== undefined;
  if (changes) space.modelLogits.set(logits);
  const modelLogits = changes ? space.modelLogits : logits;
  // Without stages to see it, the subtraction is left to whoever takes the few scores that matter.
  if (options.asLogProbs && hasStages) subtract(candidates, modelLogSumExp);
  const scoreShift = options.asLogProbs && !hasStages ? modelLogSumExp : 0;

  const snapshots: StageSnapshot[] = [];
  for (const stage of chain.mask ? [...chain.scoring, chain.mask] : chain.scoring) {
    stage.apply(candidates, options.history);
    if (options.snapshots) snapshots.push({ name: stage.name, scores: toLogits(candidates, logits.length) });
  }
  if (largestScore(candidates) === -Infinity) {
    if (!options.asLogProbs) throw new NoTokenLeftError(options.step);
    candidates.count = 0;
    return { candidates, modelLogits, modelLogSumExp, scoreShift, snapshots };
  }
  for (const stage of chain.sampling) {
    stage.apply(candidates, options.history);
    if (options.snapshots) snapshots.push({ name: stage.name, scores: toLogits(candidates, logits.length) });
  }
  return { candidates, modelLogits, modelLogSumExp, scoreShift, snapshots };
}

function subtract(candidates: Candidates, amount: number): void {
  const { scores, count } = candidates;
  for (let i = 0; i < count; i++) scores[i] = (scores[i] as number) - amount;
  forgetSums(candidates);
}
