import { readFileSync } from "node:fs";
import { beforeAll, expect, it } from "vitest";
import { resolveSettings } from "../../../src/engine/generation/resolve-settings.ts";
import type { GenerationSettings } from "../../../src/engine/generation/settings.ts";
import type { DecoderGraph } from "../../../src/engine/runtime/decoder-graph.ts";
import { createGenerationTask } from "../../../src/engine/runtime/generation-task.ts";
import type { GenerateResult } from "../../../src/engine/runtime/language-model-protocol.ts";
import { createScheduler, type Scheduler } from "../../../src/engine/runtime/scheduler.ts";
import { loadTinyGraph, ROOMY, tinyConfig, tinyTokenizer } from "./tiny-graph.ts";

interface GoldenCase {
  readonly settings: Partial<GenerationSettings>;
  readonly promptIds: readonly number[];
  readonly eosTokenIds: readonly number[];
  readonly expected: readonly { readonly tokenIds: readonly number[]; readonly score?: number }[];
}

let graph: DecoderGraph;
beforeAll(async () => {
  graph = await loadTinyGraph();
});

function run(
  scheduler: Scheduler,
  { settings, promptIds, eosTokenIds }: GoldenCase,
): Promise<GenerateResult> {
  return new Promise((resolve, reject) =>
    scheduler.submit(
      createGenerationTask({
        model: "tiny-llama",
        promptIds,
        turn: {},
        settings: resolveSettings(settings).settings,
        warnings: [],
        config: { ...tinyConfig, eosTokenIds: [...eosTokenIds] },
        tokenizer: tinyTokenizer,
        signal: new AbortController().signal,
        now: () => 0,
        emit: () => {},
        resolve,
        reject,
      }),
    ),
  );
}

/** transformers 4.55 writes the first end-of-sequence id whichever one ended a diverse beam. */
function withFirstEos(tokenIds: readonly number[], { settings, eosTokenIds }: GoldenCase): readonly number[] {
  const isEnd = eosTokenIds.includes(tokenIds.at(-1)!);
  return settings.strategy === "diverse-beam" && isEnd
    ? [...tokenIds.slice(0, -1), eosTokenIds[0]!]
    : tokenIds;
}

// Expected numbers: transformers, recorded by tests/golden/decoding/sequences.py.
it("gives transformers' sequences and scores when every golden case of every method runs at once", async () => {
  const cases = ["sequences-5.json", "sequences-4.json"].flatMap((file): GoldenCase[] => {
    return JSON.parse(readFileSync(new URL(`../../golden/decoding/${file}`, import.meta.url), "utf8")).cases;
  });
  expect(cases.length).toBeGreaterThan(100);
  const scheduler = createScheduler(graph, ROOMY);
  const results = await Promise.all(cases.map((entry) => run(scheduler, entry)));
  for (const [index, { outputs }] of results.entries()) {
    const entry = cases[index]!;
    const label = JSON.stringify({ ...entry, expected: undefined });
    expect(
      outputs.map(({ tokenIds }) => withFirstEos(tokenIds, entry)),
      label,
    ).toEqual(entry.expected.map(({ tokenIds }) => tokenIds));
    for (const [rank, { score }] of entry.expected.entries()) {
      if (score !== undefined) expect(Math.abs(outputs[rank]!.score! - score), label).toBeLessThan(1e-4);
    }
  }
});
