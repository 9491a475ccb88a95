import fc from "fast-check";
import { expect, test } from "vitest";
import { batchByLength } from "../../../src/engine/encoding/batch-by-length.ts";

test("every sequence is in one batch, whose width depends on its own length alone and holds it", () => {
  const widthAlone = (length: number) => batchByLength([length])[0]!.width;
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 512 }), { maxLength: 80 }), (lengths) => {
      const batches = batchByLength(lengths);
      expect(batches.flatMap(({ members }) => members).sort((a, b) => a - b)).toEqual([...lengths.keys()]);
      for (const { members, width } of batches) {
        expect(members.length === 1 || members.length * width <= 1024).toBe(true);
        for (const i of members) {
          expect(width).toBe(widthAlone(lengths[i]!));
          expect(width).toBeGreaterThanOrEqual(lengths[i]!);
        }
      }
    }),
  );
});
