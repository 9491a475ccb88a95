import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { processRow } from "../../../src/engine/generation/process-row.ts";
import { tokenIdAt, toLogits } from "../../../src/engine/generation/processors/candidates.ts";
import { createProcessorChain } from "../../../src/engine/generation/processors/chain.ts";
import {
  type GenerationSettings,
  NEUTRAL_SETTINGS,
  usesBeams,
} from "../../../src/engine/generation/settings.ts";
import { hashedLogits } from "./hashed-logits.ts";

interface GoldenCase {
  readonly settings: Partial<GenerationSettings>;
  readonly eosTokenIds: readonly number[];
  /** Index into the file's `logits`; absent for a full vocabulary. */
  readonly logits?: number;
  readonly seed?: number;
  readonly vocabSize?: number;
  readonly expected: {
    readonly kept?: readonly number[];
    readonly probs?: readonly number[];
    readonly keptCount?: number;
    readonly keptCheck?: number;
    readonly top?: readonly (readonly [number, number])[];
    readonly entropy?: number;
  };
}
interface Golden {
  readonly transformers: string;
  readonly history: readonly number[];
  readonly promptLength: number;
  readonly logits: readonly (readonly number[])[];
  readonly cases: readonly GoldenCase[];
}

const golden: Golden = JSON.parse(
  readFileSync(new URL("../../golden/decoding/processors.json", import.meta.url), "utf8"),
);

/** Runs a golden case's chain. @returns survivors by token id and a probability for every token. */
function run(golden: Golden, { settings: given, eosTokenIds, logits: index, seed, vocabSize }: GoldenCase) {
  const settings = { ...NEUTRAL_SETTINGS, ...given };
  const logits =
    index === undefined ? hashedLogits(seed!, vocabSize!) : Float32Array.from(golden.logits[index]!);
  const row = processRow(logits, createProcessorChain(settings, eosTokenIds), {
    history: { tokenIds: golden.history.map((id) => id % logits.length), promptLength: golden.promptLength },
    step: 0,
    asLogProbs: usesBeams(settings.strategy),
    snapshots: false,
  });
  const kept: number[] = [];
  for (let i = 0; i < row.candidates.count; i++) {
    if (row.candidates.scores[i] !== -Infinity) kept.push(tokenIdAt(row.candidates, i));
  }
  return { kept, probabilities: softmax(toLogits(row.candidates, logits.length)) };
}

function softmax(logits: Float32Array): number[] {
  const max = logits.reduce((a, b) => Math.max(a, b));
  const weights = Array.from(logits, (logit) => Math.exp(logit - max));
  const total = weights.reduce((a, b) => a + b);
  return weights.map((weight) => weight / total);
}

/** FNV-1a over the ids, as in the recipe. */
function checkOf(ids: readonly number[]): number {
  return ids.reduce((check, id) => Math.imul(check ^ id, 16777619) >>> 0, 2166136261);
}

const title = ({ settings, logits, seed, vocabSize }: GoldenCase, index: number) =>
  `${index} ${JSON.stringify(settings)} on ${logits === undefined ? `${vocabSize} tokens, seed ${seed}` : `logits ${logits}`}`;

describe(`processors against transformers ${golden.transformers}`, () => {
  const small = golden.cases.filter(({ expected }) => expected.kept);
  const full = golden.cases.filter(({ expected }) => !expected.kept);

  it.each(small.map((entry, i) => [title(entry, i), entry] as const))("%s", (_, entry) => {
    const { kept, probabilities } = run(golden, entry);
    expect(kept).toEqual(entry.expected.kept);
    for (const [i, id] of kept.entries()) {
      expect(Math.abs(probabilities[id]! - entry.expected.probs![i]!)).toBeLessThan(1e-6);
    }
  });

  it.each(full.map((entry, i) => [title(entry, i), entry] as const))("%s", (_, entry) => {
    const { kept, probabilities } = run(golden, entry);
    const { keptCount, keptCheck, top, entropy } = entry.expected;
    expect(kept.length).toBe(keptCount);
    expect(checkOf(kept)).toBe(keptCheck);
    for (const [id, probability] of top!)
      expect(Math.abs(probabilities[id]! - probability)).toBeLessThan(1e-6);
    const ownEntropy = -probabilities.reduce((sum, p) => (p > 0 ? sum + p * Math.log(p) : sum), 0);
    expect(Math.abs(ownEntropy - entropy!)).toBeLessThan(1e-5);
  });
});
