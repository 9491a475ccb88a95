import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { InferenceSession, Tensor } from "onnxruntime-node";
import type { Decoder, ModelRows } from "../../../src/engine/generation/decoder.ts";

const FOLDER = new URL("../../golden/tiny-llama/", import.meta.url);
const config = JSON.parse(readFileSync(new URL("config.json", FOLDER), "utf8"));

export const VOCAB_SIZE: number = config.vocabSize;

/** The small random-weight Llama of the golden numbers, run the plain way: whole sequences, no KV cache. */
export interface TinyLlama {
  /** Answers for sequences of equal length, computed once for each; the logits are the caller's own. */
  run(sequences: readonly (readonly number[])[]): Promise<ModelAnswer[]>;
}

export interface ModelAnswer {
  /** Shape [vocabSize]. */
  readonly logits: Float32Array;
  /** Shape [length, hiddenSize], flattened. */
  readonly hidden: Float32Array;
}

export async function loadTinyLlama(): Promise<TinyLlama> {
  const options = { intraOpNumThreads: 1, interOpNumThreads: 1 };
  const session = await InferenceSession.create(fileURLToPath(new URL("decoder.onnx", FOLDER)), options);
  const pastNames = session.inputNames.filter((name) => /^past_(key|value)/.test(name));
  const known = new Map<string, ModelAnswer>();

  async function compute(sequences: readonly (readonly number[])[]): Promise<void> {
    const batch = sequences.length;
    const length = sequences[0]!.length;
    const feeds: Record<string, Tensor> = {
      input_ids: new Tensor("int64", BigInt64Array.from(sequences.flat(), BigInt), [batch, length]),
      past_lengths: new Tensor("int64", new BigInt64Array(batch), [batch]),
    };
    const pastShape = [batch, config.kvHeads, 0, config.headDim];
    for (const name of pastNames) feeds[name] = new Tensor("float32", new Float32Array(0), pastShape);
    const { logits, hidden } = await session.run(feeds, ["logits", "hidden"]);
    const hiddenRows = split(hidden!.data as Float32Array, batch);
    for (const [i, row] of split(logits!.data as Float32Array, batch).entries()) {
      known.set(sequences[i]!.join(" "), { logits: row, hidden: hiddenRows[i]! });
    }
  }

  return {
    async run(sequences) {
      const unknown = sequences.filter((sequence) => !known.has(sequence.join(" ")));
      if (unknown.length > 0) await compute(unknown);
      return sequences.map((sequence) => {
        const { logits, hidden } = known.get(sequence.join(" "))!;
        return { logits: logits.slice(), hidden };
      });
    },
  };
}

/** Runs a decoder to its end under the model, as the runtime does but one request at a time. */
export async function decode(
  decoder: Decoder,
  model: TinyLlama,
  promptIds: readonly number[],
): Promise<void> {
  let sequences: (readonly number[])[] = [promptIds];
  for (let isFirst = true; ; isFirst = false) {
    const answers = await model.run(sequences);
    const rows: ModelRows = {
      logits: answers.map(({ logits }) => logits),
      ...(decoder.needsHiddenStates && {
        hidden: answers.map(({ hidden }) => hidden.slice(-config.hiddenSize)),
      }),
      ...(decoder.needsHiddenStates && isFirst && { promptHidden: answers[0]!.hidden }),
    };
    const answer = decoder.step(rows);
    if (answer.kind === "done") return;
    sequences = answer.rows.map(({ parent, tokenId }) => [...sequences[parent]!, tokenId]);
  }
}

function split(data: Float32Array, count: number): Float32Array[] {
  const size = data.length / count;
  return Array.from({ length: count }, (_, i) => data.slice(i * size, (i + 1) * size));
}
