import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { EncoderCalls } from "../encoding/encoder-protocol.ts";
import type { Encoders } from "../encoding/encoders.ts";
import { embeddedMaskedModel, MASKED_MODEL } from "../encoding/masked-model.ts";
import { SENTENCE_MODEL } from "../encoding/sentence-embeddings.ts";
import { embeddedSentenceModel } from "../encoding/sentence-model.ts";
import { createTextScorer, type TextScorer } from "../encoding/text-scorer.ts";
import { readWordPieceTokenizer } from "../encoding/word-piece-tokenizer.ts";
import type { Engine, GenerateRequest, GenerationEvent } from "../engine.ts";
import { EngineError } from "../errors.ts";
import { resolveSettings } from "../generation/resolve-settings.ts";
import { type Learning, openLearning } from "../learning/learning.ts";
import { findModel, type ModelDescription, readCatalogue } from "../models/catalogue.ts";
import { createEventChannel } from "../runtime/event-channel.ts";
import { rankOf, type Turn } from "../runtime/turns.ts";
import { createTransducers } from "../transduction/transducers.ts";
import {
  askQueue,
  ENCODER_QUEUE,
  type EncoderRequest,
  type RemoteCalls,
  writeQueue,
} from "./remote-protocol.ts";
import { openRemoteRequests, type RemoteRequest } from "./remote-requests.ts";

export interface RemoteEngineOptions {
  /** Of Redis. */
  readonly url: string;
  /** Where the encoders' tokenizer lies, which works in this process. Default: the repository's `models/`. */
  readonly modelsDir?: string;
  /** Faults of the connection, for the log. */
  readonly onError: (error: unknown) => void;
}

const ENCODER_DIRECTORY = "minilm-l6-v2";
const BEGUN_AGAIN = "The machine that was writing this stopped, so another one began again from the start.";
/** Texts of one encoder call above which it is taken for batch work: those of a few people go first. */
const MANY_TEXTS = 64;

/**
 * The engine whose models run in `cloze worker` processes, on this machine or others.
 * @throws {EngineError} "models-unreachable", "manifest-unreadable"
 */
