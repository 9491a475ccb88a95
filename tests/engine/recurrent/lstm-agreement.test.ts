/** The embedded LSTM against PyTorch: references.json is written by models/build/recurrent/export.py. */
import { readFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { createEngine } from "../../../src/engine/create-engine.ts";
import { continuation, outputsOf } from "../collect.ts";

interface Reference {
  readonly prompt: string;
  readonly promptIds: readonly number[];
  readonly logits: readonly number[];
  readonly greedy: readonly number[];
  readonly logProbs: readonly number[];
}

const model = "lstm-reader";
const golden = new URL("../../golden/lstm-reader/references.json", import.meta.url);
const references: readonly Reference[] = JSON.parse(readFileSync(golden, "utf8"));
const engine = createEngine({ threads: 1 });
afterAll(() => engine.close());

describe.each(references)("after “$prompt”", ({ prompt, promptIds, logits, greedy, logProbs }) => {
  it("the next token's logits are PyTorch's to 1e-3", async () => {
    const found = await engine.nextTokenLogits({ model, prompt, mode: "continuation" });
    expect(found.promptIds).toEqual(promptIds);
    expect(found.logits).toHaveLength(logits.length);
    expect(Math.max(...logits.map((logit, i) => Math.abs(logit - found.logits[i]!)))).toBeLessThan(1e-3);
  });

  it("greedy decoding writes PyTorch's tokens, though its state goes through the cache step by step", async () => {
    const settings = { maxNewTokens: greedy.length };
    const [output] = await outputsOf(engine, { ...continuation(prompt, settings), model });
    expect(output!.tokenIds).toEqual(greedy);
    for (const [i, logProb] of logProbs.entries()) expect(output!.tokenLogProbs[i]).toBeCloseTo(logProb, 3);
  });

  it("scoring the same continuation all at once gives the same log-probabilities", async () => {
    const [scored] = await engine.scoreContinuations({
      model,
      prefixIds: promptIds,
      continuations: [greedy],
    });
    for (const [i, logProb] of logProbs.entries()) expect(scored![i]).toBeCloseTo(logProb, 3);
  });
});

describe("decoding", () => {
  const requests = [
    continuation("The President", { strategy: "sample", seed: 4, maxNewTokens: 24, minNewTokens: 24 }),
    continuation("A bird", { strategy: "beam", numBeams: 4, numReturnSequences: 2, maxNewTokens: 16 }),
    continuation("In the year", { strategy: "contrastive", maxNewTokens: 12 }),
    continuation("He", { strategy: "diverse-beam", maxNewTokens: 10 }),
  ].map((request) => ({ ...request, model }));

  it("gives the same bits alone and in a burst, by every kind of method", async () => {
    const alone = [];
    for (const request of requests) alone.push(await outputsOf(engine, request));
    const burst = await Promise.all(
      [...requests, ...requests, ...requests].map(async (request) => await outputsOf(engine, request)),
    );
    for (const [i, outputs] of burst.entries()) expect(outputs).toEqual(alone[i % requests.length]);
  });
});
