import type { Encoders } from "./encoding/encoders.ts";
import type { MaskedModel } from "./encoding/masked-model.ts";
import type { SentenceModel } from "./encoding/sentence-model.ts";
import type { TextScorer } from "./encoding/text-scorer.ts";
import type { FinishReason } from "./generation/decoder.ts";
import type { GenerationSettings } from "./generation/settings.ts";
import type { TraceStep } from "./generation/trace.ts";
import type { Learning } from "./learning/learning.ts";
import type { ModelDescription } from "./models/catalogue.ts";
import type { Turn } from "./runtime/turns.ts";
import type { Transduction } from "./transduction/transduction-protocol.ts";

/**
 * Language models as a library: plain data in, plain data out. It has no idea who asks. Models are loaded on
 * first use, in worker threads; no call blocks the caller's thread.
 */
export interface Engine {
  /** Every model at hand, embedded ones first. */
  models(): readonly ModelDescription[];

  /** Loads a model, so that the first request need not wait for it. Absent: the first decoder-only one. */
  load(modelId?: string): Promise<void>;

  /**
   * Writes text. Events arrive as the model writes; leaving the loop early or aborting `signal` frees the
   * slot at the next step. After an abort generation-end still tells what was written, "cancelled"; when nothing
   * had begun, the signal's reason is thrown.
   * @throws {EngineError} "unknown-model", "prompt-too-long", "context-exceeded", "empty-prompt", "queue-full",
   *   "too-many-rows", "kv-memory", "model-file-missing", "model-file-changed", "worker-died", "engine-closed"; when models
   *   run elsewhere also "no-worker", "models-unreachable", "request-lost"
   * @throws {DecodingOptionError} for settings that can't be used, before anything runs
   */
  generate(request: GenerateRequest, signal?: AbortSignal): AsyncIterable<GenerationEvent>;

  /**
   * One forward pass over the prompt, and over tokens that have been chosen after it.
   * @returns logits, shape [vocabSize], unnormalised natural-log scores for the token after them.
   */
  nextTokenLogits(request: NextTokenRequest, signal?: AbortSignal): Promise<NextTokenLogits>;

  /**
   * Natural log-probabilities of given continuations, all after the same prefix, whose KV is computed once.
   * @returns one array a continuation: log p(token | prefix, tokens before it).
   */
  scoreContinuations(request: ScoreRequest, signal?: AbortSignal): Promise<readonly (readonly number[])[]>;

  /**
   * How long a model takes to read tokens from nothing, `together` of them in each pass; 1 is token by token, as when
   * it writes. Waiting for other requests does not count, and nothing is taken from the prefix cache.
   * @returns milliseconds
   */
  timeReading(request: ReadingRequest, signal?: AbortSignal): Promise<number>;

  /**
   * A decoder-only model as the judge of texts, for filling blanks; absent: the first one.
   * @throws {EngineError} "unknown-model"
   */
  textScorer(modelId?: string): TextScorer;

  /**
   * A masked model, for filling blanks; absent: the one that comes with Cloze.
   * @throws {EngineError} "unknown-model", "wrong-family", "wrong-kind"
   */
  maskedModel(modelId?: string): MaskedModel;

  /**
   * A model for sentence vectors; absent: the one that comes with Cloze.
   * @throws {EngineError} "unknown-model", "wrong-family", "wrong-kind"
   */
  sentenceModel(modelId?: string): SentenceModel;

  /**
   * An encoder–decoder reads an input whole and writes another text; absent model: the first of that family.
   * @throws {EngineError} "unknown-model", "wrong-family", "input-unreadable", "input-too-long", "model-file-missing",
   *   "model-file-changed", "worker-died", "engine-closed"
   * @throws {DecodingOptionError} for settings that can't be used
   */
  transduce(request: TransduceRequest, signal?: AbortSignal): Promise<Transduction>;

  /** The encoders (sentence, masked, word in context); what they do is in `encoding/`. */
  readonly encoders: Encoders;

  /** Fine-tuning of small classifiers; what it does is in `learning/`. */
  readonly learning: Learning;

