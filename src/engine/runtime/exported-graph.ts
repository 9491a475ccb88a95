import type { InferenceSession, OnnxValue } from "onnxruntime-node";
import { Tensor } from "onnxruntime-node";
import { EngineError } from "../errors.ts";
import { logSumExp, maxOf } from "../generation/log-sum-exp.ts";
import type { DecoderFacts } from "../models/decoder-config.ts";
import {
  type DecoderGraph,
  type ForwardInput,
  int64,
  openSession,
  type SessionOptions,
} from "./decoder-graph.ts";
import { dimsOf, float32Of, floatTensor } from "./exported-tensors.ts";
import type { KvBlock } from "./kv-block.ts";

/** Every input of the layout; a graph with others is another one. */
const KNOWN_INPUT =
  /^(input_ids|attention_mask|position_ids|use_cache_branch|num_logits_to_keep|past_key_values\.\d+\.(key|value))$/;

/** What only one position's scores cost, or all of them: the meaning of `num_logits_to_keep`. */
const KEEP = { last: 1n, all: 0n } as const;

/**
 * A decoder-only graph in the layout of Optimum and transformers.js: `past_key_values.N.key` in, the whole
 * `present.N.key` out. Such a graph copies the past in every step, and what batches do to its bits depends on its
 * operators; so rows run one by one, each with a past of exactly its own length, and a text has the same bits alone
 * and in a burst. Slower than Cloze's own layout, into which `cloze models convert` brings a checkpoint.
 * @param facts Sizes as config.json tells them; the graph's own, where it states them, win.
 * @throws {EngineError} "model-load"; "model-layout" for a graph of another layout
 */
export async function loadExportedGraph(
  path: string,
  facts: DecoderFacts,
  options: SessionOptions,
): Promise<DecoderGraph> {
  const session = await openSession(path, options);
  const inputs = dimsOf(session.inputMetadata);
  checkInputs(path, session);
  const pastNames = session.inputNames.filter((name) => name.startsWith("past_key_values."));
  const layers = pastNames.length / 2;
  const past = inputs.get("past_key_values.0.key") as { type: string; shape: readonly (number | string)[] };
  const config: DecoderFacts = {
    ...facts,
    layers,
    kvHeads: numberOr(past.shape[1], facts.kvHeads),
    headDim: numberOr(past.shape[3], facts.headDim),
    vocabSize: numberOr(dimsOf(session.outputMetadata).get("logits")?.shape[2], facts.vocabSize),
  };
  const arrays = Array.from({ length: layers }, (_, layer) =>
    ["key", "value"].map((kind) => `${layer}.${kind}`),
  ).flat();

  const runRow = async (ids: readonly number[], block: KvBlock, row: number, length: number, mode: Mode) => {
    const feeds: Record<string, Tensor> = {
      input_ids: int64(ids, [1, ids.length]),
      attention_mask: int64(Array<number>(length + ids.length).fill(1), [1, length + ids.length]),
    };
    if (inputs.has("position_ids")) {
      feeds.position_ids = int64(
        ids.map((_, i) => length + i),
        [1, ids.length],
      );
    }
    if (inputs.has("use_cache_branch")) feeds.use_cache_branch = new Tensor("bool", [length > 0], [1]);
    if (inputs.has("num_logits_to_keep")) {
      feeds.num_logits_to_keep = new Tensor("int64", BigInt64Array.of(KEEP[mode.logits]), []);
    }
    const { kvHeads, headDim } = config;
    for (const [index, name] of arrays.entries()) {
      const own = compactRow(block, index, block.rows === 1 ? 0 : row, length);
      feeds[`past_key_values.${name}`] = floatTensor(past.type, own, [1, kvHeads, length, headDim]);
    }
    const present = mode.newKeyValue ? arrays.map((name) => `present.${name}`) : [];
    return session.run(feeds, ["logits", ...present]);
  };

  const eachRow = async (
    { tokenIds, rows, pastLengths, past: block }: Omit<ForwardInput, "outputs">,
    mode: Mode,
    take: (results: Readonly<Record<string, OnnxValue>>, row: number) => void,
  ) => {
    const count = tokenIds.length / rows;
    for (let row = 0; row < rows; row++) {
      const ids = tokenIds.slice(row * count, (row + 1) * count);
      take(await runRow(ids, block, row, pastLengths[row] as number, mode), row);
    }
  };

  return {
    config,
    gives: new Set(["logits", "newKeyValue"]),
    forward: async (input) => {
      const { vocabSize, kvHeads, headDim } = config;
      const count = input.tokenIds.length / input.rows;
      const logits = new Float32Array(input.rows * vocabSize);
      const strip = count * headDim;
      const newKeyValue = new Float32Array(arrays.length * input.rows * kvHeads * strip);
      await eachRow(input, { logits: "last", newKeyValue: true }, (results, row) => {
        logits.set(float32Of(results.logits as Tensor).subarray(-vocabSize), row * vocabSize);
        for (const [index, name] of arrays.entries()) {
          const whole = float32Of(results[`present.${name}`] as Tensor);
          const time = whole.length / (kvHeads * headDim);
          for (let head = 0; head < kvHeads; head++) {
            const end = (head + 1) * time * headDim;
            const to = ((index * input.rows + row) * kvHeads + head) * strip;
            newKeyValue.set(whole.subarray(end - strip, end), to);
          }
        }
      });
      return {
        ...(input.outputs.includes("logits") ? { logits } : {}),
        ...(input.outputs.includes("newKeyValue") ? { newKeyValue } : {}),
      };
    },
    logProbs: async (input, targets) => {
      const result = new Float32Array(targets.length);
      const { vocabSize } = config;
      await eachRow(input, { logits: "all", newKeyValue: false }, (results, row) => {
        const logits = float32Of(results.logits as Tensor);
        for (const [i, target] of targets.entries()) {
          if (target.row !== row) continue;
          const own = logits.subarray(target.position * vocabSize, (target.position + 1) * vocabSize);
          result[i] = (own[target.tokenId] as number) - logSumExp(own, vocabSize, maxOf(own));
        }
      });
      return result;
    },
  };
}

