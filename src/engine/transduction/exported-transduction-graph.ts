import { Tensor } from "onnxruntime-node";
import { EngineError } from "../errors.ts";
import type { DecoderFacts } from "../models/decoder-config.ts";
import { int64, openSession, type SessionOptions } from "../runtime/decoder-graph.ts";
import { dimsOf, float32Of, floatTensor } from "../runtime/exported-tensors.ts";
import type { TransductionGraph } from "./transduction-graph.ts";

/** What the encoder left of an input, and what the decoder's first step made of it. */
interface Cross {
  readonly hidden: Tensor;
  readonly mask: Tensor;
  /** Keys and values of the input, by name; the decoder computes them in its first step. */
  keys: Readonly<Record<string, Tensor>> | undefined;
}

export interface ExportedTransducer {
  readonly encoderPath: string;
  readonly decoderPath: string;
  /** Of the decoder. */
  readonly facts: DecoderFacts;
  readonly startTokenId: number;
}

/**
 * T5's graphs in the layout of Optimum and transformers.js: `encoder_model`, and `decoder_model_merged` with
 * `use_cache_branch`. The cross-attention's keys and values come out of the decoder's first step and are kept; what
 * the later steps give in their place means nothing. Rows run one by one, so that a text's bits are its own.
 * @throws {EngineError} "model-load", "model-layout"
 */
export async function loadExportedTransducer(
  { encoderPath, decoderPath, facts, startTokenId }: ExportedTransducer,
  options: SessionOptions,
): Promise<TransductionGraph> {
  const encoder = await openSession(encoderPath, options);
  const decoder = await openSession(decoderPath, options);
  const inputs = dimsOf(decoder.inputMetadata);
  const selfNames = decoder.inputNames.filter((name) => /^past_key_values\.\d+\.decoder\./.test(name));
  const crossNames = decoder.inputNames.filter((name) => /^past_key_values\.\d+\.encoder\./.test(name));
  const known = ["input_ids", "encoder_hidden_states", "encoder_attention_mask", "use_cache_branch"];
  const strange = decoder.inputNames.filter(
    (name) => ![...known, ...selfNames, ...crossNames].includes(name),
  );
  if (strange.length > 0 || selfNames.length === 0 || !inputs.has("use_cache_branch")) {
    throw new EngineError(
      "model-layout",
      `${decoderPath} is not T5's decoder_model_merged of transformers.js' layout: its inputs are ${decoder.inputNames.join(", ")}. Take another repository of this model.`,
      { path: decoderPath, inputs: decoder.inputNames },
    );
  }
  const layers = selfNames.length / 2;
  const arrays = Array.from({ length: layers }, (_, layer) =>
    ["key", "value"].map((kind) => `${layer}.decoder.${kind}`),
  ).flat();
  const type = inputs.get(`past_key_values.${arrays[0]}`)?.type ?? "float32";
  const { kvHeads, headDim, vocabSize } = facts;
  const nothing = () => floatTensor(type, new Float32Array(0), [1, kvHeads, 0, headDim]);

  return {
    facts: {
      layers,
      kvHeads,
      headDim,
      vocabSize,
      startTokenId,
      eosTokenIds: facts.eosTokenIds,
      maxOutput: facts.contextLength,
    },
    encode: async (inputIds) => {
      const shape = [1, inputIds.length];
      const mask = int64(Array<number>(inputIds.length).fill(1), shape);
      const results = await encoder.run({ input_ids: int64(inputIds, shape), attention_mask: mask });
      const cross: Cross = { hidden: results.last_hidden_state as Tensor, mask, keys: undefined };
      return { length: inputIds.length, cross };
    },
    forward: async ({ tokenIds, rows, past, encoded }) => {
      const cross = encoded.cross as Cross;
      const { time } = past;
      const logits = new Float32Array(rows * vocabSize);
      const newKeyValue = new Float32Array(arrays.length * rows * kvHeads * headDim);
      for (let row = 0; row < rows; row++) {
        const feeds: Record<string, Tensor> = {
          input_ids: int64([tokenIds[row] as number], [1, 1]),
          encoder_hidden_states: cross.hidden,
          encoder_attention_mask: cross.mask,
          use_cache_branch: new Tensor("bool", [cross.keys !== undefined], [1]),
        };
        for (const name of crossNames) feeds[name] = cross.keys?.[name] ?? nothing();
        for (const [index, name] of arrays.entries()) {
          const size = kvHeads * time * headDim;
          const own = past.arrays[index]?.subarray(row * size, (row + 1) * size) ?? new Float32Array(0);
          feeds[`past_key_values.${name}`] = floatTensor(type, own, [1, kvHeads, time, headDim]);
        }
        const results = await decoder.run(feeds);
        cross.keys ??= Object.fromEntries(
          crossNames.map((name) => [name, results[name.replace("past_key_values", "present")] as Tensor]),
        );
        logits.set(float32Of(results.logits as Tensor).subarray(-vocabSize), row * vocabSize);
        for (const [index, name] of arrays.entries()) {
          const whole = float32Of(results[`present.${name}`] as Tensor);
          for (let head = 0; head < kvHeads; head++) {
            const end = (head + 1) * (time + 1) * headDim;
            const to = ((index * rows + row) * kvHeads + head) * headDim;
            newKeyValue.set(whole.subarray(end - headDim, end), to);
          }
        }
      }
      return { logits, newKeyValue };
    },
  };
}
