import type { Continuation, ModelRows } from "../generation/decoder.ts";
import { BLOCK_SIZE } from "../generation/processors/candidates.ts";
import type { DecoderFacts } from "../models/decoder-config.ts";
import type { DecoderGraph, ForwardOutput } from "./decoder-graph.ts";
import { KvBlock, paddedTime } from "./kv-block.ts";
import type { PromptState } from "./prompt-prefill.ts";
import { release } from "./release.ts";
import { planRows } from "./row-plan.ts";
import type { Task } from "./task.ts";

interface LaneRow {
  readonly task: Task;
  /** The token to be run next; it is not in the cache yet. */
  readonly tokenId: number;
  /** What the cache holds after the prompt. */
  readonly written: readonly number[];
}

/** Shrinking moves every row, so it waits until a pass would get this much smaller. */
const SHRINK_BELOW = 0.75;

/** Rows of any requests that are decoded in one forward pass, one token a step. */
export class DecodeLane {
  readonly #graph: DecoderGraph;
  readonly #capacity: number;
  #block: KvBlock | undefined;
  /** By slot, without gaps. */
  #rows: LaneRow[] = [];
  /** The slots of each task's rows, in the decoder's order. */
  readonly #slots = new Map<Task, readonly number[]>();

  /** @param capacity The most positions of all rows together, each as long as the longest. */
  constructor(graph: DecoderGraph, capacity: number) {
    this.#graph = graph;
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#rows.length;
  }

  tasks(): Task[] {
    return [...this.#slots.keys()];
  }

  /** @param mayTake Whether the prompt's block belongs to nobody else, so that it can be decoded in place. */
  join(task: Task, prompt: PromptState, continuations: readonly Continuation[], mayTake: boolean): void {
    const length = prompt.ids.length;
    const lengths = this.#lengths();
    const first = this.#rows.length;
    const rows = continuations.map(({ tokenId }) => ({ task, tokenId, written: [] }));
    const takes = mayTake && first === 0 && prompt.block.capacity >= this.#capacity;
    if (takes) {
      this.#block = prompt.block;
      lengths.push(length);
    }
    this.#block ??= new KvBlock(prompt.block.shape, this.#capacity);
    const block = this.#block;
    this.#fit(block, first + rows.length, lengths, length);
    for (let slot = first + (takes ? 1 : 0); slot < first + rows.length; slot++) {
      block.copyRow(takes ? block : prompt.block, 0, slot, 0, length);
    }
    if (mayTake && !takes) prompt.block.free();
    this.#rows.push(...rows);
    this.#slots.set(
      task,
      rows.map((_, index) => first + index),
    );
  }

  /** Takes a task's rows out. */
  leave(task: Task): void {
    this.#place(new Map([[task, []]]));
  }

