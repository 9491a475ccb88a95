import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createEngine } from "../../../src/engine/create-engine.ts";
import type { Engine } from "../../../src/engine/engine.ts";
import { classifyText } from "../../../src/engine/learning/learning.ts";
import type { TrainingSettings } from "../../../src/engine/learning/settings.ts";
import { demonstrationTask, type TaskName } from "../../../src/engine/learning/tasks.ts";

let engine: Engine;
beforeAll(() => {
  engine = createEngine({ threads: 1 });
});
afterAll(() => engine.close());

const headOn = async (task: TaskName, settings: Partial<TrainingSettings> = {}) =>
  (await engine.learning.trainHead({ examples: demonstrationTask(task), settings })).head;

describe("a head on frozen sentence vectors", () => {
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

test("the masked model's recorded curves go on where the head alone had ended, and each part lowers the perplexity", () => {
  const { head, whole } = engine.learning.recordedCurves();
  const perplexity = ({ brown }: (typeof head)[number]) => brown.perplexity;
  expect(perplexity(head.at(-1)!)).toBeLessThan(perplexity(head[0]!));
  expect(whole[0]!.brown).toEqual(head.at(-1)!.brown);
  expect(perplexity(whole.at(-1)!)).toBeLessThan(perplexity(whole[0]!) / 2);
  for (const part of [head, whole]) {
    const seen = part.map(({ tokens }) => tokens);
    expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b));
  }
});
