import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createEngine } from "../../../src/engine/create-engine.ts";
import type { Engine, GenerateRequest } from "../../../src/engine/engine.ts";
import { continuation, outputsOf } from "../collect.ts";
import { createTinyModelsDir } from "../tiny-models.ts";

let models: ReturnType<typeof createTinyModelsDir>;
let engine: Engine;
beforeAll(() => {
  models = createTinyModelsDir();
  engine = createEngine({ modelsDir: models.modelsDir, threads: 1 });
});
afterAll(async () => {
  await engine.close();
  models.remove();
});

const LONG_PROMPT = "It was a bright cold day in April, and the clocks were striking thirteen. ".repeat(2);

/** One request of each kind; results must be equal to the last bit of every log-probability. */
const WATCHED: readonly GenerateRequest[] = [
  continuation("The nice woman", { maxNewTokens: 70, minNewTokens: 70 }),
  continuation("A", {
    strategy: "sample",
    temperature: 1.3,
    topP: 0.9,
    seed: 7,
    maxNewTokens: 90,
    minNewTokens: 90,
  }),
  continuation(LONG_PROMPT, {
    strategy: "sample",
    topK: 40,
    numReturnSequences: 3,
    seed: 11,
    maxNewTokens: 30,
  }),
  continuation(LONG_PROMPT.slice(0, 130), {
    strategy: "beam",
    numBeams: 4,
    numReturnSequences: 4,
    maxNewTokens: 40,
  }),
  continuation("Once", { strategy: "beam-sample", numBeams: 3, seed: 3, maxNewTokens: 25 }),
  continuation("upon a time", { strategy: "contrastive", maxNewTokens: 20 }),
];

/** 64 others, of many lengths and settings, some of whom share a watched prompt. */
function others(): GenerateRequest[] {
  return Array.from({ length: 64 }, (_, i) => {
    const prompt = i % 9 === 0 ? LONG_PROMPT : "Lorem ipsum dolor sit amet ".repeat(1 + (i % 4));
    const maxNewTokens = 1 + ((i * 13) % 60);
    if (i % 5 === 0) return continuation(prompt, { strategy: "beam", numBeams: 2 + (i % 3), maxNewTokens });
    return continuation(prompt, {
      strategy: "sample",
      seed: i,
      numReturnSequences: 1 + (i % 3),
      maxNewTokens,
    });
  });
}

it("gives the same bits alone and among 64 others that come and go", async () => {
  const alone: unknown[] = [];
  for (const request of WATCHED) alone.push(await outputsOf(engine, request));
  const crowd = others();
  const running = crowd.slice(0, 32).map((request) => outputsOf(engine, request));
  // The second half comes one by one, each when another has left.
  const coming = crowd.slice(32).map(async (request, i) => {
    await running[i];
    return outputsOf(engine, request);
  });
  const together = await Promise.all(WATCHED.map((request) => outputsOf(engine, request)));
  await Promise.all([...running, ...coming]);
  expect(together).toEqual(alone);
});

it("gives the same bits from a prompt that was kept and from one that is read anew", async () => {
  const forgetful = createEngine({ modelsDir: models.modelsDir, threads: 1, prefixCacheMb: 0 });
  // The first two share one whole piece with the third.
  for (const tail of ["", " And then", " And so"]) {
    const request = continuation(LONG_PROMPT + tail, { maxNewTokens: 20, minNewTokens: 20 });
    expect(await outputsOf(engine, request)).toEqual(await outputsOf(forgetful, request));
  }
  await forgetful.close();
});

it("gives the same bits in a new process", async () => {
  const script = fileURLToPath(new URL("./print-outputs.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [
    script,
    models.modelsDir,
    JSON.stringify(WATCHED),
  ]);
  const here = await Promise.all(WATCHED.map((request) => outputsOf(engine, request)));
  expect(JSON.parse(stdout)).toEqual(JSON.parse(JSON.stringify(here)));
});
