import { describe, expect, it } from "vitest";
import { nextTokenDistribution } from "../../../src/engine/generation/next-token-distribution.ts";
import { hashedLogits } from "./hashed-logits.ts";

const context = { promptIds: [0, 1], eosTokenIds: [], topTokens: 3 };
const logits = Float32Array.from([0.5, 0.2, 0.15, 0.1, 0.05], Math.log);

describe("next-token distribution", () => {
  it("puts the model's side and the processed side next to each other", () => {
    const { model, processed } = nextTokenDistribution(logits, { strategy: "sample", topP: 0.8 }, context);
    expect(model.tokens.map(({ tokenId }) => tokenId)).toEqual([0, 1, 2]);
    expect(model.tokens[0]!.probability).toBeCloseTo(0.5, 6);
    expect(model).toMatchObject({ possibleCount: 5 });
    expect(model.restMass).toBeCloseTo(0.15, 6);
    expect(processed.tokens[0]!.probability).toBeCloseTo(0.5 / 0.85, 6);
    expect(processed).toMatchObject({ possibleCount: 3, restMass: 0 });
    expect(processed.entropy).toBeLessThan(model.entropy);
  });

  it("lists a token that only the settings lift to the top", () => {
    const given = { strategy: "sample", presencePenalty: 0, suppressTokens: [0, 1, 2] } as const;
    const { processed } = nextTokenDistribution(logits, given, { ...context, topTokens: 1 });
    expect(processed.tokens).toEqual([{ tokenId: 3, probability: expect.closeTo(2 / 3, 5) }]);
    expect(processed.restMass).toBeCloseTo(1 / 3, 5);
  });

  it("tells what each stage cut", () => {
    const { trace } = nextTokenDistribution(
      logits,
      { strategy: "sample", topK: 2, repetitionPenalty: 1.5 },
      context,
    );
    expect(trace.stages.map(({ name, keptCount }) => [name, keptCount])).toEqual([
      ["model", 5],
      ["repetition-penalty", 5],
      ["top-k", 2],
    ]);
  });

  it("leaves the logits as they are", () => {
    const before = [...logits];
    nextTokenDistribution(logits, { strategy: "sample", temperature: 2, topK: 1 }, context);
    expect([...logits]).toEqual(before);
  });

  it("passes on that temperature 0 was taken as greedy", () => {
    const { warnings } = nextTokenDistribution(logits, { strategy: "sample", temperature: 0 }, context);
    expect(warnings).toHaveLength(1);
  });

  it("sums to 1 on both sides over a full vocabulary", () => {
    const sides = nextTokenDistribution(
      hashedLogits(3, 49_152),
      { strategy: "sample", temperature: 10, topK: 1000 },
      { ...context, topTokens: 20 },
    );
    for (const { tokens, restMass } of [sides.model, sides.processed]) {
      expect(tokens).toHaveLength(20);
      expect(tokens.reduce((sum, { probability }) => sum + probability, restMass)).toBeCloseTo(1, 6);
    }
  });
});
