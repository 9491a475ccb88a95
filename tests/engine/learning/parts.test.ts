import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readWordPieceTokenizer } from "../../../src/engine/encoding/word-piece-tokenizer.ts";
import { createUniformDraw } from "../../../src/engine/generation/random.ts";
import { measureBaselines } from "../../../src/engine/learning/baselines.ts";
import { checkExamples } from "../../../src/engine/learning/check-examples.ts";
import { planTraining } from "../../../src/engine/learning/plan-training.ts";
import { readCurves } from "../../../src/engine/learning/reading.ts";
import { DEFAULTS, resolveTraining } from "../../../src/engine/learning/settings.ts";
import { newHead, trainableHead } from "../../../src/engine/learning/softmax-head.ts";
import { hiddenState, newBody, trainableNetwork } from "../../../src/engine/learning/static-network.ts";
import { demonstrationTask, firstTask, type TaskName } from "../../../src/engine/learning/tasks.ts";
import { measure, trainEpoch } from "../../../src/engine/learning/trainable.ts";

describe("the split", () => {
  const labelling = fc
    .tuple(fc.integer({ min: 2, max: 4 }), fc.integer({ min: 4, max: 60 }))
    .chain(([classes, n]) =>
      fc.record({
        classes: fc.constant(classes),
        labels: fc
          .array(fc.integer({ min: 0, max: classes - 1 }), { minLength: n, maxLength: n })
          // Four of each label, as checkExamples demands.
          .map((drawn) => [...drawn, ...Array.from({ length: classes * 4 }, (_, i) => i % classes)]),
        seed: fc.integer({ min: 0, max: 1000 }),
        heldOut: fc.double({ min: 0.1, max: 0.5, noNaN: true }),
        labelNoise: fc.double({ min: 0, max: 0.5, noNaN: true }),
        keep: fc.option(fc.integer({ min: 4, max: 80 }), { nil: undefined }),
      }),
    );

  test("no held-out example is trained on, every label is on both sides, held-out labels stay right", () => {
    fc.assert(
      fc.property(labelling, ({ classes, labels, keep, ...given }) => {
        const settings = { ...DEFAULTS, ...given, ...(keep === undefined ? {} : { keep }) };
        const plan = planTraining(labels, classes, settings);
        const train = new Set(plan.train);
        expect(plan.heldOut.filter((i) => train.has(i))).toEqual([]);
        expect(new Set(plan.heldOut.map((i) => labels[i])).size).toBe(new Set(labels).size);
        expect(new Set(plan.train.map((i) => labels[i])).size).toBe(new Set(labels).size);
        expect(plan.heldOut.every((i) => plan.labels[i] === labels[i])).toBe(true);
        if (keep === undefined) expect(plan.train.length + plan.heldOut.length).toBe(labels.length);
        else expect(plan.train.length).toBeLessThanOrEqual(Math.max(keep, classes));
        expect(plan.train.filter((i) => plan.labels[i] !== labels[i])).toHaveLength(plan.noisy);
        expect(plan.noisy).toBe(Math.round(plan.train.length * given.labelNoise));
        const validated = plan.folds.flatMap(({ heldOut }) => heldOut);
        expect(validated.toSorted((a, b) => a - b)).toEqual(plan.train.toSorted((a, b) => a - b));
      }),
    );
  });
});

