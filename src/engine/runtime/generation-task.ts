import type { GenerationEvent, GenerationOutput, GenerationTiming } from "../engine.ts";
import { createDecoder } from "../generation/create-decoder.ts";
import type { Continuation, DecodedSequence, Decoder, ModelRows } from "../generation/decoder.ts";
import { type GenerationSettings, usesBeams } from "../generation/settings.ts";
import { wordListMask } from "../generation/word-list/word-list-mask.ts";
import type { DecoderFacts } from "../models/decoder-config.ts";
import { createTextStream, type TextTokenizer } from "../models/text-tokenizer.ts";
import type { GenerateResult } from "./language-model-protocol.ts";
import type { Task } from "./task.ts";
import type { Turn } from "./turns.ts";

/** Beams and several samples replace one another, so they are sent at a pace that people can follow. */
const SEQUENCES_EVERY_MS = 100;

export interface GenerationTaskOptions {
  readonly model: string;
  readonly promptIds: readonly number[];
  readonly turn: Turn;
  readonly settings: GenerationSettings;
  readonly warnings: readonly string[];
  readonly config: DecoderFacts;
  readonly tokenizer: TextTokenizer;
  readonly signal: AbortSignal;
  /** Milliseconds from any fixed start. */
  readonly now: () => number;
  readonly emit: (event: Exclude<GenerationEvent, { type: "generation-end" }>) => void;
  readonly resolve: (result: GenerateResult) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * One request to write text.
 * @throws {DecodingOptionError} for settings that this model can't honour.
 */
export function createGenerationTask(options: GenerationTaskOptions): Task {
  const { promptIds, settings, tokenizer, now, emit } = options;
  const mask =
    settings.wordList === "off"
      ? undefined
      : wordListMask({ vocabSize: options.config.vocabSize, decodeText: tokenizer.text });
  const createOwnDecoder = () =>
    createDecoder(settings, {
      promptIds,
      vocabSize: options.config.vocabSize,
      eosTokenIds: options.config.eosTokenIds,
      decodeText: tokenizer.text,
      now,
      ...(mask && { wordListMask: mask }),
    });
  // Refuses what can't be honoured before the request waits; its clock must start later, so it is made again.
  const { needsHiddenStates } = createOwnDecoder();
  let decoder: Decoder | undefined;
  const progress = isSingle(settings) ? singleProgress(options) : sequencesProgress(options);
  const times = { queued: now(), started: 0, prompt: 0 };

  const advance = (rows: ModelRows): readonly Continuation[] => {
    const running = decoder as Decoder;
    const step = running.step(rows);
    const trace = running.takeTrace();
    if (trace.length > 0) emit({ type: "trace", steps: trace });
    progress(running);
    if (step.kind === "continue") return step.rows;
    options.resolve(result(running));
    return [];
  };

  const result = (ended: Decoder): GenerateResult => {
    const outputs = ended.sequences().map((sequence) => outputOf(sequence, tokenizer, "cancelled"));
    return { outputs, timing: timingOf(times, now(), outputs) };
  };

  return {
    ...options.turn,
    promptIds,
    needsHidden: needsHiddenStates,
    maxRows: rowsNeeded(settings),
    maxLength: promptIds.length + settings.maxNewTokens,
    isCancelled: () => options.signal.aborted,
    onQueued: (position) => emit({ type: "queued", position }),
    onStart: () => {
      times.started = now();
      decoder = createOwnDecoder();
      const { model, warnings } = options;
      emit({ type: "generation-start", model, promptIds, settings, seed: settings.seed, warnings });
    },
    onPrompt: ({ logits, hidden }) => {
      times.prompt = now();
      const { hiddenSize } = options.config;
      const withHidden = hidden && { hidden: [hidden.subarray(-hiddenSize)], promptHidden: hidden };
      return { kind: "rows", rows: advance({ logits: [logits], ...withHidden }) };
    },
    onRows: advance,
    onCancelled: () => {
      if (decoder) options.resolve(result(decoder));
      else options.reject(options.signal.reason);
    },
    onFailed: options.reject,
  };
}

/** The most rows a strategy decodes at once. */
function rowsNeeded(settings: GenerationSettings): number {
  if (usesBeams(settings.strategy)) return settings.numBeams;
  return settings.strategy === "contrastive" ? settings.topK : settings.numReturnSequences;
}

/** Whether there is one sequence that only grows. */
function isSingle(settings: GenerationSettings): boolean {
  return !usesBeams(settings.strategy) && settings.numReturnSequences === 1;
}

function singleProgress({ tokenizer, emit }: GenerationTaskOptions): (decoder: Decoder) => void {
  const textOf = createTextStream(tokenizer);
  let sent = 0;
  return (decoder) => {
    const [sequence] = decoder.sequences();
    for (; sequence && sent < sequence.tokenIds.length; sent++) {
      const tokenId = sequence.tokenIds[sent] as number;
      emit({
        type: "token-delta",
        tokenId,
        text: textOf(tokenId),
        logProb: sequence.tokenLogProbs[sent] as number,
      });
    }
  };
}

function sequencesProgress({ tokenizer, emit, now }: GenerationTaskOptions): (decoder: Decoder) => void {
  let sentAt = Number.NEGATIVE_INFINITY;
  return (decoder) => {
    if (now() - sentAt < SEQUENCES_EVERY_MS) return;
    sentAt = now();
    emit({
      type: "sequences",
      outputs: decoder.sequences().map((sequence) => outputOf(sequence, tokenizer, "unfinished")),
    });
  };
}

function outputOf(
  sequence: DecodedSequence,
  tokenizer: TextTokenizer,
  otherwise: "unfinished" | "cancelled",
): GenerationOutput {
  const { tokenIds, tokenLogProbs, logProb, score, finishReason = otherwise } = sequence;
  return {
    text: tokenizer.text(tokenIds),
    tokenIds: [...tokenIds],
    tokenLogProbs: [...tokenLogProbs],
    logProb,
    ...(score === undefined ? {} : { score }),
    finishReason,
  };
}

function timingOf(
  times: { readonly queued: number; readonly started: number; readonly prompt: number },
  end: number,
  outputs: readonly GenerationOutput[],
): GenerationTiming {
  const promptAt = times.prompt || end;
  const decodeMs = end - promptAt;
  const tokens = outputs.reduce((sum, { tokenIds }) => sum + tokenIds.length, 0);
  return {
    queueMs: times.started - times.queued,
    prefillMs: promptAt - times.started,
    decodeMs,
    tokensPerSecond: decodeMs > 0 ? (tokens * 1000) / decodeMs : 0,
  };
}
