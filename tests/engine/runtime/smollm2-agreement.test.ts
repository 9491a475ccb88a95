import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, it } from "vitest";
import { readDecoderConfig } from "../../../src/engine/models/decoder-config.ts";
import { type DecoderGraph, loadDecoderGraph } from "../../../src/engine/runtime/decoder-graph.ts";
import { createScheduler, type Scheduler } from "../../../src/engine/runtime/scheduler.ts";
import type { Task } from "../../../src/engine/runtime/task.ts";

/** What the float32 model does, recorded with transformers by models/build/decoder/smollm2_golden.py. */
interface Reference {
  readonly prompt: string;
  readonly promptIds: readonly number[];
  readonly greedyIds: readonly number[];
  /** The likeliest next token after each position of promptIds + greedyIds. */
  readonly argmaxIds: readonly number[];
}

const references: readonly Reference[] = JSON.parse(
  readFileSync(new URL("../../golden/smollm2/references.json", import.meta.url), "utf8"),
);
const COMPARED = 16;

let scheduler: Scheduler;
beforeAll(async () => {
  const directory = fileURLToPath(new URL("../../../models/smollm2-135m-instruct", import.meta.url));
  const graph: DecoderGraph = await loadDecoderGraph(directory, readDecoderConfig(directory), { threads: 1 });
  scheduler = createScheduler(graph, { maxRows: 64, maxQueue: 100, maxKvBytes: 512e6, maxCacheBytes: 0 });
});

/** Runs `promptIds`, then the tokens that `next` names for the model's choices, until it names none. */
function follow(
  promptIds: readonly number[],
  steps: number,
  next: (choice: number) => number | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const answer = (logits: Float32Array) => {
      const tokenId = next(logits.indexOf(logits.reduce((largest, score) => Math.max(largest, score))));
      if (tokenId === undefined) resolve();
      return tokenId === undefined ? [] : [{ parent: 0, tokenId }];
    };
    const task: Task = {
      promptIds,
      needsHidden: false,
      maxRows: 1,
      maxLength: promptIds.length + steps,
      isCancelled: () => false,
      onQueued: () => {},
      onStart: () => {},
      onPrompt: ({ logits }) => ({ kind: "rows", rows: answer(logits) }),
      onRows: ({ logits }) => answer(logits[0]!),
      onCancelled: () => {},
      onFailed: reject,
    };
    scheduler.submit(task);
  });
}

it("chooses the float32 model's next token at 98 % of positions or more when fed the same text", async () => {
  expect(references.length).toBeGreaterThanOrEqual(20);
  const choices = await Promise.all(
    references.map(async ({ promptIds, greedyIds }) => {
      const [first, ...fed] = [...promptIds, ...greedyIds];
      const chosen: number[] = [];
      await follow([first!], fed.length + 1, (choice) => {
        chosen.push(choice);
        return fed.shift();
      });
      return chosen;
    }),
  );
  const expected = references.flatMap(({ argmaxIds }) => argmaxIds);
  const same = choices.flat().filter((choice, i) => choice === expected[i]).length;
  expect(choices.flat()).toHaveLength(expected.length);
  expect(same / expected.length).toBeGreaterThanOrEqual(0.98);
});

it("writes the float32 model's token at 80 % of the first 16 places or more when both run freely", async () => {
  const same = await Promise.all(
    references.map(async ({ promptIds, greedyIds }) => {
      const expected = greedyIds.slice(0, COMPARED);
      const written: number[] = [];
      await follow(promptIds, COMPARED, (choice) => {
        written.push(choice);
        return written.length < expected.length ? choice : undefined;
      });
      return expected.filter((tokenId, i) => tokenId === written[i]).length;
    }),
  );
  const total = references.reduce((sum, { greedyIds }) => sum + Math.min(COMPARED, greedyIds.length), 0);
  expect(same.reduce((sum, count) => sum + count) / total).toBeGreaterThanOrEqual(0.8);
});