describe("the softmax head", () => {
  const vectors = [
    [1, 0],
    [0.8, 0.3],
    [0, 1],
    [0.2, 0.9],
    [0.6, 0.5],
  ];
  const labels = [0, 0, 1, 1, 1];
  const all = [0, 1, 2, 3, 4];

  test("comes to the one optimum: no small step of any weight lowers the regularised loss", () => {
    const head = newHead(2, 2);
    const l2 = 0.1;
    const objective = () => {
      const { parameters } = head;
      const squares = [0, 1, 3, 4].reduce((sum, at) => sum + parameters[at]! ** 2, 0);
      return (
        measure(trainableHead(head, vectors, labels, { learningRate: 1, l2 }), all, labels).loss +
        (l2 / 2) * squares
      );
    };
    for (const learningRate of [0.05, 0.005, 0.0005]) {
      const model = trainableHead(head, vectors, labels, { learningRate, l2 });
      for (let i = 0; i < 1500; i++) model.step(all);
    }
    const best = objective();
    for (let at = 0; at < head.parameters.length; at++) {
      for (const step of [-0.02, 0.02]) {
        head.parameters[at]! += step;
        expect(objective()).toBeGreaterThan(best);
        head.parameters[at]! -= step;
      }
    }
  });

  test("more regularisation makes smaller weights and a higher training loss", () => {
    const trained = (l2: number) => {
      const head = newHead(2, 2);
      const model = trainableHead(head, vectors, labels, { learningRate: 0.05, l2 });
      for (let i = 0; i < 800; i++) model.step(all);
      const size = Math.hypot(...[0, 1, 3, 4].map((at) => head.parameters[at]!));
      return { size, loss: measure(model, all, labels).loss };
    };
    const [weak, strong] = [trained(0.001), trained(1)];
    expect(strong.size).toBeLessThan(weak.size / 2);
    expect(strong.loss).toBeGreaterThan(weak.loss);
  });
});

describe("the static network", () => {
  const dimensions = 4;
  const rows = Array.from({ length: 3 * dimensions }, (_, i) => Math.sin(i + 1));
  const body = () => newBody(rows, dimensions, 8, createUniformDraw(1, 0));

  test("learns what no linear classifier of its words could: a and b alone are one label, both or none the other", () => {
    const texts = [[0], [1], [0, 1], [2]];
    const labels = [1, 1, 0, 0];
    const model = trainableNetwork(body(), newHead(2, 8), texts, labels, { learningRate: 0.01, l2: 0 });
    const draw = createUniformDraw(1, 1);
    for (let epoch = 0; epoch < 800; epoch++) trainEpoch(model, [0, 1, 2, 3], draw);
    expect(measure(model, [0, 1, 2, 3], labels)).toMatchObject({ accuracy: 1 });
  });

  test("reads the same words in another order as the same", () => {
    const forward = hiddenState(body(), [0, 1, 2]);
    hiddenState(body(), [2, 1, 0]).forEach((value, unit) => {
      expect(value).toBeCloseTo(forward[unit]!, 12);
    });
  });

  test("moves only the word vectors of the texts it is trained on", () => {
    const moved = body();
    trainableNetwork(
      moved,
      { ...newHead(2, 8), parameters: new Float64Array(18).fill(0.5).fill(-0.5, 9) },
      [[0], [1]],
      [0, 1],
      {
        learningRate: 0.01,
        l2: 0,
      },
    ).step([0]);
    const changed = [0, 1, 2].filter((row) =>
      [0, 1, 2, 3].some((j) => moved.rows[row * dimensions + j] !== rows[row * dimensions + j]),
    );
    expect(changed).toEqual([0]);
  });
});

test("naive Bayes labels the textbook's document China (Manning, Raghavan & Schütze 2008, example 13.1)", () => {
  const texts = [
    "Chinese Beijing Chinese",
    "Chinese Chinese Shanghai",
    "Chinese Macao",
    "Tokyo Japan Chinese",
    "Chinese Chinese Chinese Tokyo Japan",
    "Tokyo Japan",
  ];
  const labels = [0, 0, 0, 1, 0, 1];
  const split = { train: [0, 1, 2, 3], heldOut: [4, 5] };
  // P(China | d5) ∝ 3/4 · (3/7)³ · 1/14 · 1/14 ≈ .0003; P(not | d5) ∝ 1/4 · (2/9)³ · 2/9 · 2/9 ≈ .0001.
  expect(measureBaselines(texts, labels, labels, 2, split)).toEqual({
    majority: { accuracy: 0.5, n: 2 },
    bagOfWords: { accuracy: 1, n: 2 },
  });
});

