/** The embedded pronouncer against PyTorch: references.json is written by models/build/transduction/export.py. */
import { readFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { createEngine } from "../../../src/engine/create-engine.ts";
import { pronounce } from "../../../src/engine/transduction/pronounce.ts";

interface Reference {
  readonly word: string;
  readonly greedy: readonly number[];
  /** Of each token of `greedy`, the end among them. */
  readonly logProbs: readonly number[];
  /** One row for each token of `greedy`. */
  readonly attention: readonly (readonly number[])[];
  readonly beams: readonly { readonly tokenIds: readonly number[]; readonly score: number }[];
}

const golden = new URL("../../golden/pronouncer/references.json", import.meta.url);
const references: readonly Reference[] = JSON.parse(readFileSync(golden, "utf8"));
const config = JSON.parse(
  readFileSync(new URL("../../../models/cmudict-pronouncer/config.json", import.meta.url), "utf8"),
);
const phonemes = (ids: readonly number[]) =>
  ids.filter((id) => !config.eosTokenIds.includes(id)).map((id) => config.output[id]);

const engine = createEngine({ threads: 1 });
afterAll(() => engine.close());

describe.each(references)("$word", ({ word, greedy, logProbs, attention, beams }) => {
  it("is written greedily as by PyTorch, with its log-probabilities and cross-attention to 1e-4", async () => {
    const { outputs, inputTokens } = await engine.transduce({
      input: word,
      settings: { strategy: "greedy" },
    });
    expect(inputTokens).toEqual([...word, "</s>"]);
    expect(outputs).toHaveLength(1);
    const [found] = outputs;
    expect(found!.tokens).toEqual(phonemes(greedy));
    expect(found!.logProb).toBeCloseTo(
      logProbs.reduce((sum, value) => sum + value, 0),
      3,
    );
    for (const [i, value] of found!.tokenLogProbs.entries()) expect(value).toBeCloseTo(logProbs[i]!, 4);
    for (const [i, row] of found!.attention!.entries()) {
      expect(row.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 5);
      for (const [j, weight] of row.entries()) expect(weight).toBeCloseTo(attention[i]![j]!, 4);
    }
  });

  it("gives the same beams in the same order with the same scores", async () => {
    const settings = {
      strategy: "beam",
      numBeams: beams.length,
      numReturnSequences: beams.length,
      earlyStopping: true,
    } as const;
    const { outputs } = await engine.transduce({ input: word, settings });
    expect(outputs.map(({ tokens }) => tokens)).toEqual(beams.map(({ tokenIds }) => phonemes(tokenIds)));
    for (const [i, { score }] of beams.entries()) expect(outputs[i]!.score).toBeCloseTo(score, 4);
  });
});

describe("pronounce", () => {
  it("orders by probability and reads capitals and accents as plain letters", async () => {
    const { word, pronunciations } = await pronounce(engine, " Café ", { count: 4, beams: 8 });
    expect(word).toBe("cafe");
    const probabilities = pronunciations.map(({ probability }) => probability);
    expect(probabilities).toHaveLength(4);
    expect(probabilities).toEqual([...probabilities].sort((a, b) => b - a));
    expect(probabilities.reduce((sum, p) => sum + p, 0)).toBeLessThan(1);
  });

  it.each(["two words", "42", "", "日本"])("refuses “%s” and says what it reads", async (word) => {
    await expect(pronounce(engine, word, { count: 1, beams: 5 })).rejects.toMatchObject({
      code: "input-unreadable",
      message: expect.stringContaining("the letters a to z, the apostrophe and the hyphen"),
    });
  });

  it("refuses a longer word than the model reads", async () => {
    await expect(pronounce(engine, "a".repeat(39), { count: 1, beams: 5 })).rejects.toMatchObject({
      code: "input-too-long",
      fields: { length: 39, maxInput: 38 },
    });
  });

  it("tells which spellings the recipe kept out: 5 or 6 of 100", async () => {
    // part_of of models/build/transduction/dictionary.py for these words: "knight" is in training, "house" in the test.
    const heldOut = async (word: string) => (await pronounce(engine, word, { count: 1, beams: 1 })).heldOut;
    expect(await heldOut("knight")).toBe(false);
    expect(await heldOut("house")).toBe(true);
  });

  it("samples the same pronunciation for the same seed", async () => {
    const draw = async (seed: number) => {
      const settings = { strategy: "sample", seed, temperature: 1.5 } as const;
      return (await engine.transduce({ input: "zyxle", settings })).outputs;
    };
    expect(await draw(5)).toEqual(await draw(5));
    expect((await draw(5))[0]!.tokens).not.toEqual((await draw(6))[0]!.tokens);
  });

  it("refuses contrastive search", async () => {
    await expect(
      engine.transduce({ input: "cat", settings: { strategy: "contrastive" } }),
    ).rejects.toMatchObject({ option: "strategy" });
  });
});
