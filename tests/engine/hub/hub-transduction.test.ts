import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createEngine } from "../../../src/engine/create-engine.ts";
import type { Engine, GenerationEvent } from "../../../src/engine/engine.ts";
import type { GenerationSettings } from "../../../src/engine/generation/settings.ts";
import { recordModel } from "../../../src/engine/models/hub/added-models.ts";
import { expected, hubEntry } from "./golden-hub.ts";

let folder: string;
let engine: Engine;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cloze-hub-t5-"));
  const addedModels = join(folder, "models.json");
  const entry = hubEntry("tiny-t5", { family: "encoder-decoder", kind: "task" });
  recordModel(addedModels, { ...entry, revision: "a1".repeat(20), dtype: "fp32" });
  engine = createEngine({ addedModels, threads: 1 });
});
afterEach(async () => {
  await engine.close();
  rmSync(folder, { recursive: true });
});

async function generate(
  prompt: string,
  settings: Partial<GenerationSettings>,
  mode: "chat" | "continuation" = "continuation",
) {
  const events: GenerationEvent[] = [];
  const request = { model: "tiny-t5", prompt, mode, settings: { maxNewTokens: 20, ...settings } };
  for await (const event of engine.generate(request)) events.push(event);
  return events;
}

it("writes transformers' greedy and beam sequences with their scores", async () => {
  for (const { text, greedy, greedyText, beam } of expected.transduction) {
    const [start, end] = await generate(text, { strategy: "greedy" });
    expect(start).toMatchObject({ type: "generation-start", model: "tiny-t5" });
    expect(end).toMatchObject({ type: "generation-end", outputs: [{ tokenIds: greedy, text: greedyText }] });
    const { outputs } = await engine.transduce({
      model: "tiny-t5",
      input: text,
      settings: { strategy: "beam", numBeams: 4, numReturnSequences: 4, maxNewTokens: 20 },
    });
    expect(outputs.map(({ tokenIds }) => tokenIds)).toEqual(beam.map(({ tokenIds }) => tokenIds));
    for (const [i, { score }] of beam.entries()) expect(outputs[i]!.score).toBeCloseTo(score, 3);
  }
});

it("gives each token the log-probability of PyTorch's logits", async () => {
  const { text, logits, greedy } = expected.transduction[0]!;
  const { outputs } = await engine.transduce({
    model: "tiny-t5",
    input: text,
    settings: { strategy: "greedy", maxNewTokens: 1 },
  });
  const sum = logits.reduce((total, logit) => total + Math.exp(logit), 0);
  expect(outputs[0]!.tokenLogProbs[0]).toBeCloseTo(logits[greedy[0]!]! - Math.log(sum), 3);
});

it("gives the same bits alone and among others, and with a seed again", async () => {
  const { text } = expected.transduction[0]!;
  const settings = { strategy: "sample", topP: 0.9, seed: 3 } as const;
  const [, alone] = await generate(text, settings);
  const [[, among]] = (await Promise.all([
    generate(text, settings),
    generate("The cat sat.", { ...settings, seed: 4 }),
  ])) as [GenerationEvent[], GenerationEvent[]];
  expect(among).toMatchObject({ outputs: (alone as { outputs: unknown }).outputs });
});

it("refuses what it can't do and says what it can", async () => {
  const { text } = expected.transduction[0]!;
  await expect(generate(text, {}, "chat")).rejects.toThrow(/the prompt is what it reads/);
  await expect(generate(" ", { strategy: "greedy" })).rejects.toThrow(/The input is empty/);
  await expect(generate("word ".repeat(600), { strategy: "greedy" })).rejects.toThrow(/reads at most 512/);
  await expect(generate(text, { strategy: "contrastive", penaltyAlpha: 0.6, topK: 4 })).rejects.toThrow(
    /Choose greedy, sample or beam/,
  );
  await expect(generate(text, { strategy: "greedy", trace: true })).rejects.toThrow(/Leave trace out/);
});
