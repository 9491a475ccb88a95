import fc from "fast-check";
import { expect, it } from "vitest";
import { KvBlock, paddedTime } from "../../../src/engine/runtime/kv-block.ts";

const SHAPE = { layers: 2, kvHeads: 3, headDim: 1 };

/** Numbers that tell layer, key or value, row, head and position apart, as the graph would give them. */
function freshTokens(rows: number, count: number, stamp: number): Float32Array {
  const size = SHAPE.layers * 2 * rows * SHAPE.kvHeads * count * SHAPE.headDim;
  return Float32Array.from({ length: size }, (_, i) => stamp * 100_000 + i);
}

/** What a block holds of a row: one list of numbers for each position. */
function contents(block: KvBlock, row: number, length: number): number[][] {
  return Array.from({ length }, (_, position) =>
    block.arrays.flatMap((array) =>
      Array.from({ length: SHAPE.kvHeads }, (_, head) => {
        const start = ((row * SHAPE.kvHeads + head) * block.time + position) * SHAPE.headDim;
        return [...array.subarray(start, start + SHAPE.headDim)];
      }).flat(),
    ),
  );
}

type Change =
  | { readonly kind: "append"; readonly count: number }
  | { readonly kind: "rows"; readonly rows: number }
  | { readonly kind: "time"; readonly extra: number }
  | { readonly kind: "copy"; readonly from: number; readonly to: number; readonly since: number };

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ kind: fc.constant("append" as const), count: fc.integer({ min: 1, max: 70 }) }),
  fc.record({ kind: fc.constant("rows" as const), rows: fc.integer({ min: 1, max: 5 }) }),
  fc.record({ kind: fc.constant("time" as const), extra: fc.integer({ min: 0, max: 3 }) }),
  fc.record({
    kind: fc.constant("copy" as const),
    from: fc.nat(4),
    to: fc.nat(4),
    since: fc.double({ min: 0, max: 1, noNaN: true }),
  }),
);

it("keeps what every row holds through any order of appending, copying, growing and shrinking", () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 25 }), (changes) => {
      const block = new KvBlock(SHAPE, 5 * 2048);
      block.resize(1, 0, []);
      let expected: number[][][] = [[]];
      const lengths = () => expected.map(({ length }) => length);
      for (const [stamp, step] of changes.entries()) {
        if (step.kind === "append") {
          const fresh = freshTokens(block.rows, step.count, stamp);
          const longest = paddedTime(Math.max(...lengths()) + step.count);
          block.resize(block.rows, Math.max(block.time, longest), lengths());
          block.append(fresh, step.count, lengths());
          const part = new KvBlock(SHAPE, block.rows * step.count);
          part.resize(block.rows, step.count, []);
          part.append(
            fresh,
            step.count,
            lengths().map(() => 0),
          );
          expected = expected.map((row, index) => [...row, ...contents(part, index, step.count)]);
        } else if (step.kind === "rows") {
          block.resize(step.rows, block.time, lengths());
          expected = Array.from({ length: step.rows }, (_, row) => expected[row] ?? []);
        } else if (step.kind === "time") {
          block.resize(block.rows, paddedTime(Math.max(...lengths())) + step.extra * 64, lengths());
        } else if (step.from < block.rows && step.to < block.rows && step.from !== step.to) {
          // Rows share a beginning only if they hold the same there, which is what the caller knows.
          const source = expected[step.from]!;
          const since = expected[step.to]!.findIndex((position, i) => position.join() !== source[i]?.join());
          block.copyRow(
            block,
            step.from,
            step.to,
            since < 0 ? Math.min(source.length, expected[step.to]!.length) : Math.floor(since * step.since),
            source.length,
          );
          expected[step.to] = source;
        }
        const held = expected.map(({ length }, row) => contents(block, row, length));
        expect(JSON.stringify(held)).toBe(JSON.stringify(expected));
      }
    }),
    { numRuns: 40 },
  );
});

it("lays a token's key and value of each layer and head where the graph reads them", () => {
  const block = new KvBlock(SHAPE, 200);
  block.resize(2, 64, []);
  block.append(freshTokens(2, 1, 0), 1, [5, 9]);
  // Fresh numbers count up over [layers, 2, rows, kvHeads, headDim]: layer 1's value is array 3, row 1's head 2 comes last.
  const last = (1 * SHAPE.kvHeads + 2) * 64 + 9;
  const expected =
    [3, 1, 2].reduce((index, digit, place) => index * [1, 2, 3][place]! + digit, 0) * SHAPE.headDim;
  expect(block.arrays[3]![last * SHAPE.headDim]).toBe(expected);
});

it("gives its memory back when freed", () => {
  const block = new KvBlock(SHAPE, 64);
  block.resize(1, 64, []);
  const { buffer } = block.arrays[0]!;
  block.free();
  expect(buffer.byteLength).toBe(0);
  expect(block.bytes).toBe(0);
});
