import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { createDecoder } from "../../../src/engine/generation/create-decoder.ts";
import type { DecodedSequence } from "../../../src/engine/generation/decoder.ts";
import { resolveSettings } from "../../../src/engine/generation/resolve-settings.ts";
import type { GenerationSettings } from "../../../src/engine/generation/settings.ts";
import { againstProbabilities, betweenSamples, chiSquareBound, countOutcomes } from "./chi-square.ts";
import { decode, loadTinyLlama, type TinyLlama, VOCAB_SIZE } from "./tiny-llama.ts";

interface SampledCase {
  readonly settings: Partial<GenerationSettings>;
  readonly promptIds: readonly number[];
  readonly eosTokenIds: readonly number[];
}

const golden: {
  readonly transformers: string;
  readonly sampled: readonly (SampledCase & { readonly probabilities: Readonly<Record<string, number>> })[];
  readonly drawn: readonly (SampledCase & { readonly counts: Readonly<Record<string, number>> })[];
} = JSON.parse(readFileSync(new URL("../../golden/decoding/sequences-5.json", import.meta.url), "utf8"));

const DRAWS = 20_000;

let model: TinyLlama;
beforeAll(async () => {
  model = await loadTinyLlama();
});

async function sample(
  { settings, promptIds, eosTokenIds }: SampledCase,
  more: Partial<GenerationSettings>,
): Promise<readonly DecodedSequence[]> {
  const decoder = createDecoder(resolveSettings({ ...settings, ...more }).settings, {
    promptIds,
    vocabSize: VOCAB_SIZE,
    eosTokenIds,
    decodeText: () => "",
    now: () => 0,
  });
  await decode(decoder, model, promptIds);
  return decoder.sequences();
}

const title = ({ settings, eosTokenIds, promptIds }: SampledCase) =>
  JSON.stringify({ settings, eosTokenIds, promptIds });
const text = ({ tokenIds }: DecodedSequence) => tokenIds.join(" ");

describe(`${DRAWS} draws against transformers ${golden.transformers}`, () => {
  // Many sequences a seed: their streams must be as independent as seeds are.
  const perSeed = 50;
  it.each(golden.sampled.map((entry) => [title(entry), entry] as const))(
    "sampling writes each sequence with its exact probability: %s",
    async (_, entry) => {
      const outcomes: string[] = [];
      for (let seed = 0; seed < DRAWS / perSeed; seed++) {
        outcomes.push(...(await sample(entry, { seed, numReturnSequences: perSeed })).map(text));
      }
      const counts = countOutcomes(outcomes);
      const { probabilities } = entry;
      expect([...counts.keys()].filter((key) => !(key in probabilities))).toEqual([]);
      if (Object.keys(probabilities).length === 1) return;
      const { statistic, degreesOfFreedom } = againstProbabilities(counts, probabilities);
      expect(statistic).toBeLessThan(chiSquareBound(degreesOfFreedom));
    },
  );

  it.each(golden.drawn.map((entry) => [title(entry), entry] as const))(
    "beam sampling gives n-best lists as often: %s",
    async (_, entry) => {
      const outcomes: string[] = [];
      for (let seed = 0; seed < DRAWS; seed++)
        outcomes.push((await sample(entry, { seed })).map(text).join(" / "));
      const { statistic, degreesOfFreedom } = betweenSamples(
        countOutcomes(outcomes),
        new Map(Object.entries(entry.counts)),
      );
      expect(degreesOfFreedom).toBeGreaterThan(3);
      expect(statistic).toBeLessThan(chiSquareBound(degreesOfFreedom));
    },
  );
});
