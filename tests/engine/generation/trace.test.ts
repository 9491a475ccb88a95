import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { GenerationSettings } from "../../../src/engine/generation/settings.ts";
import type { BeamFate, BeamNode, TraceRow, TraceStep } from "../../../src/engine/generation/trace.ts";
import {
  constantLanguage,
  createStepper,
  decodeToy,
  hashedLanguage,
  softmax,
  startDecoder,
} from "./toy-language.ts";

function only(trace: readonly TraceStep[]): TraceRow {
  expect(trace).toHaveLength(1);
  expect(trace[0]!.rows).toHaveLength(1);
  return trace[0]!.rows[0]!;
}

describe("the trace of a step", () => {
  const settings = {
    strategy: "sample",
    temperature: 2,
    topK: 3,
    topP: 0.7,
    suppressTokens: [4],
    maxNewTokens: 1,
    trace: true,
  } as const satisfies Partial<GenerationSettings>;
  const row = only(decodeToy(settings, constantLanguage([0.45, 0.2, 0.13, 0.12, 0.1])).trace);

  it("shows every token's probability before and after each stage, and what cut it", () => {
    const tempered = softmax([0.45, 0.2, 0.13, 0.12].map((p) => Math.log(p) / 2));
    const three = softmax([0.45, 0.2, 0.13].map((p) => Math.log(p) / 2));
    expect(row.stages.map(({ name }) => name)).toEqual([
      "model",
      "suppress-tokens",
      "temperature",
      "top-k",
      "top-p",
    ]);
    const first = row.candidates[0]!;
    expect(first.tokenId).toBe(0);
    for (const [i, p] of [0.45, 0.45 / 0.9, tempered[0]!, three[0]!].entries()) {
      expect(first.probabilities[i]).toBeCloseTo(p, 6);
    }
    expect(row.candidates.map(({ tokenId, cutBy }) => [tokenId, cutBy])).toEqual([
      [0, undefined],
      [1, undefined],
      [2, "top-p"],
      [3, "top-k"],
      [4, "suppress-tokens"],
    ]);
  });

  it("tells the count and the mass that each stage kept", () => {
    const kept = row.stages.map(({ keptCount }) => keptCount);
    expect(kept).toEqual([5, 4, 4, 3, 2]);
    const tempered = softmax([0.45, 0.2, 0.13, 0.12].map((p) => Math.log(p) / 2));
    const masses = [1, 0.9, 1, 1 - tempered[3]!, (tempered[0]! + tempered[1]!) / (1 - tempered[3]!)];
    for (const [i, mass] of masses.entries()) expect(row.stages[i]!.keptMass).toBeCloseTo(mass, 6);
  });

  it("gives the entropy before and after", () => {
    const entropy = (ps: readonly number[]) => -ps.reduce((sum, p) => sum + p * Math.log(p), 0);
    expect(row.entropy).toBeCloseTo(entropy([0.45, 0.2, 0.13, 0.12, 0.1]), 6);
    expect(row.finalEntropy).toBeCloseTo(entropy(softmax([0.45, 0.2].map((p) => Math.log(p) / 2))), 6);
  });

  it("names the choice with both probabilities and its rank", () => {
    const { choices, candidates } = row;
    const chosen = candidates.find(({ tokenId }) => tokenId === choices[0]!.tokenId)!;
    expect(choices).toHaveLength(1);
    expect(choices[0]!.modelProbability).toBeCloseTo(chosen.probabilities[0]!, 6);
    expect(choices[0]!.probability).toBeCloseTo(chosen.probabilities.at(-1)!, 6);
    expect(choices[0]!.modelRank).toBe(chosen.tokenId);
  });
});

describe("bounds", () => {
  it("lists at most traceTopTokens beside the choice and sums up the rest as mass", () => {
    const language = hashedLanguage(5, 400);
    const { trace } = decodeToy(
      { strategy: "sample", maxNewTokens: 10, trace: true, traceTopTokens: 7 },
      language,
    );
    expect(trace).toHaveLength(10);
    for (const { rows } of trace) {
      const { candidates, stages } = rows[0]!;
      expect(candidates.length).toBeGreaterThanOrEqual(7);
      expect(candidates.length).toBeLessThanOrEqual(8);
      const listed = candidates.reduce((sum, { probabilities }) => sum + probabilities[0]!, 0);
      expect(listed + stages[0]!.restMass).toBeCloseTo(1, 6);
    }
  });

  it("is plain data: JSON gives it back unchanged", () => {
    const settings = {
      strategy: "beam",
      numBeams: 2,
      maxNewTokens: 3,
      trace: true,
      noRepeatNgramSize: 1,
    } as const;
    const { trace } = decodeToy(settings, hashedLanguage(1, 6));
    expect(JSON.parse(JSON.stringify(trace))).toEqual(trace);
  });

  it("hands each step out once", () => {
    const language = hashedLanguage(5, 9);
    const decoder = startDecoder({ maxNewTokens: 3, trace: true }, language);
    const stepper = createStepper(decoder, language, [0]);
    stepper.step();
    expect(decoder.takeTrace().map(({ step }) => step)).toEqual([0]);
    stepper.step();
    stepper.step();
    expect(decoder.takeTrace().map(({ step }) => step)).toEqual([1, 2]);
    expect(decoder.takeTrace()).toEqual([]);
  });

  it.each(["greedy", "sample", "beam"] as const)("is empty when not asked for: %s", (strategy) => {
    expect(decodeToy({ strategy, numBeams: 2, maxNewTokens: 3 }, hashedLanguage(5, 9)).trace).toEqual([]);
  });

  it.each(["sample", "beam", "beam-sample"] as const)("changes nothing about the text: %s", (strategy) => {
    const settings = { strategy, numBeams: 3, maxNewTokens: 8, seed: 4, repetitionPenalty: 1.3 };
    const language = hashedLanguage(11, 12);
    const traced = decodeToy({ ...settings, trace: true }, language);
    expect(traced.sequences).toEqual(decodeToy(settings, language).sequences);
  });
});

