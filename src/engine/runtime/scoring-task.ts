import { logSumExp, maxOf } from "../generation/log-sum-exp.ts";
import type { DecoderGraph } from "./decoder-graph.ts";
import type { PromptState } from "./prompt-prefill.ts";
import type { Task } from "./task.ts";

/** Tokens of one forward pass, padding included: enough to be fast, few enough to let others step in between. */
const TOKENS_A_PASS = 256;

export interface ScoringTaskOptions {
  readonly prefixIds: readonly number[];
  readonly continuations: readonly (readonly number[])[];
  readonly graph: DecoderGraph;
  readonly signal: AbortSignal;
  readonly resolve: (logProbs: readonly (readonly number[])[]) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * One request for the log-probabilities of continuations: all rows of a pass share the prefix's keys and values,
 * and a continuation of one token needs no pass at all.
 */
export function createScoringTask(options: ScoringTaskOptions): Task {
  const { prefixIds, continuations, signal, resolve, reject } = options;
  const longest = continuations.reduce((length, ids) => Math.max(length, ids.length), 0);
  return {
    promptIds: prefixIds,
    needsHidden: false,
    maxRows: 0,
    maxLength: prefixIds.length + longest,
    isCancelled: () => signal.aborted,
    onQueued: () => {},
    onStart: () => {},
    onPrompt: (state) => {
      const results = continuations.map((ids) => firstLogProbs(state.logits, ids));
      const passes = planPasses(continuations);
      if (passes.length === 0) {
        resolve(results);
        return { kind: "rows", rows: [] };
      }
      const run = async () => {
        await scorePass(options, state, passes.shift() ?? [], results);
        if (passes.length > 0) return true;
        resolve(results);
        return false;
      };
      return { kind: "pieces", run };
    },
    onRows: () => [],
    onCancelled: () => reject(signal.reason),
    onFailed: reject,
  };
}

function firstLogProbs(logits: Float32Array, ids: readonly number[]): number[] {
  if (ids[0] === undefined) return [];
  return [(logits[ids[0]] as number) - logSumExp(logits, logits.length, maxOf(logits))];
}

/** Indices of the continuations of each pass, of similar lengths so that little is padding. */
function planPasses(continuations: readonly (readonly number[])[]): number[][] {
  const lengthOf = (index: number) => (continuations[index]?.length ?? 0) - 1;
  const order = [...continuations.keys()]
    .filter((index) => lengthOf(index) > 0)
    .sort((a, b) => lengthOf(b) - lengthOf(a));
  const passes: number[][] = [];
  for (const index of order) {
    const pass = passes.at(-1);
    if (pass && (pass.length + 1) * lengthOf(pass[0] as number) <= TOKENS_A_PASS) pass.push(index);
    else passes.push([index]);
  }
  return passes;
}

async function scorePass(
  { graph, continuations, prefixIds }: ScoringTaskOptions,
  state: PromptState,
  pass: readonly number[],
  results: number[][],
): Promise<void> {
  const rows = pass.map((index) => continuations[index] as readonly number[]);
  const count = Math.max(...rows.map(({ length }) => length)) - 1;
  const targets = rows.flatMap((ids, row) =>
    ids.slice(1).map((tokenId, position) => ({ row, position, tokenId })),
  );
  const input = {
    // Padding stands after a row's own tokens, which cannot see it.
    tokenIds: rows.flatMap((ids) =>
      Array.from({ length: count }, (_, i) => (i < ids.length - 1 ? (ids[i] as number) : 0)),
    ),
    rows: rows.length,
    pastLengths: rows.map(() => prefixIds.length),
    past: state.block,
  };
  const logProbs = await graph.logProbs(input, targets);
  for (const [i, { row }] of targets.entries()) results[pass[row] as number]?.push(logProbs[i] as number);
}
