import { join } from "node:path";
import { Tensor } from "onnxruntime-node";
import { int64, openSession, type SessionOptions } from "../runtime/decoder-graph.ts";
import type { TransducerConfig } from "./transducer-config.ts";
import type { TransductionGraph, TransductionInput } from "./transduction-graph.ts";

/**
 * The graphs of layout cloze-transducer-1 (models/build/transduction/graph.py).
 * @throws {EngineError} "model-load" when ONNX Runtime can't load one.
 */
export async function loadTransductionGraph(
  directory: string,
  config: TransducerConfig,
  options: SessionOptions,
): Promise<TransductionGraph> {
  const [encoder, decoder] = await Promise.all(
    ["encoder.onnx", "decoder.onnx"].map((name) => openSession(join(directory, name), options)),
  );
  const { layers, heads, headDim } = config;

  const run = async (input: TransductionInput, outputs: readonly string[]) => {
    const { tokenIds, rows, past, encoded } = input;
    const dims = [rows, heads, past.time, headDim];
    const feeds: Record<string, Tensor> = {
      input_ids: int64(tokenIds, [rows, tokenIds.length / rows]),
      cross: encoded.cross as Tensor,
    };
    for (const [index, array] of past.arrays.entries()) {
      feeds[`past_${index % 2 === 0 ? "key" : "value"}.${index >> 1}`] = new Tensor("float32", array, dims);
    }
    const results = await decoder!.run(feeds, outputs);
    return outputs.map((name) => results[name]!.data as Float32Array);
  };

  return {
    facts: {
      layers,
      kvHeads: heads,
      headDim,
      vocabSize: config.output.length,
      startTokenId: config.startTokenId,
      eosTokenIds: config.eosTokenIds,
      maxOutput: config.maxOutput,
    },
    encode: async (inputIds) => {
      const { cross } = await encoder!.run({ input_ids: int64(inputIds, [1, inputIds.length]) });
      return { length: inputIds.length, cross };
    },
    forward: async (input) => {
      const [logits, newKeyValue] = await run(input, ["logits", "new_kv"]);
      return { logits: logits!, newKeyValue: newKeyValue! };
    },
    attention: async (input) => {
      const [all] = await run(input, ["attention"]);
      return meanOverHeads(all!, config, input);
    },
  };
}

/** Of shape [layers, 1, heads, count, length] the chosen layer's mean over heads: [count, length]. */
function meanOverHeads(
  all: Float32Array,
  { alignmentLayer, heads }: TransducerConfig,
  { tokenIds, encoded }: TransductionInput,
): Float32Array {
  const size = tokenIds.length * encoded.length;
  const mean = new Float32Array(size);
  for (let head = 0; head < heads; head++) {
    const start = (alignmentLayer * heads + head) * size;
    for (let i = 0; i < size; i++) mean[i] = (mean[i] as number) + (all[start + i] as number) / heads;
  }
  return mean;
}
