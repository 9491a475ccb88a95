import { describe, expect, test } from "vitest";
import { chooseNextToken } from "../../../src/engine/generation/choose-next-token.ts";
import { createDecoder } from "../../../src/engine/generation/create-decoder.ts";
import { resolveSettings } from "../../../src/engine/generation/resolve-settings.ts";

// log of [.1 .2 .3 .4]
const logits = Float32Array.from([0.1, 0.2, 0.3, 0.4].map(Math.log));
const context = { promptIds: [0], eosTokenIds: [] };

describe("the next token alone", () => {
  test("greedy takes the likeliest, and leaves the logits as they are", () => {
    const before = [...logits];
    expect(chooseNextToken(logits, { strategy: "greedy" }, { ...context, writtenIds: [] })).toBe(3);
    expect([...logits]).toEqual(before);
  });

  test.each([0, 7, 12345])("seed %i: token by token is the same as in one go", (seed) => {
    const given = { strategy: "sample", seed, maxNewTokens: 8, repetitionPenalty: 1.3 } as const;
    const { settings } = resolveSettings(given);
    const decoder = createDecoder(settings, { ...context, vocabSize: 4, decodeText: () => "", now: () => 0 });
    for (let step = 0; step < 8; step++) decoder.step({ logits: [logits.slice()] });
    const written: number[] = [];
    for (let step = 0; step < 8; step++) {
      written.push(chooseNextToken(logits, given, { ...context, writtenIds: written }));
    }
    expect(written).toEqual(decoder.sequences()[0]!.tokenIds);
  });
});
