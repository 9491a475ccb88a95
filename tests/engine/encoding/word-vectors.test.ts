import { readFileSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { openEncoders } from "../../../src/engine/encoding/encoders.ts";
import { findMarkedWord, wordAtSpan } from "../../../src/engine/encoding/marked-word.ts";
import { nearestWords, substitutes } from "../../../src/engine/encoding/nearest-words.ts";
import { wordPieces } from "../../../src/engine/encoding/tokenize.ts";
import { cosine } from "../../../src/engine/encoding/vectors.ts";
import { compareWords, contextualVectors } from "../../../src/engine/encoding/word-vectors.ts";

const encoders = openEncoders({ threads: 1 });
afterAll(() => encoders.close());

/** The lecture's question: which two of the marked words are most alike? */
const LECTURE = [
  "I am so excited to use my new **bat** at the baseball game tomorrow.",
  "The favorite food of this species of **bat** is mosquitoes.",
  "The **cardinal** isn't just a lawn decoration; the species makes themselves useful by eating mosquitoes.",
].map((text) => findMarkedWord(text));

describe("words in context", () => {
  test("agree with PyTorch in float32 to a cosine of 0.999", async () => {
    // Made by models/build/minilm/golden.py.
    const golden: { text: string; span: [number, number]; vector: number[] }[] = JSON.parse(
      readFileSync(new URL("../../golden/encoders/words.json", import.meta.url), "utf8"),
    );
    const words = golden.map(({ text, span }) => wordAtSpan(text, span));
    const vectors = await contextualVectors(encoders, words);
    for (const [i, { vector }] of golden.entries())
      expect(cosine(vectors[i]!, vector)).toBeGreaterThan(0.999);
  });

  test("the lecture's bats: static vectors call A and B the same word", async () => {
    const compared = await compareWords(encoders, LECTURE);
    expect(compared.words).toEqual(["bat", "bat", "cardinal"]);
    expect(compared.static[0]![1]).toBeCloseTo(1, 5);
    expect(compared.closest?.static).toEqual([0, 1]);
  });

  test("the lecture's bats: in context the two animals, B and C, are most alike", async () => {
    const { contextual, closest } = await compareWords(encoders, LECTURE);
    expect(closest?.contextual).toEqual([1, 2]);
    expect(contextual[1]![2]).toBeGreaterThan(contextual[0]![1]! + 0.1);
  });

  test("a matrix of cosines is symmetric with ones on its diagonal", async () => {
    const { contextual } = await compareWords(encoders, LECTURE);
    for (const i of [0, 1, 2]) {
      expect(contextual[i]![i]).toBeCloseTo(1, 5);
      for (const j of [0, 1, 2]) expect(contextual[i]![j]).toBe(contextual[j]![i]);
    }
  });

  test("a word's vector has the same bits alone and beside other words", async () => {
    const together = await contextualVectors(encoders, LECTURE);
    const [alone] = await contextualVectors(encoders, [LECTURE[1]!]);
    expect(alone).toEqual(together[1]);
  });
});

describe("finding the marked word", () => {
  test("takes the word between asterisks and drops the asterisks", () => {
    expect(findMarkedWord("I like my **bat** a lot.")).toEqual({
      left: "I like my ",
      word: "bat",
      right: " a lot.",
    });
  });

  test("takes the only place of a named word, whatever its case, and no part of a longer word", () => {
    expect(findMarkedWord("Bats eat. The bat sleeps.", "Bat")).toEqual({
      left: "Bats eat. The ",
      word: "bat",
      right: " sleeps.",
    });
  });

  test.each([
    ["no mark and no name", "I like my bat.", undefined, "word-not-marked"],
    ["two marks", "**I** like my **bat**.", undefined, "word-not-marked"],
    ["a named word that stands twice", "A bat is a bat.", "bat", "word-not-marked"],
    ["a named word that is missing", "A bat is a bat.", "bird", "word-not-found"],
    ["an empty sentence", " ", "bird", "empty-text"],
  ])("refuses %s", (_, text, word, code) => {
    expect(() => findMarkedWord(text, word)).toThrow(expect.objectContaining({ code }));
  });

  test.each([[[3, 2]], [[0, 99]], [[0, 2]], [[0.5, 3]]] as [[number, number]][])(
    "refuses the span %j of 'The bat'",
    (span) => {
      expect(() => wordAtSpan("The bat", span)).toThrow(expect.objectContaining({ code: "bad-option" }));
    },
  );

  test("takes a span that marks a whole word", () => {
    expect(wordAtSpan("The bat sleeps", [4, 7])).toEqual({ left: "The ", word: "bat", right: " sleeps" });
  });
});

describe("neighbours", () => {
  test("a word's nearest static vectors are its relatives by form and meaning, itself left out", async () => {
    const { neighbours } = await nearestWords(encoders, "bank", 10);
    const words = neighbours.map(({ word }) => word);
    // Read off the input embeddings of the checkpoint in PyTorch.
    expect(words.slice(0, 3)).toEqual(["banks", "banking", "bankers"]);
    expect(words).not.toContain("bank");
    for (let i = 1; i < 10; i++) expect(neighbours[i]!.cosine).toBeLessThanOrEqual(neighbours[i - 1]!.cosine);
  });

  test("refuses what the vocabulary can't spell", async () => {
    await expect(nearestWords(encoders, "😀")).rejects.toMatchObject({ code: "word-not-found" });
    await expect(nearestWords(encoders, "two words")).rejects.toMatchObject({ code: "word-not-found" });
  });

  test("substitutes of a word never include the word", async () => {
    const found = await substitutes(
      encoders,
      undefined,
      findMarkedWord("We sat on the **bank** of the river."),
      5,
    );
    expect(found.substitutes).toHaveLength(5);
    expect(found.substitutes.map(({ word }) => word)).not.toContain("bank");
  });

  test("pieces show continuations with ##", () => {
    expect(wordPieces(encoders, "Unaffable!").pieces.map(({ text }) => text)).toEqual([
      "una",
      "##ffa",
      "##ble",
      "!",
    ]);
  });
});
