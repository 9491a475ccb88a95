import { expect, it } from "vitest";
import { KvBlock } from "../../../src/engine/runtime/kv-block.ts";
import { createPrefixCache } from "../../../src/engine/runtime/prefix-cache.ts";
import { PREFILL_CHUNK, type PromptState } from "../../../src/engine/runtime/prompt-prefill.ts";

const SHAPE = { layers: 1, kvHeads: 1, headDim: 1 };
const BYTES = 64 * 2 * 4;

function state(ids: readonly number[]): PromptState {
  const block = new KvBlock(SHAPE, 64);
  block.resize(1, 64, []);
  return { ids, block, logits: new Float32Array(1) };
}

function prompt(length: number, last = 0): number[] {
  return Array.from({ length }, (_, i) => (i === length - 1 ? last : i));
}

it("finds a whole prompt only under exactly its ids", () => {
  const cache = createPrefixCache(10 * BYTES);
  cache.keep(state([1, 2, 3]));
  expect(cache.whole([1, 2, 3])?.ids).toEqual([1, 2, 3]);
  expect(cache.whole([1, 2])).toBeUndefined();
  expect(cache.whole([12, 3])).toBeUndefined();
});

it("takes over beginnings only in whole pieces, where a fresh reading would make the same cut", () => {
  const cache = createPrefixCache(10 * BYTES);
  cache.keep(state(prompt(PREFILL_CHUNK * 2 + 5)));
  expect(cache.longestPrefix(prompt(PREFILL_CHUNK * 2 + 40, 99))?.sharedLength).toBe(PREFILL_CHUNK * 2);
  expect(cache.longestPrefix(prompt(PREFILL_CHUNK * 2 - 1))?.sharedLength).toBe(PREFILL_CHUNK);
  expect(cache.longestPrefix(prompt(PREFILL_CHUNK - 1))).toBeUndefined();
});

it("leaves at least one token to be read, for its scores", () => {
  const cache = createPrefixCache(10 * BYTES);
  cache.keep(state(prompt(PREFILL_CHUNK * 2 + 5)));
  expect(cache.longestPrefix(prompt(PREFILL_CHUNK * 2, PREFILL_CHUNK * 2 - 1))?.sharedLength).toBe(
    PREFILL_CHUNK,
  );
});

it("makes room by dropping what was used longest ago, and stays within its bytes", () => {
  const cache = createPrefixCache(2 * BYTES);
  cache.keep(state([1]));
  cache.keep(state([2]));
  cache.whole([1]);
  cache.keep(state([3]));
  expect([[1], [2], [3]].map((ids) => cache.whole(ids) !== undefined)).toEqual([true, false, true]);
  expect(cache.bytes).toBe(2 * BYTES);
});

it("says no to a prompt larger than all its room", () => {
  expect(createPrefixCache(BYTES - 1).keep(state([1]))).toBe(false);
});
