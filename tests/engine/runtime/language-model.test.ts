import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { GenerationEvent } from "../../../src/engine/engine.ts";
import { resolveSettings } from "../../../src/engine/generation/resolve-settings.ts";
import { readCatalogue } from "../../../src/engine/models/catalogue.ts";
import { createLanguageModel, type LanguageModel } from "../../../src/engine/runtime/language-model.ts";
import { eventsOf } from "../collect.ts";
import { createTinyModelsDir } from "../tiny-models.ts";
import { ROOMY } from "./tiny-graph.ts";

let models: ReturnType<typeof createTinyModelsDir>;
let model: LanguageModel;
beforeEach(() => {
  models = createTinyModelsDir();
  const entry = readCatalogue(models.modelsDir)[0]!;
  model = createLanguageModel(
    entry,
    { threads: 1, limits: ROOMY },
    new URL("./dying-model-worker.ts", import.meta.url),
  );
});
afterEach(async () => {
  await model.close(0);
  models.remove();
});

const call = {
  prompt: { prompt: "abc", mode: "continuation" },
  settings: resolveSettings({ maxNewTokens: 30, minNewTokens: 30 }).settings,
  warnings: [],
} as const;

function dieOnce(when: "die-at-call" | "die-at-token"): void {
  writeFileSync(join(models.modelsDir, "tiny-llama", when), "");
}

it("asks a new process when the first died before anything was sent, and the reader notices nothing", async () => {
  const undisturbed = await Array.fromAsync(model.generate(call));
  dieOnce("die-at-call");
  const events = await Array.fromAsync(model.generate(call));
  const written = (list: readonly GenerationEvent[]) => eventsOf(list, "generation-end")[0]!.outputs;
  expect(written(events)).toEqual(written(undisturbed));
  expect(eventsOf(events, "generation-start")).toHaveLength(1);
});

it("fails a request whose text had begun, after what had come, and serves the next one", async () => {
  dieOnce("die-at-token");
  const seen: GenerationEvent[] = [];
  const reading = (async () => {
    for await (const event of model.generate(call)) seen.push(event);
  })();
  await expect(reading).rejects.toMatchObject({
    code: "worker-died",
    message: expect.stringContaining("tiny-llama ended unexpectedly"),
  });
  expect(eventsOf(seen, "token-delta").length).toBeGreaterThan(0);
  const next = await Array.fromAsync(model.generate(call));
  expect(eventsOf(next, "token-delta")).toHaveLength(30);
});
