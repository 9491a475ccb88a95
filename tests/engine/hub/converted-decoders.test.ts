import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createEngine } from "../../../src/engine/create-engine.ts";
import type { Engine, GenerationOutput } from "../../../src/engine/engine.ts";
import type { GenerationSettings } from "../../../src/engine/generation/settings.ts";
import { recordModel } from "../../../src/engine/models/hub/added-models.ts";
import { readConvertedModel } from "../../../src/engine/models/hub/converted-model.ts";
import { expected } from "./golden-hub.ts";

/** Made by models/build/decoder/convert.py --float32 from the checkpoints of models/build/hub/tiny_models.py. */
const CONVERTED = fileURLToPath(new URL("../../golden/converted", import.meta.url));
const NAMES = ["tiny-olmo2", "tiny-qwen2", "tiny-qwen3"];

let folder: string;
let engine: Engine;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "cloze-converted-"));
  const addedModels = join(folder, "models.json");
  for (const name of NAMES)
    recordModel(addedModels, await readConvertedModel(join(CONVERTED, name), "again"));
  engine = createEngine({ addedModels, threads: 1 });
});
afterEach(async () => {
  await engine.close();
  rmSync(folder, { recursive: true });
});

async function write(
  model: string,
  prompt: string,
  settings: Partial<GenerationSettings>,
): Promise<readonly GenerationOutput[]> {
  const all = { maxNewTokens: 20, wordList: "off", ...settings } as const;
  for await (const event of engine.generate({ model, prompt, mode: "continuation", settings: all })) {
    if (event.type === "generation-end") return event.outputs;
  }
  throw new Error("no end");
}

describe.each(NAMES)("%s in Cloze's own layout", (name) => {
  it("gives PyTorch's logits, sequences and log-probabilities", async () => {
    for (const { prompt, promptIds, logits, greedy, beam, promptLogProbs } of expected.decoders[name]!) {
      const found = await engine.nextTokenLogits({ model: name, prompt, mode: "continuation" });
      expect(Math.max(...logits.map((logit, i) => Math.abs(logit - found.logits[i]!)))).toBeLessThan(1e-3);
      expect((await write(name, prompt, { strategy: "greedy" }))[0]!.tokenIds).toEqual(greedy);
      const beams = await write(name, prompt, { strategy: "beam", numBeams: 4, numReturnSequences: 4 });
      expect(beams.map(({ tokenIds }) => tokenIds)).toEqual(beam.map(({ tokenIds }) => tokenIds));
      const scored = { model: name, prefixIds: promptIds.slice(0, 1), continuations: [promptIds.slice(1)] };
      const [logProbs] = await engine.scoreContinuations(scored);
      for (const [i, logProb] of promptLogProbs.entries()) expect(logProbs![i]).toBeCloseTo(logProb, 3);
    }
  });

  it("gives hidden states, so that contrastive search works", async () => {
    const settings = { strategy: "contrastive", penaltyAlpha: 0.6, topK: 4, maxNewTokens: 8 } as const;
    expect((await write(name, "Hello", settings))[0]!.tokenIds).toHaveLength(8);
  });
});
