/** The worker thread that holds an encoder–decoder's sessions; see transduction-protocol.ts for what it answers. */

import { workerData } from "node:worker_threads";
import { EngineError } from "../errors.ts";
import { checkFileSizes } from "../models/model-files.ts";
import { serveCalls } from "../runtime/serve-calls.ts";
import { loadTransductionGraph } from "./own-transduction-graph.ts";
import { transduce, type WrittenSequence } from "./transduce.ts";
import { readTransducerConfig, type TransducerConfig } from "./transducer-config.ts";
import type { Transduced, TransductionCalls, TransductionData } from "./transduction-protocol.ts";

const { entry, threads } = workerData as TransductionData;

let loading: ReturnType<typeof load> | undefined;

/** The loaded model. A load that failed is tried anew by the next call: the file may be mended by then. */
function ready(): ReturnType<typeof load> {
  loading ??= load().catch((error) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function load() {
  checkFileSizes(entry);
  const config = readTransducerConfig(entry.directory);
  return { config, graph: await loadTransductionGraph(entry.directory, config, { threads }) };
}

/** One request at a time, in the order of arrival: each takes some milliseconds. */
let turn: Promise<unknown> = Promise.resolve();

serveCalls<TransductionCalls>({
  transduce: async ({ input, settings }, { signal }) => {
    const { config, graph } = await ready();
    const ids = encodeInput(input, config);
    const decodeText = (tokenIds: readonly number[]) => tokenIds.map((id) => config.output[id]).join(" ");
    const mine = turn.then(() =>
      transduce(graph, ids, { settings, decodeText, signal, now: () => performance.now() }),
    );
    turn = mine.catch(() => undefined);
    return {
      inputTokens: ids.map((id) => config.input[id] as string),
      outputs: (await mine).map((sequence) => describe(sequence, config)),
      attention: `layer ${config.alignmentLayer + 1} of ${config.layers}, mean of ${config.heads} heads`,
    };
  },
});

function encodeInput(input: string, config: TransducerConfig): number[] {
  const letters = [...input];
  const ids = letters.map((letter) => config.input.indexOf(letter));
  const unknown = [...new Set(letters.filter((_, index) => ids[index] === -1))];
  if (letters.length === 0 || unknown.length > 0) {
    const known = config.input.filter((letter) => letter.length === 1).join("");
    const came = letters.length === 0 ? "The input is empty" : `The model can't read ${unknown.join(" ")}`;
    throw new EngineError("input-unreadable", `${came}; it reads the characters ${known}.`, { unknown });
  }
  if (letters.length > config.maxInput) {
    throw new EngineError(
      "input-too-long",
      `The input has ${letters.length} characters; this model reads at most ${config.maxInput}. Shorten it.`,
      { length: letters.length, maxInput: config.maxInput },
    );
  }
  return [...ids, config.input.indexOf("</s>")];
}

function describe(sequence: WrittenSequence, config: TransducerConfig): Transduced {
  const { tokenIds, tokenLogProbs, logProb, score, finishReason, attention } = sequence;
  const ended = config.eosTokenIds.includes(tokenIds.at(-1) as number);
  const length = tokenIds.length - (ended ? 1 : 0);
  return {
    tokens: tokenIds.slice(0, length).map((id) => config.output[id] as string),
    tokenLogProbs: tokenLogProbs.slice(0, length),
    logProb,
    ...(score === undefined ? {} : { score }),
    finishReason,
    ...(attention ? { attention: attention.slice(0, length) } : {}),
  };
}
