import { readFileSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { openEncoders } from "../../../src/engine/encoding/encoders.ts";
import { embedSentences, sentenceSimilarity } from "../../../src/engine/encoding/sentence-embeddings.ts";
import { embeddedSentenceModel } from "../../../src/engine/encoding/sentence-model.ts";
import { cosine, dot } from "../../../src/engine/encoding/vectors.ts";

// Made by models/build/minilm/golden.py: ids and float32 vectors of transformers' BertModel on all-MiniLM-L6-v2.
const golden: { text: string; ids: number[]; vector: number[] }[] = JSON.parse(
  readFileSync(new URL("../../golden/encoders/sentences.json", import.meta.url), "utf8"),
);
const encoders = openEncoders({ threads: 1 });
afterAll(() => encoders.close());

describe("sentence vectors", () => {
  test("the tokenizer gives the pieces of Hugging Face's tokenizers, Hebrew, emoji and accents included", () => {
    for (const { text, ids } of golden) expect([101, ...encoders.tokenizer.encode(text), 102]).toEqual(ids);
  });

  test("agree with PyTorch in float32 to a cosine of 0.999, with 8-bit weights", async () => {
    const vectors = await embedSentences(
      encoders,
      golden.map(({ text }) => text),
    );
    for (const [i, { vector }] of golden.entries())
      expect(cosine(vectors[i]!, vector)).toBeGreaterThan(0.999);
  });

  test("have length 1", async () => {
    const [vector] = await embedSentences(encoders, ["A cat sits on the mat."]);
    expect(dot(vector!, vector!)).toBeCloseTo(1, 5);
  });

  test("have the same bits alone and among 60 texts of other lengths", async () => {
    const texts = Array.from({ length: 60 }, (_, i) => `answer ${i} ${"and so on ".repeat(i % 17)}`);
    const together = await embedSentences(encoders, texts);
    for (const i of [0, 5, 16, 33, 59]) {
      const [alone] = await embedSentences(encoders, [texts[i]!]);
      expect(alone).toEqual(together[i]);
    }
  });

  test("of no texts are none", async () => {
    expect(await embedSentences(encoders, [])).toEqual([]);
  });

  test("a text of 600 words is refused with its length and the limit, not cut", async () => {
    const long = embedSentences(encoders, ["word ".repeat(600)]);
    await expect(long).rejects.toMatchObject({
      code: "text-too-long",
      fields: { tokens: 602, maxTokens: 512 },
    });
  });

  test("an empty text is refused", async () => {
    await expect(embedSentences(encoders, ["fine", "  "])).rejects.toMatchObject({ code: "empty-text" });
  });

  test("a request that is given up is refused with the reason, and the next one is answered", async () => {
    const stop = new AbortController();
    const given = embedSentences(encoders, ["one"], stop.signal);
    stop.abort(new Error("enough"));
    await expect(given).rejects.toThrow("enough");
    expect(await embedSentences(encoders, ["two"])).toHaveLength(1);
  });
});

describe("similarity", () => {
  test("a paraphrase is closer than a text on another subject", async () => {
    const near = await sentenceSimilarity(
      embeddedSentenceModel(encoders),
      "When is the exam?",
      "What date is the examination?",
    );
    const far = await sentenceSimilarity(
      embeddedSentenceModel(encoders),
      "When is the exam?",
      "The soup was too salty.",
    );
    expect(near.similarity).toBeGreaterThan(0.8);
    expect(far.similarity).toBeLessThan(0.2);
    expect(near.representation).toContain("mean");
  });

  test("names the symbols that the vocabulary lacks", async () => {
    const { unknown } = await sentenceSimilarity(embeddedSentenceModel(encoders), "I like it 😀", "שלום");
    expect(unknown).toEqual(["😀"]);
  });
});