describe("the tree of a beam search", () => {
  const runs = fc.record({
    seed: fc.nat(),
    vocabSize: fc.integer({ min: 2, max: 8 }),
    numBeams: fc.integer({ min: 2, max: 4 }),
    earlyStopping: fc.constantFrom<(boolean | "never")[]>(true, false, "never"),
    strategy: fc.constantFrom("beam", "beam-sample", "diverse-beam"),
  });

  /** Runs a search and replays its trace: nodes by id, with the fate that the updates leave them. */
  function replay({
    seed,
    vocabSize,
    numBeams,
    earlyStopping,
    strategy,
  }: {
    seed: number;
    vocabSize: number;
    numBeams: number;
    earlyStopping: boolean | "never";
    strategy: "beam" | "beam-sample" | "diverse-beam";
  }) {
    const groups = strategy === "diverse-beam" ? { numBeamGroups: numBeams, diversityPenalty: 1 } : {};
    const settings = {
      strategy,
      numBeams,
      numReturnSequences: 2,
      earlyStopping,
      maxNewTokens: 6,
      trace: true,
      seed,
      ...groups,
    };
    const run = decodeToy(settings, hashedLanguage(seed, vocabSize), { eosTokenIds: [1] });
    const nodes = new Map<number, BeamNode>();
    const fates = new Map<number, BeamFate>();
    for (const { beams } of run.trace) {
      for (const node of beams!.nodes) {
        expect(nodes.has(node.id)).toBe(false);
        nodes.set(node.id, node);
        fates.set(node.id, node.fate);
      }
      for (const { nodeId, fate } of beams!.updates) {
        expect(nodes.has(nodeId)).toBe(true);
        fates.set(nodeId, fate);
      }
    }
    const path = (id: number): number[] => {
      const { parentId, tokenId } = nodes.get(id)!;
      return [...(parentId === null ? [] : path(parentId)), tokenId];
    };
    return { run, nodes, fates, path };
  }

  it("holds the returned sequences as its finished nodes, with their scores", () => {
    fc.assert(
      fc.property(runs, (given) => {
        const { run, nodes, fates, path } = replay(given);
        const finished = [...nodes.values()]
          .filter(({ id }) => fates.get(id) === "finished")
          .sort((a, b) => b.score - a.score);
        expect(finished.map(({ id }) => path(id))).toEqual(run.sequences.map(({ tokenIds }) => tokenIds));
        expect(finished.map(({ score }) => score)).toEqual(run.sequences.map(({ score }) => score));
      }),
    );
  });

  it("tells of every branch how it ended: live nodes have children, all others a reason and none", () => {
    fc.assert(
      fc.property(runs, (given) => {
        const { nodes, fates } = replay(given);
        const parents = new Set([...nodes.values()].map(({ parentId }) => parentId));
        for (const { id } of nodes.values()) {
          const fate = fates.get(id)!;
          // A childless node had continuations weighed, but none was kept.
          if (fate !== "childless") expect(parents.has(id)).toBe(fate === "live");
        }
      }),
    );
  });

  it("says why a branch died: a low-ranked end, a better candidate, a better finished sequence", () => {
    const fates = new Set<BeamFate>();
    for (let seed = 0; seed < 300; seed++) {
      const given = {
        seed,
        vocabSize: 4,
        numBeams: 2 + (seed % 3),
        earlyStopping: false,
        strategy: "beam",
      } as const;
      for (const fate of replay(given).fates.values()) fates.add(fate);
    }
    expect([...fates].sort()).toEqual([
      "beaten",
      "childless",
      "displaced",
      "finished",
      "live",
      "low-ranked-end",
      "not-returned",
      "outscored",
      "search-ended",
    ]);
  });

  it("adds up: a node's sum is its parent's plus its own log-probability", () => {
    fc.assert(
      fc.property(
        runs.filter(({ strategy }) => strategy === "beam"),
        (given) => {
          const { nodes } = replay(given);
          for (const { parentId, sumLogProb, tokenLogProb, score, step } of nodes.values()) {
            const before = parentId === null ? 0 : nodes.get(parentId)!.sumLogProb;
            expect(sumLogProb).toBeCloseTo(before + tokenLogProb, 6);
            expect(score).toBeCloseTo(sumLogProb / (step + 1), 6);
          }
        },
      ),
    );
  });
});
