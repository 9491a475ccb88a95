import type { GenerationTiming } from "../engine.ts";
import type { FinishReason } from "../generation/decoder.ts";
import type { GenerationSettings } from "../generation/settings.ts";
import type { CatalogueEntry } from "../models/catalogue.ts";

/** What an encoder–decoder's worker is started with. */
export interface TransductionData {
  readonly entry: CatalogueEntry;
  readonly threads: number;
}

export interface TransduceCall {
  readonly input: string;
  /** As `resolveSettings` gives them. */
  readonly settings: GenerationSettings;
}

/** One of the texts written for an input. */
export interface Transduced {
  /** Special tokens left out. */
  readonly text: string;
  /** All that was written, the end of the sequence too. */
  readonly tokenIds: readonly number[];
  /** The written tokens, the end of the sequence left out. */
  readonly tokens: readonly string[];
  readonly tokenLogProbs: readonly number[];
  /** Natural log-probability of the whole, its end included. */
  readonly logProb: number;
  /** Beam methods: log-probability over length^lengthPenalty. */
  readonly score?: number;
  readonly finishReason: FinishReason;
  /** The cross-attention: one row for each of `tokens`, one column for each of `inputTokens`, rows sum to 1. */
  readonly attention?: readonly (readonly number[])[];
}

export interface Transduction {
  readonly model: string;
  readonly inputIds: readonly number[];
  /** What the encoder read, its end "</s>" included. */
  readonly inputTokens: readonly string[];
  /** Best first. */
  readonly outputs: readonly Transduced[];
  /** Which attention is told, e.g. "layer 3 of 3, mean of 4 heads". */
  readonly attention?: string;
  /** Prefill is the encoder's reading. */
  readonly timing: GenerationTiming;
}

/** What an encoder–decoder's worker can be asked. */
export type TransductionCalls = {
  transduce: { request: TransduceCall; response: Omit<Transduction, "model">; event: never };
};