  /**
   * Runs one token of every row and asks each task what follows.
   * @returns Tasks that have no more rows, with the error for those that failed.
   */
  async step(): Promise<Map<Task, unknown>> {
    const rows = this.#rows;
    const block = this.#block as KvBlock;
    const lengths = this.#lengths();
    this.#fit(block, rows.length, lengths);
    const needsHidden = rows.some(({ task }) => task.needsHidden);
    const output = await this.#graph.forward({
      tokenIds: rows.map(({ tokenId }) => tokenId),
      rows: rows.length,
      pastLengths: lengths,
      past: block,
      outputs: [
        "logits",
        "newKeyValue",
        ...(hasSummary(this.#graph) ? (["blockMaxima", "logSumExp"] as const) : []),
        ...(needsHidden ? (["hidden"] as const) : []),
      ],
    });
    block.append(output.newKeyValue as Float32Array, 1, lengths);
    this.#rows = rows.map((row) => ({ ...row, written: [...row.written, row.tokenId] }));

    const ended = new Map<Task, unknown>();
    const answers = new Map<Task, readonly Continuation[]>();
    for (const [task, slots] of this.#slots) {
      answers.set(task, []);
      try {
        answers.set(task, task.onRows(rowsOf(output, slots, task.needsHidden, this.#graph.config)));
        if (answers.get(task)?.length === 0) ended.set(task, undefined);
      } catch (error) {
        ended.set(task, error);
      }
    }
    release(output.logits as Float32Array);
    release(output.newKeyValue as Float32Array);
    this.#place(answers);
    return ended;
  }

  /** Drops all rows, after a pass that failed. */
  clear(): void {
    this.#rows = [];
    this.#slots.clear();
    this.#block?.free();
    this.#block = undefined;
  }

  #lengths(): number[] {
    return this.#rows.map(({ task, written }) => task.promptIds.length + written.length);
  }

  /** Makes room for so many rows, and for one more position in each of them and in one of `newLength`. */
  #fit(block: KvBlock, rows: number, lengths: readonly number[], newLength = 0): void {
    const needed = paddedTime(Math.max(newLength, ...lengths) + 1);
    const time = Math.max(block.time, needed);
    block.resize(rows, rows * time > block.capacity ? needed : time, lengths);
  }

  /** Moves rows to where the next pass wants them: children beside their parents, no gaps. */
  #place(answers: ReadonlyMap<Task, readonly Continuation[]>): void {
    const block = this.#block;
    if (!block) return;
    const old = this.#rows;
    const lengths = this.#lengths();
    const next: (LaneRow | undefined)[] = [...old];
    const copies: { from: number; to: number; since: number; until: number }[] = [];
    for (const [task, continuations] of answers) {
      const slots = this.#slots.get(task) ?? [];
      const plan = planRows(
        slots,
        continuations.map(({ parent }) => parent),
        () => next.push(undefined) - 1,
      );
      for (const { from, to } of plan.copies) {
        copies.push({
          from,
          to,
          since: sharedLength(old[from] as LaneRow, old[to]),
          until: lengths[from] as number,
        });
      }
      for (const slot of plan.freed) next[slot] = undefined;
      for (const [index, slot] of plan.slots.entries()) {
        const { parent, tokenId } = continuations[index] as Continuation;
        const { written } = old[slots[parent] as number] as LaneRow;
        next[slot] = { task, tokenId, written };
      }
      if (plan.slots.length > 0) this.#slots.set(task, plan.slots);
      else this.#slots.delete(task);
    }
    if (next.length > old.length) this.#fit(block, next.length, lengths);
    for (const { from, to, since, until } of copies) block.copyRow(block, from, to, since, until);
    this.#rows = next as LaneRow[];
    this.#closeGaps(next, block);
    this.#shrink(block);
  }

  /** Fills each gap with the last row. */
  #closeGaps(rows: (LaneRow | undefined)[], block: KvBlock): void {
    for (let gap = rows.indexOf(undefined); gap >= 0; gap = rows.indexOf(undefined)) {
      const last = rows.pop();
      if (!last || gap === rows.length) continue;
      rows[gap] = last;
      block.copyRow(block, rows.length, gap, 0, last.task.promptIds.length + last.written.length);
      const slots = this.#slots.get(last.task) ?? [];
      this.#slots.set(
        last.task,
        slots.map((slot) => (slot === rows.length ? gap : slot)),
      );
    }
  }

  #shrink(block: KvBlock): void {
    if (this.#rows.length === 0) {
      this.clear();
      return;
    }
    const lengths = this.#lengths();
    const time = paddedTime(Math.max(...lengths) + 1);
    block.resize(this.#rows.length, time <= block.time * SHRINK_BELOW ? time : block.time, lengths);
  }
}

/** Positions in which two rows hold the same: those of the prompt and of the tokens that agree. */
function sharedLength(a: LaneRow, b: LaneRow | undefined): number {
  if (a.task !== b?.task) return 0;
  let shared = 0;
  while (shared < Math.min(a.written.length, b.written.length) && a.written[shared] === b.written[shared])
    shared++;
  return a.task.promptIds.length + shared;
}

function hasSummary({ gives }: DecoderGraph): boolean {
  return gives.has("blockMaxima") && gives.has("logSumExp");
}

function rowsOf(
  { logits, hidden, blockMaxima, logSumExp }: ForwardOutput,
  slots: readonly number[],
  needsHidden: boolean,
  { vocabSize, hiddenSize }: DecoderFacts,
): ModelRows {
  const row = (values: Float32Array, size: number, slot: number) =>
    values.subarray(slot * size, (slot + 1) * size);
  return {
    logits: slots.map((slot) => row(logits as Float32Array, vocabSize, slot)),
    ...(blockMaxima && logSumExp
      ? {
          summaries: slots.map((slot) => ({
            blockMaxima: row(blockMaxima, vocabSize / BLOCK_SIZE, slot),
            logSumExp: logSumExp[slot] as number,
          })),
        }
      : {}),
    ...(needsHidden ? { hidden: slots.map((slot) => row(hidden as Float32Array, hiddenSize, slot)) } : {}),
  };
}
