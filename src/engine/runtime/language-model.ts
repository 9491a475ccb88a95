import type { GenerationEvent } from "../engine.ts";
import { EngineError } from "../errors.ts";
import type { CatalogueEntry } from "../models/catalogue.ts";
import { createEventChannel } from "./event-channel.ts";
import type { GenerateCall, LanguageModelCalls, LanguageModelData } from "./language-model-protocol.ts";
import { createWorkerHost } from "./worker-host.ts";

/** A decoder-only model in its own process, loaded on first use and again after the process has died. */
export interface LanguageModel {
  generate(call: GenerateCall, signal?: AbortSignal): AsyncGenerator<GenerationEvent, void, undefined>;
  ask<Name extends Exclude<keyof LanguageModelCalls, "generate">>(
    name: Name,
    request: LanguageModelCalls[Name]["request"],
    signal?: AbortSignal,
  ): Promise<LanguageModelCalls[Name]["response"]>;
  close(graceMs: number): Promise<void>;
}

export type LanguageModelOptions = Omit<LanguageModelData, "entry">;

/** @param module The worker's module. */
export function createLanguageModel(
  entry: CatalogueEntry,
  options: LanguageModelOptions,
  module: URL = new URL("./language-model-worker.ts", import.meta.url),
): LanguageModel {
  const data: LanguageModelData = { entry, ...options };
  const host = createWorkerHost<LanguageModelCalls>({ module, name: entry.description.id, data });

  async function* generate(
    call: GenerateCall,
    signal?: AbortSignal,
  ): AsyncGenerator<GenerationEvent, void, undefined> {
    signal?.throwIfAborted();
    const channel = createEventChannel<GenerationEvent>(replaces);
    const left = new AbortController();
    let hasStarted = false;
    const onEvent = (event: GenerationEvent) => {
      hasStarted ||= event.type === "generation-start";
      channel.push(event);
    };
    const callOnce = () =>
      host.call("generate", call, { signal: left.signal, finishSignal: signal, onEvent });
    retryOnce(callOnce, () => !hasStarted).then(
      (result) => {
        channel.push({ type: "generation-end", ...result });
        channel.end();
      },
      (error) => channel.end({ error: signal?.aborted ? signal.reason : error }),
    );
    try {
      yield* channel.read();
    } finally {
      left.abort();
    }
  }

  return {
    generate,
    ask: async (name, request, signal) => {
      signal?.throwIfAborted();
      return retryOnce(
        () => host.call(name, request, { signal }),
        () => true,
      );
    },
    close: async (graceMs) => host.close(graceMs),
  };
}

/** A call whose process died is made once more, as long as nobody has seen anything of it. */
async function retryOnce<Result>(call: () => Promise<Result>, mayRetry: () => boolean): Promise<Result> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof EngineError && error.code === "worker-died" && mayRetry()) return call();
    throw error;
  }
}

function replaces(newer: GenerationEvent, older: GenerationEvent): boolean {
  const isState = newer.type === "sequences" || newer.type === "queued";
  return isState && newer.type === older.type;
}