export async function connectRemoteEngine(options: RemoteEngineOptions): Promise<Engine> {
  const { url, modelsDir = fileURLToPath(new URL("../../../models", import.meta.url)), onError } = options;
  const catalogue = readCatalogue(modelsDir);
  const requests = await openRemoteRequests(url, onError);
  const inHand = new Set<Turn>();
  const scorers = new Map<string, TextScorer>();
  const transducers = createTransducers(() => catalogue, 1);
  let encoders: Encoders | undefined;
  let learning: Learning | undefined;

  /** What workers announce, in the order of the catalogue here; while there is none, what lies here. */
  const models = (): readonly ModelDescription[] => {
    const announced = new Map(
      requests.workers().flatMap((worker) => worker.models.map((model) => [model.id, model] as const)),
    );
    const here = catalogue.map(({ description }) => description);
    if (announced.size === 0) return here;
    const known = here.filter(({ id }) => announced.has(id));
    const others = [...announced.values()].filter(({ id }) => !here.some((model) => model.id === id));
    return [...known, ...others];
  };
  const idOf = (id: string | undefined) => {
    const entries = models().map((description) => ({ description }));
    return findModel(entries, id, "decoder-only", "recurrent").description.id;
  };
  const toModel = (model: string) => ({
    needs: `the model ${model}`,
    fits: (worker: Parameters<RemoteRequest["fits"]>[0]) => worker.models.some(({ id }) => id === model),
  });

  /** A call that is answered as a whole; aborting its signal drops the answer. */
  async function call(asked: RemoteRequest, signal?: AbortSignal): Promise<unknown> {
    signal?.throwIfAborted();
    const { id, answer } = requests.ask(asked);
    const { promise: aborted, reject } = Promise.withResolvers<never>();
    const abandon = () => {
      requests.cancel(id);
      reject(signal?.reason);
    };
    signal?.addEventListener("abort", abandon, { once: true });
    try {
      return await Promise.race([answer, aborted]);
    } finally {
      signal?.removeEventListener("abort", abandon);
      // Whichever comes after the other was heard already.
      answer.catch(() => {});
    }
  }
  async function ask<Name extends Exclude<keyof RemoteCalls, "generate">>(
    model: string,
    name: Name,
    request: RemoteCalls[Name]["request"],
    signal?: AbortSignal,
  ): Promise<RemoteCalls[Name]["response"]> {
    const asked = { queue: askQueue(model), name, request, rank: 0, ...toModel(model) };
    return (await call(asked, signal)) as RemoteCalls[Name]["response"];
  }

  async function* generate(
    request: GenerateRequest,
    signal?: AbortSignal,
  ): AsyncGenerator<GenerationEvent, void, undefined> {
    signal?.throwIfAborted();
    // Refuses here and now what can't be used; the worker resolves them again.
    resolveSettings(request.settings);
    const model = idOf(request.model);
    const turn: Turn = { requester: request.requester, urgency: request.urgency };
    const rank = rankOf(turn, inHand);
    inHand.add(turn);
    const channel = createEventChannel<GenerationEvent>(
      (newer, older) => newer.type === older.type && (newer.type === "sequences" || newer.type === "queued"),
    );
    const { id, answer } = requests.ask({
      queue: writeQueue(model),
      name: "generate",
      request: plainRequest(request, model),
      rank,
      ...toModel(model),
      onPlace: (position) => channel.push({ type: "queued", position }),
      onReply: (reply) => {
        if (reply.type === "event") channel.push(reply.run > 1 ? saysBegunAgain(reply.event) : reply.event);
      },
    });
    answer.then(
      () => channel.end(),
      (error) => channel.end({ error: signal?.aborted ? signal.reason : error }),
    );
    const stop = () => requests.cancel(id);
    signal?.addEventListener("abort", stop, { once: true });
    try {
      yield* channel.read();
    } finally {
      signal?.removeEventListener("abort", stop);
      inHand.delete(turn);
      // Nothing happens when it has been answered; else nobody waits for it any more.
      requests.cancel(id);
    }
  }

  const openEncoders = (): Encoders => ({
    tokenizer: readWordPieceTokenizer(join(modelsDir, ENCODER_DIRECTORY, "tokenizer.json")),
    call: async (name, request, signal) => {
      const many = Array.isArray(request) && request.length > MANY_TEXTS;
      const asked: RemoteRequest = {
        queue: ENCODER_QUEUE,
        name: "encode",
        request: { name, request } satisfies EncoderRequest,
        rank: rankOf({ urgency: many ? "batch" : "live" }, []),
        needs: "the encoders",
        fits: (worker) => worker.encoders,
      };
      return (await call(asked, signal)) as EncoderCalls[typeof name]["response"];
    },
    close: async () => {},
  });

  const engine: Engine = {
    models,
    generate,
    load: async (id) => {
      const model = idOf(id);
      await ask(model, "load", model);
    },
    nextTokenLogits: async ({ prompt, mode, systemPrompt, model: id }, signal) => {
      const model = idOf(id);
      const request = { model, prompt, mode, ...(systemPrompt === undefined ? {} : { systemPrompt }) };
      return ask(model, "nextTokenLogits", request, signal);
    },
    scoreContinuations: async ({ model: id, prefixIds, continuations }, signal) => {
      const model = idOf(id);
      return ask(model, "scoreContinuations", { model, prefixIds, continuations }, signal);
    },
    timeReading: ({ model: id, tokenIds, together }, signal) => {
      const model = idOf(id);
      return ask(model, "timeReading", { model, tokenIds, together }, signal);
    },
    textScorer: (id) => {
      const model = idOf(id);
      const scorer = scorers.get(model) ?? createTextScorer(engine, model);
      scorers.set(model, scorer);
      return scorer;
    },
    maskedModel: (id = MASKED_MODEL) => {
      if (id !== MASKED_MODEL) throw onlyOneProcess(id);
      return embeddedMaskedModel(engine.encoders);
    },
    sentenceModel: (id = SENTENCE_MODEL) => {
      if (id !== SENTENCE_MODEL) throw onlyOneProcess(id);
      return embeddedSentenceModel(engine.encoders);
    },
    get encoders() {
      encoders ??= openEncoders();
      return encoders;
    },
    // Some milliseconds a word: not worth the way.
    transduce: (request, signal) => transducers.transduce(request, signal),
    // Training is short and light; only the texts are read elsewhere.
    get learning() {
      learning ??= openLearning({ modelsDir, encoders: () => engine.encoders });
      return learning;
    },
    tokenize: (model, text) => ask(idOf(model), "tokenize", { model, text }),
    describeTokens: (model, ids) => ask(idOf(model), "describeTokens", { model, ids }),
    close: async (graceMs = 0) => {
      await Promise.all([learning?.close(), transducers.close(graceMs), requests.close(graceMs)]);
    },
  };
  return engine;
}

function onlyOneProcess(id: string): EngineError {
  return new EngineError(
    "model-not-served",
    `${id} can't be asked: with REDIS_URL set, workers serve the encoders that come with Cloze and decoder-only models. Leave model out, or run Cloze without REDIS_URL.`,
    { model: id },
  );
}

/** The fields of a request alone: what else the caller's object carries stays in this process. */
function plainRequest(request: GenerateRequest, model: string): GenerateRequest {
  const { prompt, mode, systemPrompt, settings, requester, urgency } = request;
  return {
    model,
    prompt,
    mode,
    settings,
    ...(systemPrompt === undefined ? {} : { systemPrompt }),
    ...(requester === undefined ? {} : { requester }),
    ...(urgency === undefined ? {} : { urgency }),
  };
}

function saysBegunAgain(event: GenerationEvent): GenerationEvent {
  if (event.type !== "generation-start") return event;
  return { ...event, warnings: [...event.warnings, BEGUN_AGAIN] };
}
