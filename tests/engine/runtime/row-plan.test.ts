import fc from "fast-check";
import { expect, it } from "vitest";
import { planRows } from "../../../src/engine/runtime/row-plan.ts";

const scenario = fc
  .uniqueArray(fc.nat(30), { minLength: 1, maxLength: 6 })
  .chain((slots) => fc.tuple(fc.constant(slots), fc.array(fc.nat(slots.length - 1), { maxLength: 8 })));

it("puts into each continuation's slot what its parent held, whatever the parents", () => {
  fc.assert(
    fc.property(scenario, ([slots, parents]) => {
      const memory = new Map(slots.map((slot, row) => [slot, `row ${row}`]));
      let next = 100;
      const plan = planRows(slots, parents, () => next++);
      for (const { from, to } of plan.copies) memory.set(to, memory.get(from)!);
      expect(plan.slots.map((slot) => memory.get(slot))).toEqual(parents.map((parent) => `row ${parent}`));
    }),
  );
});

it("gives no slot to two rows, and frees exactly those that nobody uses", () => {
  fc.assert(
    fc.property(scenario, ([slots, parents]) => {
      let next = 100;
      const plan = planRows(slots, parents, () => next++);
      expect(new Set(plan.slots).size).toBe(parents.length);
      expect(new Set(plan.freed)).toEqual(new Set(slots).difference(new Set(plan.slots)));
    }),
  );
});

it("copies only for further children, and into slots of rows without any", () => {
  const plan = planRows([4, 7, 9], [1, 1, 0], () => {
    throw new Error("no new slot is needed");
  });
  expect(plan).toEqual({ slots: [7, 9, 4], copies: [{ from: 7, to: 9 }], freed: [] });
});
