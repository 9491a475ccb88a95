import { beforeAll, expect, it } from "vitest";
import type { DecoderGraph } from "../../../src/engine/runtime/decoder-graph.ts";
import { bytesPerPosition } from "../../../src/engine/runtime/kv-block.ts";
import { createScheduler } from "../../../src/engine/runtime/scheduler.ts";
import type { Task } from "../../../src/engine/runtime/task.ts";
import { loadTinyGraph, ROOMY, tinyConfig } from "./tiny-graph.ts";

let graph: DecoderGraph;
beforeAll(async () => {
  graph = await loadTinyGraph();
});

interface Recorded extends Task {
  cancel(): void;
  readonly ended: Promise<string>;
}

/** A task that decodes `steps` tokens and writes down what it is told. */
function recordedTask(
  name: string,
  log: string[],
  options: Partial<Task> & { readonly steps?: number } = {},
): Recorded {
  const { steps = 3, promptIds = [5, 6, 7], ...rest } = options;
  const { promise: ended, resolve } = Promise.withResolvers<string>();
  let isCancelled = false;
  let left = steps;
  const next = () => {
    log.push(`${name} step`);
    if (left-- > 0) return [{ parent: 0, tokenId: 9 }];
    resolve("done");
    return [];
  };
  return {
    promptIds,
    needsHidden: false,
    maxRows: 1,
    maxLength: promptIds.length + steps + 1,
    isCancelled: () => isCancelled,
    onQueued: (place) => log.push(`${name} place ${place}`),
    onStart: () => log.push(`${name} start`),
    onPrompt: () => ({ kind: "rows", rows: next() }),
    onRows: next,
    onCancelled: () => resolve("cancelled"),
    onFailed: (error) => resolve((error as { code?: string }).code ?? String(error)),
    cancel: () => {
      isCancelled = true;
    },
    ended,
    ...rest,
  };
}

it("lets requests join at the next step and leave when done, without waiting for one another", async () => {
  const log: string[] = [];
  const scheduler = createScheduler(graph, ROOMY);
  const long = recordedTask("long", log, { steps: 12 });
  scheduler.submit(long);
  const short = recordedTask("short", log, { steps: 2, promptIds: [8, 9] });
  scheduler.submit(short);
  expect(await short.ended).toBe("done");
  expect(log.filter((entry) => entry === "long step").length).toBeLessThan(12);
  expect(await long.ended).toBe("done");
});

it("tells each waiting request its place in line, and again when it moves up", async () => {
  const log: string[] = [];
  const scheduler = createScheduler(graph, { ...ROOMY, maxRows: 1 });
  const tasks = ["a", "b", "c"].map((name) => recordedTask(name, log));
  for (const task of tasks) scheduler.submit(task);
  await Promise.all(tasks.map(({ ended }) => ended));
  expect(log.filter((entry) => !entry.endsWith("step"))).toEqual([
    "a start",
    "b place 1",
    "c place 2",
    "b start",
    "c place 1",
    "c start",
  ]);
});

it("refuses the request that comes to a full line, and only that one", async () => {
  const log: string[] = [];
  const scheduler = createScheduler(graph, { ...ROOMY, maxRows: 1, maxQueue: 2 });
  const tasks = ["a", "b", "c", "d"].map((name) => recordedTask(name, log));
  for (const task of tasks) scheduler.submit(task);
  expect(await Promise.all(tasks.map(({ ended }) => ended))).toEqual(["done", "done", "done", "queue-full"]);
});

it("does not let small requests pass a large one that waits for room", async () => {
  const log: string[] = [];
  const scheduler = createScheduler(graph, { ...ROOMY, maxRows: 4 });
  const tasks = [
    recordedTask("first", log, { maxRows: 2, steps: 5 }),
    recordedTask("large", log, { maxRows: 4 }),
    recordedTask("small", log, { maxRows: 1 }),
  ];
  for (const task of tasks) scheduler.submit(task);
  await Promise.all(tasks.map(({ ended }) => ended));
  expect(log.filter((entry) => entry.endsWith("start"))).toEqual([
    "first start",
    "large start",
    "small start",
  ]);
});

it("starts no more than its KV memory holds, counting every row as long as the longest of its pass", async () => {
  const log: string[] = [];
  const room = 3 * 64 * bytesPerPosition(tinyConfig);
  const scheduler = createScheduler(graph, { ...ROOMY, maxKvBytes: room });
  const tasks = ["a", "b", "c", "d"].map((name) => recordedTask(name, log, { steps: 4 }));
  for (const task of tasks) scheduler.submit(task);
  await Promise.all(tasks.map(({ ended }) => ended));
  expect(log.indexOf("c start")).toBeLessThan(log.lastIndexOf("a step"));
  expect(log.indexOf("d start")).toBeGreaterThan(log.lastIndexOf("a step"));
});

