import { expect, test } from "vitest";
import { adviceFor, transitions } from "../../../../src/bot/activities/statistics/transitions.ts";

test("ten people, four right before and seven after: gain (70 − 40) / (100 − 40) = .5", () => {
  const before = new Map(Array.from({ length: 10 }, (_, index) => [`p${index}`, index < 4]));
  const after = new Map(Array.from({ length: 10 }, (_, index) => [`p${index}`, index > 0 && index < 8]));
  expect(transitions(before, after)).toEqual({
    n: 10,
    rightToRight: 3,
    rightToWrong: 1,
    wrongToRight: 4,
    wrongToWrong: 2,
    before: 0.4,
    after: 0.7,
    normalisedGain: expect.closeTo(0.5, 12),
  });
});

test("a loss is negative: eight of ten right before, seven after", () => {
  const before = new Map(Array.from({ length: 10 }, (_, index) => [`p${index}`, index < 8]));
  const after = new Map(Array.from({ length: 10 }, (_, index) => [`p${index}`, index < 7]));
  expect(transitions(before, after).normalisedGain).toBeCloseTo(-0.5, 12);
});

test("people who voted once are left out, and no gain is told when all were right before", () => {
  const result = transitions(
    new Map([
      ["a", true],
      ["b", false],
    ]),
    new Map([
      ["a", true],
      ["c", true],
    ]),
  );
  expect(result.n).toBe(1);
  expect(result.normalisedGain).toBeUndefined();
});

test.each([
  [0.34, "re-teach"],
  [0.35, "discuss"],
  [0.7, "discuss"],
  [0.71, "move-on"],
] as const)("a share of %d right means: %s", (share, advice) => {
  expect(adviceFor(share)).toBe(advice);
});