describe("the reading of the curves", () => {
  const read = (train: number, heldOut: number, n: number, guess = 0.5) =>
    readCurves({ accuracy: train }, { accuracy: heldOut, n }, guess);

  test("training accuracy below half way from guessing to 1 is underfitting, whatever the gap", () => {
    expect(read(0.74, 0.5, 1000)).toMatchObject({ verdict: "underfitting", low: 0.75 });
    expect(read(0.75, 0.7, 1000).verdict).toBe("fits");
    expect(read(0.84, 0.8, 1000, 0.7)).toMatchObject({ verdict: "underfitting", low: 0.85 });
  });

  test("a gap counts from .1 with many held-out examples", () => {
    expect(read(0.95, 0.84, 1000)).toMatchObject({ verdict: "overfitting", gap: 0.1 });
    expect(read(0.95, 0.86, 1000).verdict).toBe("fits");
  });

  test("with few held-out examples it takes two standard errors", () => {
    // p = (17 + 1) / 22 = .818; 2 · √(.818 · .182 / 20) = .1725.
    expect(read(1, 0.85, 20).gap).toBeCloseTo(0.1725, 4);
    expect(read(1, 0.85, 20).verdict).toBe("fits");
    expect(read(1, 0.85, 200).verdict).toBe("overfitting");
  });
});

describe("the check before training", () => {
  const some = (label: string, count: number) =>
    Array.from({ length: count }, (_, i) => ({ text: `${label} ${i}`, label }));

  test("one label only is refused, and so are too few of one", () => {
    expect(() => checkExamples(some("spam", 9))).toThrow(
      /All examples are "spam"\. A classifier needs at least 2 labels/,
    );
    expect(() => checkExamples([...some("spam", 9), ...some("ham", 3)])).toThrow(
      /"ham" has 3; each label needs at least 4/,
    );
    expect(() => checkExamples([])).toThrow(/There is no usable example/);
  });

  test("a text with two labels is left out and named; the same twice counts once", () => {
    const checked = checkExamples([
      ...some("spam", 12),
      ...some("ham", 12),
      { text: "Hello  there", label: "ham" },
      { text: "hello there", label: "spam" },
      { text: "SPAM 1", label: "spam" },
    ]);
    expect(checked.examples).toHaveLength(24);
    expect(checked.conflicts).toEqual([{ text: "Hello  there", labels: ["ham", "spam"] }]);
    expect(checked.duplicates).toBe(1);
    expect(checked.warnings).toEqual([
      'Left out, for the same text stands with different labels: "Hello  there" (ham, spam).',
      "1 example stands there twice and is counted once.",
    ]);
  });

  test("labels and texts in each other's place are noticed", () => {
    const swapped = Array.from({ length: 30 }, (_, i) => ({ text: `spam ${i}`, label: `text ${i}` }));
    expect(() => checkExamples(swapped)).toThrow(/Are label and text in the wrong order/);
  });

  test("names that objects have of their own are labels like any other", () => {
    const checked = checkExamples([...some("constructor", 4), ...some("__proto__", 4)]);
    expect(checked.labels).toEqual(["constructor", "__proto__"]);
    expect(checked.counts).toEqual([4, 4]);
  });
});

test("a setting out of range is refused with the range", () => {
  expect(() => resolveTraining({ labelNoise: 0.7 })).toThrow("labelNoise is 0.7; it must be from 0 to 0.5.");
});

test("the sentences that come with Cloze hold no text twice, and as many of each label", () => {
  expect(firstTask()).toMatchObject({ counts: [30, 30, 30, 30], warnings: [] });
  expect(demonstrationTask("opinion")).toMatchObject({ counts: [40, 40], warnings: [] });
  expect(demonstrationTask("greek")).toMatchObject({ counts: [40, 40], warnings: [] });
  expect(demonstrationTask("order")).toMatchObject({ counts: [50, 50], warnings: [] });
});

test("the encoder's tokenizer knows letters and endings of Greek but no word, and of English mostly words", () => {
  const path = fileURLToPath(new URL("../../../models/minilm-l6-v2/tokenizer.json", import.meta.url));
  const { encode, piece } = readWordPieceTokenizer(path);
  const pieces = (task: TaskName) =>
    demonstrationTask(task).examples.flatMap(({ text }) => encode(text).map((id) => piece(id)));
  const greek = new Set(pieces("greek").filter((each) => !/^(##)?\p{Script=Greek}$|^\p{P}$/u.test(each)));
  expect([...greek].sort()).toEqual(["##ης", "##ια", "##ος", "##ου"]);
  const english = pieces("opinion");
  const words = english.filter((each) => /^\p{L}{2,}$/u.test(each));
  expect(words.length / english.length).toBeGreaterThan(0.75);
});
