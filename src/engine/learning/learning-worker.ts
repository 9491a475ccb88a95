/** The worker process that trains; see learning-protocol.ts for what it answers. */

import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { readWordPieceTokenizer } from "../encoding/word-piece-tokenizer.ts";
import { EngineError } from "../errors.ts";
import { type CallContext, serveCalls, workerData } from "../runtime/serve-calls.ts";
import type { LearningCalls, LearningWorkerData } from "./learning-protocol.ts";
import { type AfterEpoch, trainHead } from "./train-head.ts";
import { trainNetworks } from "./train-networks.ts";
import type { TrainingProgress } from "./training-results.ts";

const { directory } = workerData<LearningWorkerData>();
let tokenizer: ReturnType<typeof readWordPieceTokenizer> | undefined;

function pieces(texts: readonly string[]): LearningCalls["pieces"]["response"] {
  tokenizer ??= readWordPieceTokenizer(join(directory, "tokenizer.json"));
  const places = new Map<number, number>();
  const rows = texts.map((text) => {
    const ids = tokenizer!.encode(text);
    if (ids.length === 0)
      throw new EngineError("empty-text", "The text is empty. Give at least one word.", { text });
    return ids.map((id) => {
      const place = places.get(id) ?? places.size;
      places.set(id, place);
      return place;
    });
  });
  return { ids: [...places.keys()], texts: rows };
}

/** Tells each epoch, and lets messages and other trainings have their turn. */
function telling({ emit, signal }: CallContext<TrainingProgress>): AfterEpoch {
  return async (progress) => {
    emit(progress);
    await nextTurn();
    signal.throwIfAborted();
  };
}

serveCalls<LearningCalls>({
  pieces,
  head: (task, context) => trainHead(task, telling(context)),
  networks: (task, context) => trainNetworks(task, telling(context)),
});
