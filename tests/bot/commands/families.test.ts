import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { allActions, allCommands } from "../../../src/bot/commands/all-commands.ts";
import type { Engine } from "../../../src/engine/engine.ts";
import { classEngine } from "../activities/class-engine.ts";
import { botRig, type Outcome } from "../bot-rig.ts";

let engine: Engine;
let close: () => Promise<void>;
beforeAll(() => {
  ({ engine, close } = classEngine());
});
afterAll(() => close());

function ask(command: string, options: Record<string, unknown>): Promise<Outcome> {
  return botRig({ engine, commands: allCommands, actions: allActions }).as("ada").command(command, options);
}

function dataOf<Data>({ replies }: Outcome): Data {
  const last = replies.at(-1);
  if (last?.kind !== "message") throw new Error("no message");
  return last.data as Data;
}

describe("/pronounce", () => {
  test("shows as many pronunciations as asked for, and an alignment whose rows sum to 1", async () => {
    const outcome = await ask("pronounce", { word: "Knight", count: 2 });
    expect(outcome.text).toContain("naɪt");
    const data = dataOf<{ word: string; pronunciations: { phonemes: string[] }[] }>(outcome);
    expect(data.word).toBe("knight");
    expect(data.pronunciations).toHaveLength(2);
    const block = outcome.card!.blocks.find(({ type }) => type === "chart");
    expect(block).toMatchObject({ chart: { kind: "alignment", input: [..."knight", "end"] } });
    if (block?.type !== "chart" || block.chart.kind !== "alignment") throw new Error("no alignment");
    expect(block.chart.weights).toHaveLength(data.pronunciations[0]!.phonemes.length);
    for (const row of block.chart.weights) expect(row.reduce((sum, x) => sum + x, 0)).toBeCloseTo(1, 5);
  });

  test("refuses more pronunciations than beams, and says what to set", async () => {
    expect((await ask("pronounce", { word: "cat", count: 6, beams: 5 })).text).toContain(
      "Set beams to 6 or more",
    );
  });

  test("one beam is greedy and gives one", async () => {
    const outcome = await ask("pronounce", { word: "cat", beams: 1 });
    expect(dataOf(outcome)).toMatchObject({ pronunciations: [{ phonemes: ["K", "AE1", "T"] }] });
    expect(outcome.card!.footer).toContain("greedy");
  });

  test("says what it reads when it can't read a word", async () => {
    expect((await ask("pronounce", { word: "R2-D2" })).text).toContain("the letters a to z");
  });
});

describe("/families", () => {
  test("gives the sentence to each kind and says what each saw", async () => {
    const outcome = await ask("families", { sentence: "She put 2 cakes in the oven.", blank: "oven" });
    const text = outcome.text;
    expect(text).toContain("saw the whole sentence at once");
    expect(text).toContain("For “oven” it saw “She put 2 cakes in the”");
    expect(text).toContain("It can't read 2.");
    const data = dataOf<{
      encoder: { vector: number[] };
      continuations: { family: string }[];
      encoderDecoder: { words: { word: string }[]; unread: string[] };
    }>(outcome);
    expect(Math.hypot(...data.encoder.vector)).toBeCloseTo(1, 4);
    expect(data.continuations.map(({ family }) => family)).toEqual(["decoder-only", "recurrent"]);
    expect(data.encoderDecoder.words.map(({ word }) => word)).toEqual([
      "she",
      "put",
      "cakes",
      "in",
      "the",
      "oven",
    ]);
    expect(data.encoderDecoder.unread).toEqual(["2"]);
  });

  test("refuses one word, and a blank that is not in the sentence", async () => {
    expect((await ask("families", { sentence: "Hello" })).text).toContain(
      "sentence has 1 word; give 2 to 20",
    );
    expect((await ask("families", { sentence: "A cat sat.", blank: "dog" })).text).toContain(
      "Name one of: A, cat, sat.",
    );
  });
});

describe("/recurrent", () => {
  test("measures both models: every number of the card is in the data", async () => {
    const outcome = await ask("recurrent", { trials: 1 });
    const data = dataOf<{
      speeds: { model: string; prompts: { tokens: number }[] }[];
      recall: { model: string; distances: { distance: number; trials: number }[] }[];
    }>(outcome);
    expect(data.speeds.map(({ model }) => model)).toEqual(["lstm-reader", "tiny-llama"]);
    expect(data.recall[0]!.distances.map(({ distance }) => distance)).toEqual([8, 64, 192, 384, 512]);
    // What does not fit the tiny transformer's context of 256 tokens is left out.
    expect(data.recall[1]!.distances.map(({ distance }) => distance)).toEqual([8, 64, 192]);
    expect(data.speeds[1]!.prompts.every(({ tokens }) => tokens <= 256)).toBe(true);
    for (const { distances } of data.recall) for (const { trials } of distances) expect(trials).toBe(1);
    expect(
      outcome.card!.blocks.some((block) => block.type === "chart" && block.chart.kind === "forgetting"),
    ).toBe(true);
  });

  test("refuses a model that is no transformer, and names those that are", async () => {
    const { text } = await ask("recurrent", { model: "lstm-reader" });
    expect(text).toContain("There is no decoder-only model “lstm-reader”. Choose tiny-llama");
  });
});
