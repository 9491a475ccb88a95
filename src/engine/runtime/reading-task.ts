import type { DecoderGraph } from "./decoder-graph.ts";
import { createPrefill } from "./prompt-prefill.ts";
import type { Task } from "./task.ts";

export interface ReadingTaskOptions {
  readonly tokenIds: readonly number[];
  /** Tokens that go through the graph in one pass, from 1. */
  readonly together: number;
  readonly graph: DecoderGraph;
  readonly signal: AbortSignal;
  readonly now: () => number;
  /** @param ms Spent in the graph's passes and on keeping what they gave; other requests' turns in between do not count. */
  readonly resolve: (ms: number) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * One measurement of how long reading takes, piece by piece, from nothing. The prefix cache has no part in it: the
 * scheduler itself reads only the first token, as it must for every task.
 */
export function createReadingTask(options: ReadingTaskOptions): Task {
  const { tokenIds, together, graph, signal, now, resolve, reject } = options;
  return {
    promptIds: tokenIds.slice(0, 1),
    needsHidden: false,
    maxRows: 0,
    maxLength: tokenIds.length,
    isCancelled: () => signal.aborted,
    onQueued: () => {},
    onStart: () => {},
    onPrompt: () => {
      const prefill = createPrefill(tokenIds, graph.config, {
        needsHidden: false,
        capacity: 0,
        piece: together,
      });
      let ms = 0;
      const run = async () => {
        const begun = now();
        const state = await prefill.readNext(graph);
        ms += now() - begun;
        if (!state) return true;
        state.block.free();
        resolve(ms);
        return false;
      };
      return { kind: "pieces", run };
    },
    onRows: () => [],
    onCancelled: () => reject(signal.reason),
    onFailed: reject,
  };
}
