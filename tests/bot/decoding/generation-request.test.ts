import { describe, expect, test } from "vitest";
import { generate } from "../../../src/bot/commands/generate.ts";
import { parseOptions } from "../../../src/bot/commands/parse-options.ts";
import { generationRequest } from "../../../src/bot/decoding/generation-request.ts";
import type { Engine, TokenPiece } from "../../../src/engine/engine.ts";

/** An engine that only splits texts into letters with made-up ids; anything else it is asked throws. */
const letters = {
  models: () => [{ id: "letters", family: "decoder-only" }],
  tokenize: async (_model: string, text: string): Promise<TokenPiece[]> =>
    [...text].map((letter) => ({ id: letter.codePointAt(0)!, text: letter })),
} as unknown as Engine;

async function request(raw: Record<string, unknown>) {
  const values = parseOptions(generate.options, { prompt: "A", ...raw });
  return generationRequest(values as Parameters<typeof generationRequest>[0], letters);
}

describe("a strategy left out follows from the other options, and the person is told", () => {
  test.each([
    [{}, "greedy", undefined],
    [{ "top-p": 0.9 }, "sample", "Strategy sample, since top-p was given and no strategy."],
    [{ seed: 7 }, "sample", "Strategy sample, since seed was given and no strategy."],
    [{ "num-beams": 4 }, "beam", "Strategy beam, since num-beams was given and no strategy."],
    [
      { "num-beams": 4, "top-k": 50 },
      "beam-sample",
      "Strategy beam-sample, since num-beams and top-k was given and no strategy.",
    ],
    [
      { "penalty-alpha": 0.6 },
      "contrastive",
      "Strategy contrastive, since penalty-alpha was given and no strategy.",
    ],
    [
      { "diversity-penalty": 1 },
      "diverse-beam",
      "Strategy diverse-beam, since diversity-penalty was given and no strategy.",
    ],
    [
      { "num-return-sequences": 3 },
      "sample",
      "Strategy sample, since num-return-sequences was given and no strategy.",
    ],
  ])("%o → %s", async (raw, strategy, note) => {
    const { request: made, notes } = await request(raw);
    expect(made.settings.strategy).toBe(strategy);
    expect(notes).toEqual(note === undefined ? [] : [note]);
  });
});

test("a preset's settings are the start, and options given beside it win", async () => {
  const { request: made } = await request({ preset: "creative", "top-p": 0.5 });
  expect(made.settings).toMatchObject({ strategy: "sample", topP: 0.5, temperature: 1, maxNewTokens: 100 });
  const { request: shorter } = await request({ preset: "creative", "max-new-tokens": 60 });
  expect(shorter.settings.maxNewTokens).toBe(60);
});

test("bad words are forbidden at the start of a text and after a space", async () => {
  const { request: made } = await request({ "bad-words": "no|a" });
  expect(made.settings.badWords).toEqual([[110, 111], [32, 110, 111], [97], [32, 97]]);
});

test("a forced start becomes one token a step", async () => {
  const { request: made } = await request({ "forced-start": "Hi" });
  expect(made.settings.forcedTokens).toEqual([
    { step: 0, tokenId: 72 },
    { step: 1, tokenId: 105 },
  ]);
});

test("max-time is given in seconds and stop strings are separated by |", async () => {
  const { request: made } = await request({ "max-time": 1.5, stop: "END|\n" });
  expect(made.settings).toMatchObject({ maxTimeMs: 1500, stopStrings: ["END"] });
});

test("a token id that is none is named", async () => {
  await expect(request({ "suppress-tokens": "12, x" })).rejects.toThrow(
    'suppress-tokens has "x"; it must be token ids separated by commas',
  );
});

test("a system prompt without the chat template is refused with what to do", async () => {
  await expect(request({ "system-prompt": "Be brief." })).rejects.toMatchObject({ code: "option-unusable" });
});

test("a seed is drawn where none is given", async () => {
  const { request: made } = await request({});
  expect(made.settings.seed).toSatisfy(
    (seed: number) => Number.isInteger(seed) && seed >= 0 && seed < 100_000,
  );
});
