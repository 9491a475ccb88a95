import { join } from "node:path";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { EngineError } from "../errors.ts";
import type { DecoderConfig, DecoderFacts } from "../models/decoder-config.ts";
import type { KvBlock } from "./kv-block.ts";

/** One forward pass: new tokens for each row, after what the row's past holds. */
export interface ForwardInput {
  /** Shape [rows, count], flattened. */
  readonly tokenIds: readonly number[];
  readonly rows: number;
  /** Positions of the past that count, for each row. */
  readonly pastLengths: readonly number[];
  /** As many rows as the pass, or one that all rows share. Its time may be 0. */
  readonly past: KvBlock;
  readonly outputs: readonly ForwardOutputName[];
}

const OUTPUTS = ["logits", "hidden", "newKeyValue", "blockMaxima", "logSumExp"] as const;
export type ForwardOutputName = (typeof OUTPUTS)[number];

/** What was asked for; the other fields are absent. */
export interface ForwardOutput {
  /** Shape [rows, vocabSize]: after the last new token of each row. */
  readonly logits?: Float32Array;
  /** Shape [rows, count, hiddenSize]: after the final norm. */
  readonly hidden?: Float32Array;
  /** Shape [layers, 2, rows, kvHeads, count, headDim]. */
  readonly newKeyValue?: Float32Array;
  /** Shape [rows, vocabSize / BLOCK_SIZE]: the largest logit of each block. */
  readonly blockMaxima?: Float32Array;
  /** Shape [rows]: ln Σ exp(logit). */
  readonly logSumExp?: Float32Array;
}

/** The graphs of a decoder-only model, ready to run. Calls must not overlap. */
export interface DecoderGraph {
  readonly config: DecoderFacts;
  /** What can be asked for. */
  readonly gives: ReadonlySet<ForwardOutputName>;
  forward(input: ForwardInput): Promise<ForwardOutput>;
  /** Natural log-probabilities of next tokens, one for each target. */
  logProbs(input: Omit<ForwardInput, "outputs">, targets: readonly Target[]): Promise<Float32Array>;
}

/** A token whose probability is wanted. */
export interface Target {
  /** The row and the new token in it after which the target stands. */
  readonly row: number;
  readonly position: number;
  readonly tokenId: number;
}

/** Places of one pass over the vocabulary; each needs its scores twice in memory. */
const PLACES_A_SCORE = 64;

export interface SessionOptions {
  /** Threads for one product; the calling thread is one of them. */
  readonly threads: number;
}

/** @throws {EngineError} "model-load" when ONNX Runtime can't load the graph. */
export async function loadDecoderGraph(
  directory: string,
  config: DecoderConfig,
  options: SessionOptions,
): Promise<DecoderGraph> {
  const { tensors } = config;
  const session = await openSession(join(directory, config.files.decoder), options);
  const pastNames = Array.from({ length: config.layers }, (_, layer) => [
    tensors.pastKey.replace("{layer}", String(layer)),
    tensors.pastValue.replace("{layer}", String(layer)),
  ]).flat();
  const pastFeeds = createPastFeeds(pastNames, config);
  let scoring: Promise<InferenceSession> | undefined;

  const forward: DecoderGraph["forward"] = async ({ tokenIds, rows, pastLengths, past, outputs }) => {
    const results = await session.run(
      {
        [tensors.inputIds]: int64(tokenIds, [rows, tokenIds.length / rows]),
        [tensors.pastLengths]: int64(pastLengths, [rows]),
        ...pastFeeds(past),
      },
      outputs.map((name) => tensors[name] as string),
    );
    return Object.fromEntries(outputs.map((name) => [name, results[tensors[name] as string]?.data]));
  };

  const score = async (hidden: Float32Array, targets: readonly number[]): Promise<Float32Array> => {
    // Only scoring needs this second copy of the head, so it is loaded at its first use.
    scoring ??= openSession(join(directory, config.files.score), options);
    const results = await (await scoring).run({
      [tensors.scoreHidden]: new Tensor("float32", hidden, [targets.length, config.hiddenSize]),
      [tensors.scoreTargets]: int64(targets, [targets.length]),
    });
    return results[tensors.scoreLogProbs]?.data as Float32Array;
  };

  return {
    config,
    gives: new Set(OUTPUTS.filter((name) => tensors[name] !== undefined)),
    forward,
    logProbs: async (input, targets) => {
      const hidden = (await forward({ ...input, outputs: ["hidden"] })).hidden as Float32Array;
      const count = input.tokenIds.length / input.rows;
      const size = config.hiddenSize;
      const result = new Float32Array(targets.length);
      for (let start = 0; start < targets.length; start += PLACES_A_SCORE) {
        const batch = targets.slice(start, start + PLACES_A_SCORE);
        const states = new Float32Array(batch.length * size);
        for (const [i, { row, position }] of batch.entries()) {
          const from = (row * count + position) * size;
          states.set(hidden.subarray(from, from + size), i * size);
        }
        const ids = batch.map(({ tokenId }) => tokenId);
        result.set(await score(states, ids), start);
      }
      return result;
    },
  };
}

/** The past's tensors, made anew only when the block's arrays have changed. */
function createPastFeeds(names: readonly string[], config: DecoderConfig) {
  let made: { arrays: readonly Float32Array[]; feeds: Record<string, Tensor> } | undefined;
  return (past: KvBlock) => {
    if (made?.arrays !== past.arrays) {
      const dims = [past.rows, config.kvHeads, past.time, config.headDim];
      const feeds = names.map((name, i) => [
        name,
        new Tensor("float32", past.arrays[i] as Float32Array, dims),
      ]);
      made = { arrays: past.arrays, feeds: Object.fromEntries(feeds) };
    }
    return made.feeds;
  };
}

/** @throws {EngineError} "model-load" */
export async function openSession(path: string, { threads }: SessionOptions): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(path, { intraOpNumThreads: threads, logSeverityLevel: 4 });
  } catch (cause) {
    throw new EngineError(
      "model-load",
      `ONNX Runtime can't load ${path}: ${(cause as Error).message}`,
      { path },
      cause,
    );
  }
}

export function int64(values: readonly number[], dims: readonly number[]): Tensor {
  return new Tensor("int64", BigInt64Array.from(values, BigInt), dims);
}
