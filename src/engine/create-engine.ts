import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { type Encoders, openEncoders } from "./encoding/encoders.ts";
import { createEncoderModels } from "./encoding/hub/encoder-models.ts";
import { createTextScorer, type TextScorer } from "./encoding/text-scorer.ts";
import type { Engine, GenerateRequest, GenerationEvent, PromptRequest } from "./engine.ts";
import { EngineError } from "./errors.ts";
import { resolveSettings } from "./generation/resolve-settings.ts";
import { type Learning, openLearning } from "./learning/learning.ts";
import { findModel, readCatalogue } from "./models/catalogue.ts";
import { readAddedModels } from "./models/hub/added-models.ts";
import { createLanguageModel, type LanguageModel } from "./runtime/language-model.ts";
import { createTransducers } from "./transduction/transducers.ts";
import { writeTransduction } from "./transduction/write-transduction.ts";

/** Every limit of the engine; what is left out takes the default said here. */
export interface EngineOptions {
  /** Where manifest.json and the models lie. Default: the repository's `models/`. */
  readonly modelsDir?: string;
  /** The list of models that were added to them (`cloze models add`), read anew whenever models are asked for. */
  readonly addedModels?: string;
  /** Threads of each model. Default: up to 4 all of the machine's, above it half of them, since those tend to be two a core, and at most 8. */
  readonly threads?: number;
  /** Sequences (beams counted singly) that one model decodes at once. Default 64. */
  readonly maxRows?: number;
  /** Requests that may wait for one model. Default 300. */
  readonly maxQueue?: number;
  /** KV memory of one model's running requests, in MB (10^6 bytes). Default 512. */
  readonly kvMemoryMb?: number;
  /** KV memory for prompts kept for reuse, in MB. Default 64; 0 keeps none. */
  readonly prefixCacheMb?: number;
}

/** What `EngineOptions` are when left out. */
export const DEFAULT_LIMITS = { maxRows: 64, maxQueue: 300, kvMemoryMb: 512, prefixCacheMb: 64 } as const;

/**
 * The engine over the models that lie in `modelsDir`. Nothing is loaded before its first use.
 * @throws {EngineError} "manifest-unreadable"
 */
export function createEngine(options: EngineOptions = {}): Engine {
  const {
    addedModels,
    modelsDir = fileURLToPath(new URL("../../models", import.meta.url)),
    threads = defaultThreads(availableParallelism()),
    maxRows,
    maxQueue,
    kvMemoryMb,
    prefixCacheMb,
  } = { ...DEFAULT_LIMITS, ...options };
  const embedded = readCatalogue(modelsDir);
  const catalogue = () =>
    addedModels === undefined ? embedded : [...embedded, ...readAddedModels(addedModels)];
  const limits = { maxRows, maxQueue, maxKvBytes: kvMemoryMb * 1e6, maxCacheBytes: prefixCacheMb * 1e6 };
  const loaded = new Map<string, LanguageModel>();
  const transducers = createTransducers(catalogue, threads);
  const scorers = new Map<string, TextScorer>();
  let encoders: Encoders | undefined;
  const encoderModels = createEncoderModels({ catalogue, encoders: () => engine.encoders, threads });
  let learning: Learning | undefined;
  let isClosing = false;

  const modelFor = (id: string | undefined) => {
    if (isClosing) throw engineClosed();
    const entry = findModel(catalogue(), id, "decoder-only", "recurrent");
    // A model that was added again, in another quantisation say, is another one.
    const key = `${entry.description.id} ${entry.restore}`;
    const known = loaded.get(key);
    const model = known ?? createLanguageModel(entry, { threads, limits });
    loaded.set(key, model);
    return { id: entry.description.id, model };
  };

  async function* generate(
    request: GenerateRequest,
    signal?: AbortSignal,
  ): AsyncGenerator<GenerationEvent, void, undefined> {
    const asked = catalogue().find(({ description }) => description.id === request.model);
    if (asked?.description.family === "encoder-decoder") {
      yield* writeTransduction(asked, request, engine.transduce, signal);
      return;
    }
    const { id, model } = modelFor(request.model);
    const { settings, warnings } = resolveSettings(request.settings);
    const prompt = promptOf({ ...request, model: id });
    const { requester, urgency } = request;
    const call = { prompt, settings, warnings: warnings.map(({ message }) => message), requester, urgency };
    yield* model.generate(call, signal);
  }

  const engine: Engine = {
    models: () => catalogue().map(({ description }) => description),
    generate,
    load: async (id) => modelFor(id).model.ask("load", undefined),
    nextTokenLogits: async (request, signal) => {
      const { id, model } = modelFor(request.model);
      const { chosenIds = [] } = request;
      const asked = { ...promptOf(request), chosenIds };
      return { model: id, ...(await model.ask("nextTokenLogits", asked, signal)) };
    },
    scoreContinuations: async ({ model: id, prefixIds, continuations }, signal) =>
      modelFor(id).model.ask("scoreContinuations", { prefixIds, continuations }, signal),
    timeReading: async ({ model: id, tokenIds, together }, signal) =>
      modelFor(id).model.ask("timeReading", { tokenIds, together }, signal),
    textScorer: (id) => {
      const { id: known } = modelFor(id);
      const scorer = scorers.get(known) ?? createTextScorer(engine, known);
      scorers.set(known, scorer);
      return scorer;
    },
    maskedModel: encoderModels.masked,
    sentenceModel: encoderModels.sentence,
    transduce: async (request, signal) => {
      if (isClosing) throw engineClosed();
      return transducers.transduce(request, signal);
    },
    get encoders() {
      encoders ??= openEncoders({ modelsDir, threads });
      return encoders;
    },
    get learning() {
      learning ??= openLearning({ modelsDir, encoders: () => engine.encoders });
      return learning;
    },
    tokenize: async (id, text) => modelFor(id).model.ask("tokenize", text),
    describeTokens: async (id, ids) => modelFor(id).model.ask("describeTokens", ids),
    close: async (graceMs = 0) => {
      isClosing = true;
      await Promise.all([
        encoders?.close(),
        encoderModels.close(graceMs),
        learning?.close(),
        transducers.close(graceMs),
        ...[...loaded.values()].map((model) => model.close(graceMs)),
      ]);
    },
  };
  return engine;
}

function engineClosed(): EngineError {
  return new EngineError("engine-closed", "The engine is shutting down and takes no more requests.");
}

function defaultThreads(available: number): number {
  return available <= 4 ? available : Math.min(8, Math.ceil(available / 2));
}

/** The fields of a prompt alone: what else the caller's object carries stays in this process. */
function promptOf({ model, prompt, mode, systemPrompt }: PromptRequest): PromptRequest {
  return {
    prompt,
    mode,
    ...(model === undefined ? {} : { model }),
    ...(systemPrompt === undefined ? {} : { systemPrompt }),
  };
}
