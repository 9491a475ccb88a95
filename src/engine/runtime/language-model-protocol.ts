import type {
  GenerationEvent,
  GenerationOutput,
  GenerationTiming,
  NextTokenRequest,
  PromptRequest,
  TokenPiece,
} from "../engine.ts";
import type { GenerationSettings } from "../generation/settings.ts";
import type { CatalogueEntry } from "../models/catalogue.ts";
import type { SchedulerLimits } from "./scheduler.ts";
import type { Turn } from "./turns.ts";

/** What a language model's worker is started with. */
export interface LanguageModelData {
  readonly entry: CatalogueEntry;
  readonly threads: number;
  readonly limits: SchedulerLimits;
}

/** Settings as `resolveSettings` gives them, with its warnings. */
export interface GenerateCall extends Turn {
  readonly prompt: PromptRequest;
  readonly settings: GenerationSettings;
  readonly warnings: readonly string[];
}

export interface GenerateResult {
  readonly outputs: readonly GenerationOutput[];
  readonly timing: GenerationTiming;
}

/** What a language model's worker can be asked. */
export type LanguageModelCalls = {
  /** Loads the model, so that the next call finds it ready. */
  load: { request: undefined; response: undefined; event: never };
  generate: {
    request: GenerateCall;
    response: GenerateResult;
    event: Exclude<GenerationEvent, { type: "generation-end" }>;
  };
  nextTokenLogits: {
    request: NextTokenRequest;
    response: { readonly promptIds: readonly number[]; readonly logits: Float32Array };
    event: never;
  };
  scoreContinuations: {
    request: {
      readonly prefixIds: readonly number[];
      readonly continuations: readonly (readonly number[])[];
    };
    response: readonly (readonly number[])[];
    event: never;
  };
  /** Milliseconds that reading takes in pieces of `together` tokens. */
  timeReading: {
    request: { readonly tokenIds: readonly number[]; readonly together: number };
    response: number;
    event: never;
  };
  tokenize: { request: string; response: readonly TokenPiece[]; event: never };
  describeTokens: { request: readonly number[]; response: readonly TokenPiece[]; event: never };
};
