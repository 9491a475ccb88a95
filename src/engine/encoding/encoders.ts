import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createWorkerHost } from "../runtime/worker-host.ts";
import type { EncoderCalls, EncoderWorkerData } from "./encoder-protocol.ts";
import { readWordPieceTokenizer, type WordPieceTokenizer } from "./word-piece-tokenizer.ts";

/** The encoders in their worker process. It starts with the first call, graphs load when they are first needed. */
export interface Encoders {
  readonly tokenizer: WordPieceTokenizer;
  /**
   * @throws {EngineError} what the worker finds wrong with the request; "worker-died", "engine-closed"
   * @throws the reason of `signal` when it aborts
   */
  call<Name extends keyof EncoderCalls>(
    name: Name,
    request: EncoderCalls[Name]["request"],
    signal?: AbortSignal,
  ): Promise<EncoderCalls[Name]["response"]>;
  /** Ends the process, after the calls that run or after `graceMs`. */
  close(graceMs?: number): Promise<void>;
}

export interface EncoderOptions {
  /** Default: the repository's `models/`. */
  readonly modelsDir?: string;
  /** Threads of one run of a graph. Default: the machine's cores, at most 8. */
  readonly threads?: number;
}

/** The folder of the encoders inside the models directory: they share a tokenizer and their word embeddings. */
const DIRECTORY = "minilm-l6-v2";

export function openEncoders(options: EncoderOptions = {}): Encoders {
  const {
    modelsDir = fileURLToPath(new URL("../../../models", import.meta.url)),
    threads = Math.min(availableParallelism(), 8),
  } = options;
  const directory = join(modelsDir, DIRECTORY);
  const data: EncoderWorkerData = { directory, threads };
  const module = new URL("./encoder-worker.ts", import.meta.url);
  const host = createWorkerHost<EncoderCalls>({ module, name: "the encoders", data });
  return {
    tokenizer: readWordPieceTokenizer(join(directory, "tokenizer.json")),
    call: (name, request, signal) => host.call(name, request, { signal }),
    close: (graceMs) => host.close(graceMs),
  };
}