interface Mode {
  readonly logits: keyof typeof KEEP;
  readonly newKeyValue: boolean;
}

/** The first `length` positions of one row of one array, [kvHeads, length, headDim], without padding. */
function compactRow({ arrays, time, shape }: KvBlock, index: number, row: number, length: number) {
  const { kvHeads, headDim } = shape;
  const compact = new Float32Array(kvHeads * length * headDim);
  for (let head = 0; head < kvHeads; head++) {
    const from = (row * kvHeads + head) * time * headDim;
    const strip = (arrays[index] as Float32Array).subarray(from, from + length * headDim);
    compact.set(strip, head * length * headDim);
  }
  return compact;
}

function checkInputs(path: string, { inputNames, outputNames }: InferenceSession): void {
  const strange = inputNames.filter((name) => !KNOWN_INPUT.test(name));
  const missing = ["input_ids", "attention_mask", "past_key_values.0.key"].filter(
    (name) => !inputNames.includes(name),
  );
  const lacking = ["logits", "present.0.key"].filter((name) => !outputNames.includes(name));
  if (strange.length + missing.length + lacking.length === 0) return;
  const parts = [
    strange.length > 0 ? `it wants ${strange.join(", ")}` : "",
    missing.length > 0 ? `it has no input ${missing.join(", ")}` : "",
    lacking.length > 0 ? `it has no output ${lacking.join(", ")}` : "",
  ].filter((part) => part !== "");
  throw new EngineError(
    "model-layout",
    `${path} is not a decoder graph of transformers.js' layout: ${parts.join("; ")}. Take another repository of this model, or convert its checkpoint with: npx cloze models convert`,
    { path, strange, missing, lacking },
  );
}

function numberOr(given: number | string | undefined, otherwise: number): number {
  return typeof given === "number" && given > 0 ? given : otherwise;
}
