import type { PromptState } from "./prompt-prefill.ts";
import type { Task } from "./task.ts";

/** A request that ends with its prompt: for the next token's scores. */
export function createLogitsTask(options: {
  readonly promptIds: readonly number[];
  readonly signal: AbortSignal;
  readonly resolve: (state: PromptState) => void;
  readonly reject: (error: unknown) => void;
}): Task {
  const { promptIds, signal, resolve, reject } = options;
  return {
    promptIds,
    needsHidden: false,
    maxRows: 0,
    maxLength: promptIds.length,
    isCancelled: () => signal.aborted,
    onQueued: () => {},
    onStart: () => {},
    onPrompt: (state) => {
      resolve(state);
      return { kind: "rows", rows: [] };
    },
    onRows: () => [],
    onCancelled: () => reject(signal.reason),
    onFailed: reject,
  };
}
