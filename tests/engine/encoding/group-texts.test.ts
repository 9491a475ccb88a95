import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { openEncoders } from "../../../src/engine/encoding/encoders.ts";
import { clusterTexts, findDuplicates, groupVectors } from "../../../src/engine/encoding/group-texts.ts";
import { trainCentroidClassifier } from "../../../src/engine/encoding/nearest-centroid.ts";
import { normalize } from "../../../src/engine/encoding/vectors.ts";

const encoders = openEncoders({ threads: 1 });
afterAll(() => encoders.close());

const ANSWERS = [
  "Because the circuit is open.",
  "The water evaporates in the sun.",
  "The circuit was not closed.",
  "The sun makes the water evaporate.",
  "It is an open circuit.",
  "I like pizza.",
];

describe("clustering", () => {
  test("groups answers that say the same in other words, largest group first, with a member as exemplar", async () => {
    const clusters = await clusterTexts(encoders, ANSWERS);
    expect(clusters.map(({ members }) => members)).toEqual([[0, 2, 4], [1, 3], [5]]);
    for (const { members, exemplar } of clusters) expect(members).toContain(exemplar);
  });

  test("groups the same answers the same way again", async () => {
    expect(await clusterTexts(encoders, ANSWERS)).toEqual(await clusterTexts(encoders, ANSWERS));
  });

  test("one text is one group; none are none", async () => {
    expect(await clusterTexts(encoders, ["alone"])).toMatchObject([{ members: [0], exemplar: 0 }]);
    expect(await clusterTexts(encoders, [])).toEqual([]);
  });

  test("every vector is in exactly one group, and a greater distance never makes more groups", () => {
    const vector = fc
      .array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 })
      .map(normalize);
    fc.assert(
      fc.property(fc.array(vector, { minLength: 1, maxLength: 12 }), (vectors) => {
        const near = groupVectors(vectors, 0.3);
        const far = groupVectors(vectors, 0.9);
        expect(near.flatMap(({ members }) => members).sort((a, b) => a - b)).toEqual([...vectors.keys()]);
        expect(far.length).toBeLessThanOrEqual(near.length);
      }),
      { numRuns: 50 },
    );
  });

  test("refuses more texts than it can compare", async () => {
    const many = Array.from({ length: 501 }, (_, i) => `text ${i}`);
    await expect(clusterTexts(encoders, many)).rejects.toMatchObject({ code: "bad-option" });
  });
});

test("duplicate questions are found in other words", async () => {
  const questions = [
    "When is the exam?",
    "How do I submit homework?",
    "What is the date of the exam?",
    "Where can I hand in my homework?",
  ];
  const pairs = await findDuplicates(encoders, questions, 0.6);
  expect(pairs.map(({ a, b }) => [a, b])).toEqual([
    [0, 2],
    [1, 3],
  ]);
});

describe("nearest centroid", () => {
  const examples = [
    { text: "The film was wonderful.", label: "positive" },
    { text: "I loved every minute.", label: "positive" },
    { text: "A dull and tedious mess.", label: "negative" },
    { text: "I hated this film.", label: "negative" },
  ];

  test("labels new texts from four examples", async () => {
    const classifier = await trainCentroidClassifier(encoders, examples);
    const found = await classifier.classify(["What a lovely movie!", "Boring and awful."]);
    expect(found.map(([best]) => best!.label)).toEqual(["positive", "negative"]);
  });

  test("refuses examples of one label", async () => {
    await expect(trainCentroidClassifier(encoders, examples.slice(0, 2))).rejects.toMatchObject({
      code: "bad-option",
    });
  });
});