  /** How the model's tokenizer splits a text; no special tokens are added. */
  tokenize(modelId: string, text: string): Promise<readonly TokenPiece[]>;

  /** The readable pieces of token ids, in the same order; for traces and distributions. */
  describeTokens(modelId: string, ids: readonly number[]): Promise<readonly TokenPiece[]>;

  /** Finishes what runs or, after `graceMs`, cancels it; ends the workers. */
  close(graceMs?: number): Promise<void>;
}

/** "continuation" gives the text as it is; "chat" puts it into the model's chat template as a user's turn. */
export type PromptMode = "continuation" | "chat";

export interface PromptRequest {
  /** A model id of the catalogue; absent: the first decoder-only one. */
  readonly model?: string;
  readonly prompt: string;
  readonly mode: PromptMode;
  /** Only with mode "chat". */
  readonly systemPrompt?: string;
}

export interface NextTokenRequest extends PromptRequest {
  /** Read after the prompt as they are: their text could be split into tokens in another way. */
  readonly chosenIds?: readonly number[];
}

export interface GenerateRequest extends PromptRequest, Turn {
  /** What is left out takes the strategy's default; generation-start tells all of them as they take effect. */
  readonly settings: Partial<GenerationSettings>;
}

export interface ScoreRequest {
  readonly model?: string;
  readonly prefixIds: readonly number[];
  readonly continuations: readonly (readonly number[])[];
}

export interface ReadingRequest {
  readonly model: string;
  readonly tokenIds: readonly number[];
  readonly together: number;
}

export interface TransduceRequest {
  readonly model?: string;
  readonly input: string;
  /** What is left out takes the strategy's default. */
  readonly settings: Partial<GenerationSettings>;
}

export interface NextTokenLogits {
  readonly model: string;
  /** The prompt's tokens, without the chosen ones. */
  readonly promptIds: readonly number[];
  readonly logits: Float32Array;
}

export interface TokenPiece {
  readonly id: number;
  /** The piece as readable text; bytes that are no whole character are shown as ⟨C3⟩. */
  readonly text: string;
}

/**
 * Parts of the stream, in this order: queued*, generation-start, (token-delta | sequences | trace)*, generation-end.
 * A second generation-start, whose warnings say why, begins the stream anew: what came before it is void.
 */
export type GenerationEvent =
  /** Sent while waiting for a slot, whenever it changes: the place in line; 1 is the next to start. */
  | { readonly type: "queued"; readonly position: number }
  | {
      readonly type: "generation-start";
      readonly model: string;
      readonly promptIds: readonly number[];
      /** The settings with every default filled in, as they take effect. */
      readonly settings: GenerationSettings;
      readonly seed: number;
      /** Said to the user, e.g. "temperature 0 means greedy". */
      readonly warnings: readonly string[];
    }
  /** One more piece of the only sequence (greedy, sampling with one return sequence, contrastive). */
  | {
      readonly type: "token-delta";
      readonly tokenId: number;
      /** Whole characters only; "" while a character is incomplete. Stop-string candidates are not held back. */
      readonly text: string;
      readonly logProb: number;
    }
  /** Methods with several sequences: all of them as they stand, best first. Replaces the one before. */
  | { readonly type: "sequences"; readonly outputs: readonly GenerationOutput[] }
  | { readonly type: "trace"; readonly steps: readonly TraceStep[] }
  | {
      readonly type: "generation-end";
      readonly outputs: readonly GenerationOutput[];
      readonly timing: GenerationTiming;
    };

export interface GenerationOutput {
  readonly text: string;
  readonly tokenIds: readonly number[];
  readonly tokenLogProbs: readonly number[];
  readonly logProb: number;
  readonly score?: number;
  readonly finishReason: FinishReason | "unfinished";
}

export interface GenerationTiming {
  readonly queueMs: number;
  readonly prefillMs: number;
  readonly decodeMs: number;
  /** New tokens of all sequences per second of decoding. */
  readonly tokensPerSecond: number;
}
