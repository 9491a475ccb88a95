import { afterAll, beforeAll, expect, it } from "vitest";
import { createEngine } from "../../../src/engine/create-engine.ts";
import type { Engine } from "../../../src/engine/engine.ts";
import { collect, continuation, eventsOf, outputsOf } from "../collect.ts";

let engine: Engine;
beforeAll(() => {
  engine = createEngine({ threads: 1 });
});
afterAll(() => engine.close());

it("answers a question by the chat template and ends by itself", async () => {
  const settings = { maxNewTokens: 60 };
  const request = {
    prompt: "What is the capital of France? Answer in one word.",
    mode: "chat",
    settings,
  } as const;
  const [output] = await outputsOf(engine, request);
  expect(output!.text).toContain("Paris");
  expect(output!.finishReason).toBe("eos");
});

it("streams a continuation token by token, with the log-probabilities that scoring finds", async () => {
  const events = await collect(engine, continuation("The capital of France is", { maxNewTokens: 8 }));
  const deltas = eventsOf(events, "token-delta");
  const { promptIds } = eventsOf(events, "generation-start")[0]!;
  expect(deltas.map(({ text }) => text).join("")).toMatch(/^ Paris/);
  const continuations = [deltas.map(({ tokenId }) => tokenId)];
  const [scores] = await engine.scoreContinuations({ prefixIds: promptIds, continuations });
  // The 8-bit activations of a batch of tokens round differently from those of one token.
  for (const [i, { logProb }] of deltas.entries()) expect(scores![i]).toBeCloseTo(logProb, 0);
});

it("gives the same bits alone and in a batch, for prompts of one and of several pieces", async () => {
  const long = "Language models assign probabilities to sequences of words. ".repeat(20);
  const watched = [
    continuation("The nice woman", {
      strategy: "sample",
      topP: 0.9,
      seed: 7,
      maxNewTokens: 20,
      minNewTokens: 20,
    }),
    continuation(long, { strategy: "beam", numBeams: 3, numReturnSequences: 3, maxNewTokens: 10 }),
  ];
  const alone: unknown[] = [];
  for (const request of watched) alone.push(await outputsOf(engine, request));
  const crowd = Array.from({ length: 16 }, (_, i) =>
    outputsOf(
      engine,
      continuation(`Story ${i}: `.repeat(i + 1), { strategy: "sample", seed: i, maxNewTokens: 4 + i }),
    ),
  );
  const together = await Promise.all(watched.map((request) => outputsOf(engine, request)));
  await Promise.all(crowd);
  expect(together).toEqual(alone);
});