it("goes on decoding between the pieces of a long prompt", async () => {
  const log: string[] = [];
  const scheduler = createScheduler(graph, ROOMY);
  const running = recordedTask("running", log, { steps: 20 });
  const long = recordedTask("long", log, { promptIds: Array.from({ length: 250 }, (_, i) => i), steps: 1 });
  scheduler.submit(running);
  scheduler.submit(long);
  await Promise.all([long.ended, running.ended]);
  const whileReading = log.slice(log.indexOf("long start"), log.indexOf("long step"));
  expect(whileReading).toContain("running step");
});

it("reads a prompt once for all who ask for it, at the same time or later", async () => {
  const log: string[] = [];
  let passes = 0;
  const counting: DecoderGraph = {
    ...graph,
    forward: (input) => {
      if (input.outputs.includes("logits") && input.tokenIds.length > input.rows) passes++;
      return graph.forward(input);
    },
  };
  const scheduler = createScheduler(counting, ROOMY);
  const together = Array.from({ length: 20 }, (_, i) => recordedTask(`t${i}`, log));
  for (const task of together) scheduler.submit(task);
  await Promise.all(together.map(({ ended }) => ended));
  const later = recordedTask("later", log);
  scheduler.submit(later);
  await later.ended;
  expect(passes).toBe(1);
});

it("frees a cancelled request's slot for the next in line", async () => {
  const log: string[] = [];
  const scheduler = createScheduler(graph, { ...ROOMY, maxRows: 1 });
  const endless = recordedTask("endless", log, { steps: 200, onRows: () => [{ parent: 0, tokenId: 9 }] });
  const next = recordedTask("next", log);
  const waiting = recordedTask("waiting", log);
  for (const task of [endless, next, waiting]) scheduler.submit(task);
  waiting.cancel();
  expect(await waiting.ended).toBe("cancelled");
  endless.cancel();
  expect(await endless.ended).toBe("cancelled");
  expect(await next.ended).toBe("done");
});

it("fails only the request whose decoder throws", async () => {
  const log: string[] = [];
  const scheduler = createScheduler(graph, ROOMY);
  const broken = recordedTask("broken", log, {
    onRows: () => {
      throw Object.assign(new Error("no"), { code: "no-token-left" });
    },
  });
  const sound = recordedTask("sound", log, { steps: 10 });
  scheduler.submit(broken);
  scheduler.submit(sound);
  expect(await broken.ended).toBe("no-token-left");
  expect(await sound.ended).toBe("done");
});

it("goes on after a pass that failed: its requests hear of it, the next ones run", async () => {
  const log: string[] = [];
  let isBroken = true;
  const fragile: DecoderGraph = {
    ...graph,
    forward: (input) => {
      if (isBroken && input.tokenIds.length === 1 && input.pastLengths[0]! > 0)
        throw new Error("out of memory");
      return graph.forward(input);
    },
  };
  const scheduler = createScheduler(fragile, ROOMY);
  const first = recordedTask("first", log);
  scheduler.submit(first);
  expect(await first.ended).toContain("out of memory");
  isBroken = false;
  const second = recordedTask("second", log);
  scheduler.submit(second);
  expect(await second.ended).toBe("done");
});

it("starts nobody's second request before another's first, and a batch when nothing live waits", async () => {
  const log: string[] = [];
  const scheduler = createScheduler(graph, { ...ROOMY, maxRows: 1 });
  const tasks = [
    recordedTask("running", log, { requester: "anna" }),
    recordedTask("batch", log, { urgency: "batch" }),
    recordedTask("anna's second", log, { requester: "anna" }),
    recordedTask("anna's third", log, { requester: "anna" }),
    recordedTask("ben's first", log, { requester: "ben" }),
    recordedTask("nobody's", log),
    recordedTask("ben's second", log, { requester: "ben" }),
  ];
  for (const task of tasks) scheduler.submit(task);
  await Promise.all(tasks.map(({ ended }) => ended));
  expect(log.filter((line) => line.endsWith(" start")).map((line) => line.replace(" start", ""))).toEqual([
    "running",
    "ben's first",
    "nobody's",
    "anna's second",
    "ben's second",
    "anna's third",
    "batch",
  ]);
});
