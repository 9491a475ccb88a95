import { EngineError } from "../errors.ts";
import { DecodeLane } from "./decode-lane.ts";
import type { DecoderGraph } from "./decoder-graph.ts";
import { bytesPerPosition, paddedTime } from "./kv-block.ts";
import { createPrefixCache } from "./prefix-cache.ts";
import { createPrefill, PREFILL_CHUNK, type PromptPrefill, type PromptState } from "./prompt-prefill.ts";
import type { Task } from "./task.ts";
import { rankOf } from "./turns.ts";

export interface SchedulerLimits {
  /** KV rows decoded at once, over all requests. */
  readonly maxRows: number;
  /** Requests that may wait; the next one is refused. */
  readonly maxQueue: number;
  /** KV memory of everything that runs. */
  readonly maxKvBytes: number;
  /** KV memory of prompts kept for reuse, beside `maxKvBytes`. */
  readonly maxCacheBytes: number;
}

export interface Scheduler {
  /**
   * Puts a request into the line; from then on it is told through its own methods.
   * @throws {EngineError} "too-many-rows" or "kv-memory" when it could not run even alone.
   */
  submit(task: Task): void;
}

/** Prompts read in turn, so that a short one need not wait for a long one. */
const MAX_PREFILLS = 4;
/**
 * Rows are padded to the longest one of their pass, so requests that can grow far longer than others are decoded
 * in a pass of their own. Upper ends, in positions.
 */
const LANE_LENGTHS = [512, 2048, Number.POSITIVE_INFINITY];

interface Prefill {
  readonly prefill: PromptPrefill;
  readonly needsHidden: boolean;
  /** Everybody who waits for this prompt. */
  tasks: Task[];
}

/**
 * Continuous batching: requests join at the next step and leave when they are done. Each turn reads a piece of a
 * prompt, decodes one token of every row, and does one piece of the other work; between them the process looks at
 * its messages. Of those with the same rank (turns.ts) the first come is served first: a request that does not
 * fit yet holds up those behind it, so that large ones are not starved by small ones.
 */
