import { readFileSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { createEngine } from "../../../src/engine/create-engine.ts";
import { openEncoders } from "../../../src/engine/encoding/encoders.ts";
import { fillBlanks, parseBlanks } from "../../../src/engine/encoding/fill-mask/blanks.ts";
import { maskDistributions } from "../../../src/engine/encoding/fill-mask/encoder-method.ts";
import { fillMask } from "../../../src/engine/encoding/fill-mask/fill-mask.ts";
import { topIndices } from "../../../src/engine/encoding/log-softmax.ts";
import { embeddedMaskedModel } from "../../../src/engine/encoding/masked-model.ts";
import { createTextScorer } from "../../../src/engine/encoding/text-scorer.ts";

const encoders = openEncoders({ threads: 1 });
const engine = createEngine({ threads: 2 });
const scorer = createTextScorer(engine, "smollm2-135m-instruct")!;
afterAll(() => Promise.all([encoders.close(), engine.close()]));

const open = { words: [undefined], order: [], logProb: 0 };
const CAPITAL = "Paris is the [MASK] of France.";

/** The encoder's distribution at the only blank of a sentence. */
async function distribution(text: string): Promise<Float32Array> {
  const [blanks] = await maskDistributions(embeddedMaskedModel(encoders), parseBlanks(text), [open]);
  return blanks![0]!.logProbs;
}

describe("blanks", () => {
  test.each(["[MASK]", "[mask]", "<mask>", "___", "____", "_______"])("%s is a blank", (blank) => {
    expect(parseBlanks(`Paris is the ${blank} of France.`).segments).toEqual([
      "Paris is the ",
      " of France.",
    ]);
  });

  test("two underscores are not", () => {
    expect(() => parseBlanks("Paris is the __ of France.")).toThrow(
      expect.objectContaining({ code: "no-blank" }),
    );
  });

  test.each([
    ["no blank", "Paris is nice.", "no-blank"],
    ["nothing", "  ", "empty-text"],
    ["seven blanks", "___ ".repeat(7), "too-many-blanks"],
  ])("%s is refused", async (_, text, code) => {
    await expect(fillMask(encoders, undefined, { text, method: "encoder" })).rejects.toMatchObject({ code });
  });

  test("a word at the start of a sentence gets its capital letter", () => {
    expect(fillBlanks(parseBlanks("___ is nice. ___ too."), ["rome", "paris"])).toBe(
      "Rome is nice. Paris too.",
    );
    expect(fillBlanks(parseBlanks("At 3 p.m ___ came."), ["he"])).toBe("At 3 p.m he came.");
  });
});

describe("options", () => {
  test.each([
    ["top 0", { top: 0 }, "bad-option"],
    ["top 2.5", { top: 2.5 }, "bad-option"],
    ["one target", { targets: ["he"] }, "bad-target"],
    ["a target of two words", { targets: ["he", "the man"] }, "bad-target"],
    ["a target the vocabulary lacks", { targets: ["he", "𐎀"] }, "bad-target"],
    ["a method that needs a decoder", { method: "rescored" as const }, "bad-option"],
  ])("%s is refused", async (_, options, code) => {
    const request = { text: CAPITAL, method: "encoder" as const, ...options };
    await expect(fillMask(encoders, undefined, request)).rejects.toMatchObject({ code });
  });

  test("600 words are refused with the limit", async () => {
    const text = `${"word ".repeat(600)}[MASK].`;
    await expect(fillMask(encoders, undefined, { text })).rejects.toMatchObject({ code: "text-too-long" });
  });
});

describe("the encoder's distribution", () => {
  test("has PyTorch's top ten in PyTorch's order", async () => {
    // Made by models/build/minilm/golden.py: float32 arithmetic on the stored weights.
    const golden: { text: string; top: [string, number][] }[] = JSON.parse(
      readFileSync(new URL("../../golden/encoders/masked.json", import.meta.url), "utf8"),
    );
    const everything = Array.from({ length: 30_522 }, (_, id) => id);
    for (const { text, top } of golden) {
      const logProbs = await distribution(text);
      const ids = topIndices(logProbs, 10, everything);
      expect(ids.map((id) => encoders.tokenizer.piece(id))).toEqual(top.map(([piece]) => piece));
      for (const [i, [, logProb]] of top.entries()) expect(logProbs[ids[i]!]).toBeCloseTo(logProb, 2);
    }
  });

  test("sums to one and has the same bits alone and beside other sentences", async () => {
    const alone = await distribution(CAPITAL);
    const beside = await maskDistributions(embeddedMaskedModel(encoders), parseBlanks(CAPITAL), [
      open,
      open,
      open,
      open,
      open,
    ]);
    expect(beside[3]![0]!.logProbs).toEqual(alone);
    expect(alone.reduce((sum, logProb) => sum + Math.exp(logProb), 0)).toBeCloseTo(1, 4);
  });

  test("proposes whole words only, with the filled sentence", async () => {
    const { blanks, method, model } = await fillMask(encoders, undefined, { text: CAPITAL, top: 20 });
    expect({ method, model }).toEqual({ method: "encoder", model: "masked-minilm" });
    expect(blanks[0]!.predictions).toHaveLength(20);
    for (const { word, text } of blanks[0]!.predictions) {
      expect(word).toMatch(/^\p{L}+$/u);
      expect(text).toBe(`Paris is the ${word} of France.`);
    }
  });

  test("scores a target of several pieces as all of them, below its first piece alone", async () => {
    const request = {
      text: "She saw the [MASK].",
      method: "encoder" as const,
      targets: ["una", "unaffable"],
    };
    const { predictions } = (await fillMask(encoders, undefined, request)).blanks[0]!;
    const [first, whole] = ["una", "unaffable"].map(
      (word) => predictions.find((p) => p.word === word)!.probability,
    );
    expect(whole).toBeGreaterThan(0);
    expect(whole).toBeLessThan(first!);
  });
});

describe("several blanks", () => {
  test("are filled together, each once, in the order shown", async () => {
    const result = await fillMask(encoders, undefined, {
      text: "The ___ sat on the ___.",
      method: "encoder",
    });
    expect(result.blanks.map(({ index }) => index)).toEqual([0, 1]);
    for (const { words, order, text } of result.fillings!) {
      expect([...order].sort()).toEqual([0, 1]);
      expect(text).toBe(`The ${words[0]} sat on the ${words[1]}.`);
    }
    const [best, next] = result.fillings!;
    expect(best!.probability).toBeGreaterThanOrEqual(next!.probability);
  });
});

describe("with the decoder", () => {
  test("both sides of the blank make 'capital' the word that the left side alone is unsure of", async () => {
    const result = await fillMask(encoders, scorer, { text: CAPITAL, why: true });
    expect(result.method).toBe("rescored");
    expect(result.blanks[0]!.predictions[0]!.word).toBe("capital");
    const left = result.leftOnly![0]!.predictions.find(({ word }) => word === "capital");
    expect(result.blanks[0]!.predictions[0]!.probability).toBeGreaterThan((left?.probability ?? 0) + 0.3);
  });

  test("the milk is bought in a store", async () => {
    const { blanks } = await fillMask(encoders, scorer, { text: "The man went to the ___ to buy milk." });
    expect(blanks[0]!.predictions[0]!.word).toBe("store");
  });

  test("left-context probabilities are those of whole words and sum to at most one", async () => {
    const { blanks } = await fillMask(encoders, scorer, { text: CAPITAL, method: "decoder", top: 10 });
    const probabilities = blanks[0]!.predictions.map(({ probability }) => probability);
    expect(probabilities.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(1);
    expect(probabilities).toEqual([...probabilities].sort((a, b) => b - a));
  });

  test("the left context decides the decoder's answer whatever stands on the right", async () => {
    const [a, b] = await Promise.all(
      ["of France.", "song ever."].map((end) =>
        fillMask(encoders, scorer, { text: `Paris is the ___ ${end}`, method: "decoder" }),
      ),
    );
    expect(a!.blanks[0]!.predictions.map(({ word }) => word)).toEqual(
      b!.blanks[0]!.predictions.map(({ word }) => word),
    );
  });

  test("a blank in first place is filled with capitalised words", async () => {
    const { blanks } = await fillMask(encoders, scorer, { text: "___ is the capital of Italy." });
    for (const { word } of blanks[0]!.predictions) expect(word).toMatch(/^\p{Lu}/u);
  });

  test("targets are compared with shares that sum to one, likeliest first", async () => {
    const request = { text: "The doctor said [MASK] was late.", targets: ["he", "she", "they"] };
    const { predictions } = (await fillMask(encoders, scorer, request)).blanks[0]!;
    expect(predictions.map(({ word }) => word).sort()).toEqual(["he", "she", "they"]);
    expect(predictions.reduce((sum, { share }) => sum + share!, 0)).toBeCloseTo(1, 4);
    expect(predictions[2]!.word).toBe("they");
  });
});
