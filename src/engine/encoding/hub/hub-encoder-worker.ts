/** The worker process that holds one encoder of the Hub; see hub-encoder-protocol.ts for what it answers. */

import { join } from "node:path";
import type { Tensor } from "onnxruntime-node";
import { EngineError } from "../../errors.ts";
import { graphOf } from "../../models/hub/graph-files.ts";
import { checkFileSizes } from "../../models/model-files.ts";
import { int64, openSession } from "../../runtime/decoder-graph.ts";
import { float32Of } from "../../runtime/exported-tensors.ts";
import { serveCalls, workerData } from "../../runtime/serve-calls.ts";
import type { HubEncoderCalls, HubEncoderData } from "./hub-encoder-protocol.ts";

const { entry, threads, pooling } = workerData<HubEncoderData>();

let loading: ReturnType<typeof load> | undefined;

/** A load that failed is tried anew by the next call. */
function ready(): ReturnType<typeof load> {
  loading ??= load().catch((error) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function load() {
  checkFileSizes(entry);
  return openSession(join(entry.directory, graphOf(entry, "encoder")), { threads });
}

/** One run at a time, one sequence a run: so a text has the same bits alone and among others. */
let turn: Promise<unknown> = Promise.resolve();

/** The first of the outputs that the graph has, [1, tokens or nothing, size]. */
async function run(
  ids: readonly number[],
  outputs: readonly string[],
): Promise<{ name: string; tensor: Tensor }> {
  const session = await ready();
  const name = outputs.find((each) => session.outputNames.includes(each));
  if (name === undefined) {
    throw new EngineError(
      "model-layout",
      `The graph of ${entry.description.id} gives ${session.outputNames.join(", ")}; needed is ${outputs.join(" or ")}. Take a repository that was exported for this use.`,
      { model: entry.description.id, outputs: session.outputNames },
    );
  }
  const shape = [1, ids.length];
  const all = {
    input_ids: int64(ids, shape),
    attention_mask: int64(Array<number>(ids.length).fill(1), shape),
    token_type_ids: int64(Array<number>(ids.length).fill(0), shape),
  };
  const feeds = Object.fromEntries(
    Object.entries(all).filter(([input]) => session.inputNames.includes(input)),
  );
  const mine = turn.then(() => session.run(feeds, [name]));
  turn = mine.catch(() => undefined);
  return { name, tensor: (await mine)[name] as Tensor };
}

async function vector(ids: readonly number[]): Promise<Float32Array> {
  const { name, tensor } = await run(ids, ["sentence_embedding", "last_hidden_state", "token_embeddings"]);
  const values = float32Of(tensor);
  const size = tensor.dims.at(-1) as number;
  const pooled = values.slice(0, size);
  if (name !== "sentence_embedding" && pooling === "mean") {
    for (let i = size; i < values.length; i++)
      pooled[i % size] = (pooled[i % size] as number) + (values[i] as number);
  }
  // The mean's divisor goes away here.
  const length = Math.hypot(...pooled) || 1;
  return pooled.map((value) => value / length);
}

serveCalls<HubEncoderCalls>({
  vectors: async (sequences, { signal }) => {
    const vectors: Float32Array[] = [];
    for (const ids of sequences) {
      signal.throwIfAborted();
      vectors.push(await vector(ids));
    }
    return vectors;
  },
  maskLogits: async ({ sequences, places }, { signal }) => {
    const rows: Float32Array[] = [];
    for (const [i, ids] of sequences.entries()) {
      signal.throwIfAborted();
      const { tensor } = await run(ids, ["logits"]);
      const logits = float32Of(tensor);
      const size = tensor.dims.at(-1) as number;
      for (const place of places[i] ?? []) rows.push(logits.slice(place * size, (place + 1) * size));
    }
    const all = new Float32Array(rows.reduce((sum, { length }) => sum + length, 0));
    let offset = 0;
    for (const row of rows) {
      all.set(row, offset);
      offset += row.length;
    }
    return all;
  },
});
