import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createEngine } from "../../../src/engine/create-engine.ts";
import { fillMask } from "../../../src/engine/encoding/fill-mask/fill-mask.ts";
import { sentenceSimilarity } from "../../../src/engine/encoding/sentence-embeddings.ts";
import type { Engine } from "../../../src/engine/engine.ts";
import { recordModel } from "../../../src/engine/models/hub/added-models.ts";
import { expected, hubEntry } from "./golden-hub.ts";

let folder: string;
let engine: Engine;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cloze-hub-encoders-"));
  const addedModels = join(folder, "models.json");
  for (const [name, kind] of [
    ["tiny-bert", "masked"],
    ["tiny-distilbert", "masked"],
    ["tiny-sentence", "sentence-encoder"],
  ] as const) {
    const entry = hubEntry(name, { family: "encoder-only", kind });
    recordModel(addedModels, { ...entry, revision: "a1".repeat(20), dtype: "fp32" });
  }
  engine = createEngine({ addedModels, threads: 1 });
});
afterEach(async () => {
  await engine.close();
  rmSync(folder, { recursive: true });
});

describe.each(Object.entries(expected.masked))("%s", (name, { text, ids, place, logits }) => {
  it("splits a text as transformers does and gives PyTorch's logits at the mask to 1e-3", async () => {
    const masked = engine.maskedModel(name);
    expect(masked.tokenizer.wrap(masked.tokenizer.encode(text), text)).toEqual(ids);
    const found = await masked.maskLogits({ sequences: [ids], places: [[place]] });
    expect(found).toHaveLength(logits.length);
    expect(Math.max(...logits.map((logit, i) => Math.abs(logit - found[i]!)))).toBeLessThan(1e-3);
  });

  it("fills the blank with its likeliest whole words", async () => {
    const masked = engine.maskedModel(name);
    const sum = logits.reduce((total, logit) => total + Math.exp(logit), 0);
    const words = masked.tokenizer.wholeWords
      .map((id) => ({ word: masked.tokenizer.piece(id), probability: Math.exp(logits[id]!) / sum }))
      .sort((a, b) => b.probability - a.probability);
    const result = await fillMask(engine.encoders, undefined, { text, method: "encoder", masked, top: 3 });
    expect(result.model).toBe(name);
    const { predictions } = result.blanks[0]!;
    expect(predictions.map(({ word }) => word)).toEqual(words.slice(0, 3).map(({ word }) => word));
    for (const [i, { probability }] of predictions.entries()) {
      expect(probability).toBeCloseTo(words[i]!.probability, 4);
    }
  });
});

describe("tiny-sentence", () => {
  it("gives PyTorch's mean-pooled vectors of length 1, with the same bits alone and among others", async () => {
    const model = engine.sentenceModel("tiny-sentence");
    const texts = expected.sentences.map(({ text }) => text);
    const vectors = await model.embed(texts);
    for (const [i, { vector }] of expected.sentences.entries()) {
      expect(Math.max(...vector.map((value, j) => Math.abs(value - vectors[i]![j]!)))).toBeLessThan(1e-4);
    }
    expect((await model.embed([texts[1]!]))[0]).toEqual(vectors[1]);
  });

  it("compares sentences, and says what it is", async () => {
    const [a, b] = expected.sentences as [(typeof expected.sentences)[0], (typeof expected.sentences)[0]];
    const result = await sentenceSimilarity(engine.sentenceModel("tiny-sentence"), a.text, b.text);
    const cosine = a.vector.reduce((sum, value, i) => sum + value * b.vector[i]!, 0);
    expect(result).toMatchObject({
      model: "tiny-sentence",
      representation: "mean of the last layer's token states, length 1",
    });
    expect(result.similarity).toBeCloseTo(cosine, 4);
  });

  it("refuses a text longer than the model reads", async () => {
    await expect(async () =>
      engine.sentenceModel("tiny-sentence").embed(["word ".repeat(80)]),
    ).rejects.toThrow(/and the encoder reads 64/);
  });
});

it("refuses a model of another kind and says what is needed", () => {
  expect(() => engine.maskedModel("tiny-sentence")).toThrow(
    "tiny-sentence is of the kind sentence-encoder; a model that fills blanks is of the kind masked.",
  );
  expect(() => engine.sentenceModel("smollm2-135m-instruct")).toThrow(
    /one of the family encoder-only is needed/,
  );
  expect(() => engine.maskedModel("tiny-bird")).toThrow(/There is no model "tiny-bird"/);
});
