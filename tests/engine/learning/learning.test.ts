import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createEngine } from "../../../src/engine/create-engine.ts";
import type { Engine } from "../../../src/engine/engine.ts";
import { checkExamples } from "../../../src/engine/learning/check-examples.ts";
import { classifyText } from "../../../src/engine/learning/learning.ts";
import type { TrainingSettings } from "../../../src/engine/learning/settings.ts";
import { demonstrationTask, type TaskName } from "../../../src/engine/learning/tasks.ts";
import { spamExamples } from "./spam-assassin.ts";

let engine: Engine;
beforeAll(() => {
  engine = createEngine({ threads: 1 });
});
afterAll(() => engine.close());

const headOn = async (task: TaskName, settings: Partial<TrainingSettings> = {}) =>
  (await engine.learning.trainHead({ examples: demonstrationTask(task), settings })).head;

/** A head without restraint, on few and partly wrong examples. */
const UNRESTRAINED = { keep: 12, labelNoise: 0.25, l2: 0, epochs: 200, earlyStopping: false };

describe("a head on frozen sentence vectors", () => {
  test("the worked example: held-out accuracy on e-mails against majority and bag of words", {
    timeout: 300_000,
  }, async () => {
    const examples = checkExamples(spamExamples());
    const { head } = await engine.learning.trainHead({ examples, settings: { seed: 1 } });
    expect(examples.counts).toEqual([264, 94]);
    // The numbers of docs/fine-tuning.md. Another type of CPU may round vectors otherwise and label two e-mails more or
    // less rightly; the baselines see no vector.
    expect(head.baselines.majority.accuracy).toBeCloseTo(66 / 90, 10);
    expect(head.baselines.bagOfWords.accuracy).toBeCloseTo(78 / 90, 10);
    expect(Math.abs(head.reading.heldOut - 82 / 90)).toBeLessThanOrEqual(2 / 90 + 1e-9);
    expect(head.reading.heldOut).toBeGreaterThan(head.baselines.bagOfWords.accuracy);
    expect(head.confusion.flat().reduce((a, b) => a + b, 0)).toBe(90);
  });

  test("order underfits: with the same words on both sides even training accuracy stays low", async () => {
    const { reading } = await headOn("order");
    expect(reading.verdict).toBe("underfitting");
    expect(reading.train).toBeLessThan(0.75);
  });

  test("opinion overfits with twelve examples of which three are wrong, 200 epochs and no regularisation", async () => {
    const head = await headOn("opinion", UNRESTRAINED);
    expect(head.noisy).toBe(3);
    expect(head.reading).toMatchObject({ verdict: "overfitting", train: 1 });
    expect(head.reading.heldOut).toBeLessThanOrEqual(0.75);
    const losses = head.curve.map(({ heldOut }) => heldOut.loss);
    expect(losses.at(-1)).toBeGreaterThan(1.2 * Math.min(...losses));
  });

  test("the same seed gives the same weights, another seed others", async () => {
    const [a, b, c] = await Promise.all([
      headOn("opinion", { epochs: 5 }),
      headOn("opinion", { epochs: 5 }),
      headOn("opinion", { epochs: 5, seed: 2 }),
    ]);
    expect(b.parameters).toEqual(a.parameters);
    expect(c.parameters).not.toEqual(a.parameters);
  });

  test("a trained head labels new texts, with training examples that are near", async () => {
    const examples = demonstrationTask("opinion");
    const { head, vectors } = await engine.learning.trainHead({ examples, settings: {} });
    const saved = { ...head, classes: 2, labels: examples.labels };
    const { labels, nearest } = await classifyText(
      engine.encoders,
      saved,
      vectors,
      "The waiter was rude and the food was cold.",
    );
    expect(labels[0]!.label).toBe("complaint");
    expect(labels[0]!.probability + labels[1]!.probability).toBeCloseTo(1, 10);
    const [first, second] = nearest;
    expect(first!.cosine).toBeGreaterThanOrEqual(second!.cosine);
    const itself = await classifyText(engine.encoders, saved, vectors, examples.examples[7]!.text);
    expect(itself.nearest[0]).toMatchObject({ example: 7 });
    expect(itself.nearest[0]!.cosine).toBeCloseTo(1, 5);
  });

  test("progress tells each part, and an abort ends the training", async () => {
    const parts = new Set<string>();
    const stop = new AbortController();
    const training = engine.learning.trainHead(
      {
        examples: demonstrationTask("opinion"),
        settings: { epochs: 500, earlyStopping: false },
        onProgress: ({ part, done }) => {
          parts.add(part);
          if (part === "head" && done === 3) stop.abort(new Error("enough"));
        },
      },
      stop.signal,
    );
    await expect(training).rejects.toThrow("enough");
    expect([...parts]).toEqual(["sentence vectors", "cross-validation", "head"]);
  });
});

describe("the small network", () => {
  test("frozen it keeps what it learned first to the last bit; whole it overwrites it", {
    timeout: 120_000,
  }, async () => {
    const { frozen, whole } = await engine.learning.trainNetworks({
      examples: demonstrationTask("letters"),
      settings: { epochs: 60, earlyStopping: false, l2: 0 },
    });
    expect(frozen.drift).toEqual({ wordVectors: 0, hiddenLayer: 0 });
    expect(frozen.firstTask.after).toEqual(frozen.firstTask.before);
    expect(whole.firstTask.before).toEqual(frozen.firstTask.before);
    expect(whole.firstTask.before.accuracy).toBeGreaterThan(0.8);
    expect(whole.drift.wordVectors).toBeGreaterThan(0.05);
    expect(whole.firstTask.after.loss).toBeGreaterThan(1.5 * whole.firstTask.before.loss);
    expect(frozen.reading.verdict).toBe("underfitting");
    expect(whole.reading.verdict).toBe("overfitting");
  });
});

test("the masked model's recorded curves go on where the head alone had ended, and fall", () => {
  const { head, whole } = engine.learning.recordedCurves();
  expect(whole[0]!.brown).toEqual(head.at(-1)!.brown);
  const perplexities = [...head, ...whole.slice(1)].map(({ brown }) => brown.perplexity);
  // A single step up is the noise of training; over five measurements it has always fallen.
  const rises = perplexities.filter((value, i) => i >= 5 && value >= perplexities[i - 5]!);
  expect(rises).toEqual([]);
  expect(Math.min(...perplexities)).toBe(whole.at(-1)!.brown.perplexity);
});
