import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type ItemResponse,
  itemStatistics,
} from "../../../../src/bot/activities/statistics/item-statistics.ts";

/** Eleven people; item a is right for p0–p5, item b for p0–p3 and p10, item c for p0–p1. */
const CLASS: ItemResponse[] = Array.from({ length: 11 }, (_, index) => index).flatMap((index) => {
  const personId = `p${index}`;
  return [
    { personId, itemId: "a", score: index < 6 ? 1 : 0, choices: [index < 6 ? "yes" : "no"] },
    { personId, itemId: "b", score: index < 4 || index === 10 ? 1 : 0 },
    { personId, itemId: "c", score: index < 2 ? 1 : 0 },
  ];
});
const KEY = new Map([["a", { all: ["yes", "no", "maybe"], correct: ["yes"] }]]);

describe("itemStatistics", () => {
  const [a, b] = itemStatistics(CLASS, KEY);

  test("difficulty is the mean score: 6 of 11 and 5 of 11", () => {
    expect(a?.difficulty).toBeCloseTo(6 / 11, 12);
    expect(b?.difficulty).toBeCloseTo(5 / 11, 12);
  });

  // Rest scores for a (b + c): p0 p1 2, p2 p3 p10 1, the others 0. 27 % of 11 is 3: the upper group is p0, p1 and
  // a third each of p2, p3, p10; the lower one is half (3 of 6) of p4–p9, of whom p4 and p5 were right.
  test("discrimination shares tied places: upper (2 + 2/3) / 3 less lower (2/6)", () => {
    expect(a?.discrimination).toBeCloseTo((2 + 2 / 3) / 3 - 2 / 6, 12);
  });

  // numpy.corrcoef([1,1,1,1,1,1,0,0,0,0,0], [2,2,1,1,0,0,0,0,0,0,1])[0, 1]
  test("point-biserial correlates with the score on the other items", () => {
    expect(a?.pointBiserial).toBeCloseTo(0.5164, 4);
  });

  test("choices are counted, and a distractor nobody takes is flagged", () => {
    expect(a?.choices.map(({ choice, count }) => [choice, count])).toEqual([
      ["yes", 6],
      ["no", 5],
      ["maybe", 0],
    ]);
    expect(a?.flags.map(({ kind }) => kind)).toContain("unused-distractor");
  });

  test("nine answers are said to be too few, whatever the figures", () => {
    const nine = CLASS.filter(({ personId }) => personId !== "p9" && personId !== "p10");
    expect(itemStatistics(nine, KEY)[0]?.flags).toEqual([
      { kind: "too-few", reason: "9 answers are too few to judge the item; at least 10 are needed." },
    ]);
  });

  test("an item that the weakest get right and the best wrong has its key doubted", () => {
    const wrongKey = CLASS.filter(({ itemId }) => itemId !== "a").concat(
      Array.from({ length: 11 }, (_, index) => ({
        personId: `p${index}`,
        itemId: "a",
        score: index < 6 ? 0 : 1,
      })),
    );
    const found = itemStatistics(wrongKey).find(({ itemId }) => itemId === "a");
    expect(found?.discrimination).toBeLessThan(0);
    expect(found?.flags.map(({ kind }) => kind)).toContain("negative-discrimination");
  });

  test("one item alone has no discrimination and no correlation", () => {
    const [only] = itemStatistics(CLASS.filter(({ itemId }) => itemId === "a"));
    expect(only?.discrimination).toBeUndefined();
    expect(only?.pointBiserial).toBeUndefined();
  });

  test("the order of answers changes nothing", () => {
    const sorted = (responses: readonly ItemResponse[]) =>
      itemStatistics(responses, KEY).sort((x, y) => x.itemId.localeCompare(y.itemId));
    const expected = sorted(CLASS);
    fc.assert(
      fc.property(fc.shuffledSubarray(CLASS, { minLength: CLASS.length }), (shuffled) => {
        for (const [index, item] of sorted(shuffled).entries()) {
          expect(item.discrimination).toBeCloseTo(expected[index]!.discrimination!, 10);
          expect(item.pointBiserial).toBeCloseTo(expected[index]!.pointBiserial!, 10);
        }
      }),
      { numRuns: 50 },
    );
  });
});
