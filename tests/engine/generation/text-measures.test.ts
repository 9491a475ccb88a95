import { describe, expect, it } from "vitest";
import { distinctN, meanOf, perplexity, repN } from "../../../src/engine/generation/text-measures.ts";

describe("text measures", () => {
  it("distinct-2 of 1 2 1 2 1: two different bigrams of four", () => {
    expect(distinctN([1, 2, 1, 2, 1], 2)).toBe(0.5);
  });
  it("does not mistake 1,23 for 12,3", () => {
    expect(distinctN([1, 23, 12, 3], 2)).toBe(1);
  });
  it("rep-n is 0 without repetition and (m − 1)/m for one token m + n − 1 times", () => {
    expect(repN([1, 2, 3, 4, 5], 3)).toBe(0);
    expect(repN(Array(10).fill(7), 4)).toBeCloseTo(6 / 7, 12);
  });
  it("is not a number for a text shorter than n tokens", () => {
    expect(distinctN([1, 2], 3)).toBeNaN();
    expect(repN([], 1)).toBeNaN();
    expect(meanOf([])).toBeNaN();
  });
  it("perplexity of tokens of probability 1/2 and 1/8 is 4", () => {
    expect(perplexity([Math.log(1 / 2), Math.log(1 / 8)])).toBeCloseTo(4, 12);
  });
});
