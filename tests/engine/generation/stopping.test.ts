import { describe, expect, it } from "vitest";
import { constantLanguage, createStepper, decodeToy, type Language, startDecoder } from "./toy-language.ts";

/** Writes the given tokens, whatever came before; token 0 after that. The toy text of token i is the i-th letter. */
function script(tokenIds: readonly number[], vocabSize = 8): Language {
  return (soFar) => {
    const next = tokenIds[soFar.length - 1] ?? 0;
    return Float32Array.from({ length: vocabSize }, (_, id) => (id === next ? 5 : 0));
  };
}

describe("a sequence ends", () => {
  it("after max-new-tokens, which do not count the prompt", () => {
    const { sequences, steps } = decodeToy({ maxNewTokens: 3 }, script([1, 2, 3, 4]), { promptIds: [0] });
    expect(sequences[0]).toMatchObject({ tokenIds: [1, 2, 3], finishReason: "max-new-tokens" });
    expect(steps).toBe(3);
  });

  it("with any of the end-of-sequence tokens, which it keeps", () => {
    const { sequences } = decodeToy({ maxNewTokens: 9 }, script([1, 2, 3]), { eosTokenIds: [7, 2] });
    expect(sequences[0]).toMatchObject({ tokenIds: [1, 2], finishReason: "eos" });
  });

  it("with eos rather than max-new-tokens when the last token is both", () => {
    const { sequences } = decodeToy({ maxNewTokens: 2 }, script([1, 2]), { eosTokenIds: [2] });
    expect(sequences[0]!.finishReason).toBe("eos");
  });

  it("with a stop string that spans tokens", () => {
    const { sequences } = decodeToy({ maxNewTokens: 9, stopStrings: ["cd"] }, script([1, 2, 3, 4]));
    expect(sequences[0]).toMatchObject({ tokenIds: [1, 2, 3], finishReason: "stop-string" });
  });

  it("with the first of several stop strings to come up", () => {
    const { sequences } = decodeToy(
      { maxNewTokens: 9, stopStrings: ["xyz", "e", "cd"] },
      script([1, 2, 3, 4]),
    );
    expect(sequences[0]!.tokenIds).toEqual([1, 2, 3]);
  });

  it("not with a stop string that begins in the prompt", () => {
    const { sequences } = decodeToy({ maxNewTokens: 3, stopStrings: ["ab"] }, script([1, 2, 3]), {
      promptIds: [0],
    });
    expect(sequences[0]!.finishReason).toBe("max-new-tokens");
  });

  it("with a stop string inside one token's text, and one made of partial characters", () => {
    const pieces = ["", "Yes.", "\n\nNo", "�", "�"];
    const decodeText = (ids: readonly number[]) =>
      ids
        .map((id) => pieces[id]!)
        .join("")
        .replace("��", "é");
    const language = script([1, 3, 4, 2]);
    const run = (stop: string) =>
      decodeToy({ maxNewTokens: 4, stopStrings: [stop] }, language, { decodeText });
    expect(run("\n").sequences[0]!.tokenIds).toEqual([1, 3, 4, 2]);
    expect(run("é").sequences[0]).toMatchObject({ tokenIds: [1, 3, 4], finishReason: "stop-string" });
  });

  it("with the first token chosen after max-time", () => {
    let time = 1000;
    const decoder = startDecoder({ maxNewTokens: 9, maxTimeMs: 50 }, script([1, 2, 3, 4]), {
      now: () => time,
    });
    const stepper = createStepper(decoder, script([1, 2, 3, 4]), [0]);
    expect(stepper.step()).toBe(true);
    time = 1050;
    expect(stepper.step()).toBe(true);
    time = 1051;
    expect(stepper.step()).toBe(false);
    expect(decoder.sequences()[0]).toMatchObject({ tokenIds: [1, 2, 3], finishReason: "max-time" });
  });

  it("at a time of its own: samples of one request leave the batch one by one", () => {
    // Each token ends a sequence with probability 1/2.
    const language = constantLanguage([0.5, 0.5]);
    const context = { eosTokenIds: [1] };
    const settings = { strategy: "sample", numReturnSequences: 20, maxNewTokens: 10, seed: 3 } as const;
    const decoder = startDecoder(settings, language, context);
    let rows = 1;
    const rowCounts: number[] = [];
    for (;;) {
      const answer = decoder.step({ logits: Array.from({ length: rows }, () => language([])) });
      if (answer.kind === "done") break;
      rows = answer.rows.length;
      rowCounts.push(rows);
    }
    expect(rowCounts.length).toBeGreaterThan(2);
    expect(rowCounts).toEqual([...rowCounts].sort((a, b) => b - a));
    for (const { tokenIds, finishReason } of decoder.sequences()) {
      expect(tokenIds.indexOf(1)).toBe(finishReason === "eos" ? tokenIds.length - 1 : -1);
    }
  });
});

describe("beams end", () => {
  it("one by one with stop strings, the others going on", () => {
    const { sequences } = decodeToy(
      { strategy: "beam", numBeams: 3, numReturnSequences: 3, maxNewTokens: 4, stopStrings: ["b"] },
      constantLanguage([0.5, 0.3, 0.2]),
    );
    expect(sequences).toHaveLength(3);
    for (const { tokenIds, finishReason } of sequences) {
      expect(tokenIds.slice(0, -1)).not.toContain(1);
      expect(finishReason).toBe(tokenIds.at(-1) === 1 ? "stop-string" : "max-new-tokens");
    }
  });

  it.each(["beam", "diverse-beam"] as const)("all at once when time runs out: %s", (strategy) => {
    let time = 0;
    const language = constantLanguage([0.5, 0.3, 0.2]);
    const groups = strategy === "beam" ? {} : { numBeamGroups: 2, diversityPenalty: 0.5 };
    const settings = {
      strategy,
      numBeams: 4,
      numReturnSequences: 4,
      maxNewTokens: 20,
      maxTimeMs: 10,
      ...groups,
    };
    const decoder = startDecoder(settings, language, { now: () => time });
    const stepper = createStepper(decoder, language, [0]);
    stepper.step();
    stepper.step();
    time = 11;
    expect(stepper.step()).toBe(false);
    const sequences = decoder.sequences();
    expect(sequences).toHaveLength(4);
    for (const { tokenIds, finishReason } of sequences) {
      expect(tokenIds).toHaveLength(3);
      expect(finishReason).toBe("max-time");
    }
  });
});
