/** The worker process that holds an encoder–decoder's sessions; see transduction-protocol.ts for what it answers. */

import { wordListMask } from "../generation/word-list/word-list-mask.ts";
import { serveCalls, workerData } from "../runtime/serve-calls.ts";
import { type OpenTransducer, openTransducer } from "./open-transducer.ts";
import { transduce, type WrittenSequence } from "./transduce.ts";
import type { Transduced, TransductionCalls, TransductionData } from "./transduction-protocol.ts";

const { entry, threads } = workerData<TransductionData>();

let loading: Promise<OpenTransducer> | undefined;

/** The loaded model. A load that failed is tried anew by the next call: the file may be mended by then. */
function ready(): Promise<OpenTransducer> {
  loading ??= openTransducer(entry, { threads }).catch((error) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

const now = () => performance.now();

/** One request at a time, in the order of arrival. */
let turn: Promise<unknown> = Promise.resolve();

serveCalls<TransductionCalls>({
  transduce: async ({ input, settings }, { signal }) => {
    const model = await ready();
    const ids = model.encodeInput(input);
    const times = { queued: now(), started: 0, encoded: 0 };
    const run = () => {
      times.started = now();
      const { vocabSize } = model.graph.facts;
      return transduce(model.graph, ids, {
        settings,
        decodeText: model.outputText,
        signal,
        now,
        onEncoded: () => {
          times.encoded = now();
        },
        ...(settings.wordList === "off"
          ? {}
          : { wordListMask: wordListMask({ vocabSize, decodeText: model.outputText }) }),
      });
    };
    const mine = turn.then(run);
    turn = mine.catch(() => undefined);
    const written = await mine;
    const decodeMs = now() - times.encoded;
    const tokens = written.reduce((sum, { tokenIds }) => sum + tokenIds.length, 0);
    return {
      inputIds: ids,
      inputTokens: ids.map(model.inputToken),
      outputs: written.map((sequence) => describe(sequence, model)),
      ...(model.attention === undefined ? {} : { attention: model.attention }),
      timing: {
        queueMs: times.started - times.queued,
        prefillMs: times.encoded - times.started,
        decodeMs,
        tokensPerSecond: decodeMs > 0 ? (tokens * 1000) / decodeMs : 0,
      },
    };
  },
});

function describe(sequence: WrittenSequence, { graph, outputToken, outputText }: OpenTransducer): Transduced {
  const { tokenIds, tokenLogProbs, logProb, score, finishReason, attention } = sequence;
  const ended = graph.facts.eosTokenIds.includes(tokenIds.at(-1) as number);
  const length = tokenIds.length - (ended ? 1 : 0);
  return {
    text: outputText(tokenIds),
    tokenIds,
    tokens: tokenIds.slice(0, length).map(outputToken),
    tokenLogProbs: tokenLogProbs.slice(0, length),
    logProb,
    ...(score === undefined ? {} : { score }),
    finishReason,
    ...(attention ? { attention: attention.slice(0, length) } : {}),
  };
}
