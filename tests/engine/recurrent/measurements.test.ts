import { readFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { createEngine } from "../../../src/engine/create-engine.ts";
import { fillerIds } from "../../../src/engine/recurrent/filler.ts";
import { PROBE_WORDS, probeMemory, recallOf } from "../../../src/engine/recurrent/memory-probe.ts";
import { measureReading } from "../../../src/engine/recurrent/reading-speed.ts";

const model = "lstm-reader";
const engine = createEngine({ threads: 1 });
afterAll(() => engine.close());

describe("the memory probe", () => {
  it("asks with the words that the LSTM was taught, each of them one token", async () => {
    const recipe = readFileSync(new URL("../../../models/build/recurrent/probe.py", import.meta.url), "utf8");
    const taught = recipe.match(/WORDS = """([^"]*)"""/)![1]!.split(/\s+/);
    expect(PROBE_WORDS).toEqual(taught);
    for (const word of PROBE_WORDS) expect(await engine.tokenize(model, ` ${word}`)).toHaveLength(1);
  });

  it("is the same for the same trial, and about another word and text for the next", async () => {
    const first = await probeMemory(engine, model, 8, 0);
    expect(await probeMemory(engine, model, 8, 0)).toEqual(first);
    const next = await probeMemory(engine, model, 8, 1);
    expect(next.word).not.toBe(first.word);
    expect(next.gain).not.toBe(first.gain);
  });

  it("puts exactly so many tokens between", async () => {
    for (const count of [0, 1, 33, 192]) expect(await fillerIds(engine, model, 5, count)).toHaveLength(count);
  });

  it("sums up by distance, of one model only", () => {
    const trial = { model: "a", distance: 8, word: "tiger", isRight: true, gain: 3 };
    const trials = [
      trial,
      { ...trial, isRight: false, gain: -1 },
      { ...trial, distance: 0 },
      { ...trial, model: "b", isRight: false },
    ];
    expect(recallOf(trials, "a")).toEqual([
      { distance: 0, accuracy: 1, gain: 3, trials: 1 },
      { distance: 8, accuracy: 0.5, gain: 1, trials: 2 },
    ]);
  });
});

describe("reading", () => {
  it("measures each length and one by one, from numbers that fit together", async () => {
    const speed = await measureReading(engine, model, { lengths: [32, 64], seed: 1, limitMs: 60_000 });
    expect(speed.prompts.map(({ tokens }) => tokens)).toEqual([32, 64]);
    for (const { tokens, ms, msPerToken } of [...speed.prompts, speed.oneByOne]) {
      expect(ms).toBeGreaterThan(0);
      expect(msPerToken).toBeCloseTo(ms / tokens, 9);
    }
    expect(speed.gain).toBeCloseTo(speed.oneByOne.msPerToken / speed.prompts[1]!.msPerToken, 9);
  });

  it("leaves out what would take too long, but never the first", async () => {
    const speed = await measureReading(engine, model, { lengths: [32, 64, 128], seed: 1, limitMs: 0 });
    expect(speed.prompts.map(({ tokens }) => tokens)).toEqual([32]);
  });

  it("is not shortened by the prefix cache: every token goes through the graph each time", async () => {
    const tokenIds = await fillerIds(engine, model, 9, 3000);
    const first = await engine.timeReading({ model, tokenIds, together: 128 });
    const again = await engine.timeReading({ model, tokenIds, together: 128 });
    // A prompt from the cache would cost next to nothing.
    expect(again).toBeGreaterThan(first / 10);
  });

  it("refuses tokens that the model does not have", async () => {
    await expect(engine.timeReading({ model, tokenIds: [1, 4096], together: 1 })).rejects.toMatchObject({
      code: "unknown-token",
    });
  });
});