export function createScheduler(graph: DecoderGraph, limits: SchedulerLimits): Scheduler {
  const bytesEach = bytesPerPosition(graph.config);
  const cache = createPrefixCache(limits.maxCacheBytes);
  const capacity = Math.floor(limits.maxKvBytes / bytesEach);
  const lanes = LANE_LENGTHS.map(() => new DecodeLane(graph, capacity));
  const waiting: { readonly task: Task; readonly rank: number; place: number }[] = [];
  const started = new Set<Task>();
  const prefills: Prefill[] = [];
  let pieces: { readonly task: Task; readonly run: () => Promise<boolean> }[] = [];
  let isRunning = false;

  const laneIndex = (task: Task) => LANE_LENGTHS.findIndex((end) => task.maxLength <= end);
  const laneOf = (task: Task) => lanes[laneIndex(task)] as DecodeLane;

  const run = async () => {
    isRunning = true;
    while (waiting.length + started.size > 0) {
      dropCancelled();
      admit();
      await prefillSome();
      for (const lane of lanes) if (lane.size > 0) await stepLane(lane);
      await runPiece();
    }
    isRunning = false;
  };

  const dropCancelled = () => {
    for (const [index, { task }] of [...waiting.entries()].reverse()) {
      if (!task.isCancelled()) continue;
      waiting.splice(index, 1);
      task.onCancelled();
    }
    for (const task of started) {
      if (!task.isCancelled()) continue;
      laneOf(task).leave(task);
      for (const prefill of prefills) prefill.tasks = prefill.tasks.filter((other) => other !== task);
      pieces = pieces.filter((piece) => piece.task !== task);
      started.delete(task);
      task.onCancelled();
    }
  };

  const admit = () => {
    for (let first = waiting[0]; first && fits(first.task); first = waiting[0]) {
      waiting.shift();
      begin(first.task);
    }
    for (const { task } of waiting.splice(limits.maxQueue)) task.onFailed(queueFull(limits.maxQueue));
    for (const [index, entry] of waiting.entries()) {
      if (entry.place === index + 1) continue;
      entry.place = index + 1;
      entry.task.onQueued(entry.place);
    }
  };

  const fits = (task: Task) => {
    if (started.size === 0) return true;
    if (prefills.length >= MAX_PREFILLS) return false;
    const tasks = [...started, task];
    const rows = tasks.reduce((sum, { maxRows }) => sum + maxRows, 0);
    return rows <= limits.maxRows && reservedBytes(tasks) <= limits.maxKvBytes;
  };

  /** Memory that tasks may come to need: every row of a lane is as long as its longest. */
  const reservedBytes = (tasks: readonly Task[]) => {
    let positions = 0;
    for (const index of lanes.keys()) {
      const own = tasks.filter((task) => laneIndex(task) === index);
      const rows = own.reduce((sum, { maxRows }) => sum + maxRows, 0);
      positions += rows * paddedTime(Math.max(0, ...own.map(({ maxLength }) => maxLength)));
    }
    const read = [
      ...prefills.map(({ prefill }) => prefill.ids),
      ...tasks.filter(({ maxRows }) => maxRows === 0).map(({ promptIds }) => promptIds),
    ];
    for (const ids of read) positions += paddedTime(ids.length);
    return positions * bytesEach;
  };

  const begin = (task: Task) => {
    started.add(task);
    task.onStart();
    const { promptIds, needsHidden } = task;
    const known = needsHidden ? undefined : cache.whole(promptIds);
    if (known) return deliver([task], known, false);
    const same = prefills.find(
      (other) => other.needsHidden === needsHidden && sameIds(other.prefill.ids, promptIds),
    );
    if (same) return void same.tasks.push(task);
    const longest = needsHidden ? undefined : cache.longestPrefix(promptIds);
    const prefix = longest && { block: longest.state.block, sharedLength: longest.sharedLength };
    // A very long prompt is decoded where it was read, so that it is never in memory twice.
    const isLong = laneIndex(task) === lanes.length - 1;
    const options = { needsHidden, capacity: isLong ? capacity : 0, known: prefix };
    const prefill = createPrefill(promptIds, graph.config, options);
    prefills.push({ prefill, needsHidden, tasks: [task] });
  };

  /** Reads about one piece's worth of prompts, each of them once, in turn. */
  const prefillSome = async () => {
    let budget = PREFILL_CHUNK;
    for (let turns = prefills.length; turns > 0; turns--) {
      const entry = prefills[0] as Prefill;
      const size = entry.prefill.nextSize();
      if (entry.tasks.length === 0) {
        prefills.shift();
        entry.prefill.abandon();
        continue;
      }
      if (size > budget) return;
      budget -= size;
      try {
        const state = await entry.prefill.readNext(graph);
        prefills.shift();
        if (state) {
          deliver(entry.tasks, state, !cache.keep(state) && entry.tasks.length === 1);
          // Short prompts that wait take the place of those that are read: a step of few rows costs nearly a whole one.
          const before = prefills.length;
          admit();
          turns += prefills.length - before;
        } else prefills.push(entry);
      } catch (error) {
        prefills.shift();
        entry.prefill.abandon();
        for (const task of entry.tasks) fail(task, error);
      }
    }
  };

  const deliver = (tasks: readonly Task[], state: PromptState, mayTake: boolean) => {
    for (const task of tasks) {
      try {
        const followUp = task.onPrompt({ ...state, logits: state.logits.slice() });
        if (followUp.kind === "pieces") {
          pieces.push({ task, run: followUp.run });
        } else if (followUp.rows.length > 0) {
          laneOf(task).join(task, state, followUp.rows, mayTake);
        } else {
          started.delete(task);
          if (mayTake) state.block.free();
        }
      } catch (error) {
        fail(task, error);
      }
    }
  };

  const stepLane = async (lane: DecodeLane) => {
    try {
      for (const [task, error] of await lane.step()) {
        if (error === undefined) started.delete(task);
        else fail(task, error);
      }
    } catch (error) {
      const tasks = lane.tasks();
      lane.clear();
      for (const task of tasks) fail(task, error);
    }
  };

  const runPiece = async () => {
    const piece = pieces.shift();
    if (!piece) return;
    try {
      if (await piece.run()) pieces.push(piece);
      else started.delete(piece.task);
    } catch (error) {
      fail(piece.task, error);
    }
  };

  const fail = (task: Task, error: unknown) => {
    started.delete(task);
    task.onFailed(error);
  };

  return {
    submit: (task) => {
      if (task.maxRows > limits.maxRows) throw tooManyRows(task.maxRows, limits.maxRows);
      const bytes = reservedBytes([task]);
      if (bytes > limits.maxKvBytes) throw tooMuchMemory(task, bytes, limits.maxKvBytes);
      const rank = rankOf(task, [...started, ...waiting.map((entry) => entry.task)]);
      const after = waiting.findIndex((entry) => entry.rank > rank);
      waiting.splice(after < 0 ? waiting.length : after, 0, { task, rank, place: 0 });
      if (!isRunning) void run();
    },
  };
}

function sameIds(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((id, index) => id === b[index]);
}

function queueFull(maxQueue: number): EngineError {
  return new EngineError(
    "queue-full",
    `${maxQueue} requests are waiting for the model, and no more may. Ask again in a minute.`,
    { maxQueue },
  );
}

function tooManyRows(rows: number, maxRows: number): EngineError {
  return new EngineError(
    "too-many-rows",
    `The request would decode ${rows} sequences at once; this engine decodes at most ${maxRows}. Ask for fewer beams or sequences.`,
    { rows, maxRows },
  );
}

function tooMuchMemory(task: Task, bytes: number, maxBytes: number): EngineError {
  const megabytes = (value: number) => `${Math.ceil(value / 1e6)} MB`;
  return new EngineError(
    "kv-memory",
    `${task.maxRows} sequences of up to ${task.maxLength} tokens would need ${megabytes(bytes)} of KV memory; the engine may use ${megabytes(maxBytes)}. Ask for fewer sequences, fewer new tokens or a shorter prompt.`,
    { bytes, maxBytes, rows: task.maxRows, length: task.maxLength },
  );
}
