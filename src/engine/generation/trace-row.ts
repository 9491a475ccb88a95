import { expOfMinus, logSumExp, maxOf } from "./log-sum-exp.ts";
import type { ProcessedRow } from "./process-row.ts";
import { createCandidates, normaliser, tokenIdAt } from "./processors/candidates.ts";
import { entropyOf } from "./processors/entropy.ts";
import { kthLargest } from "./processors/selection.ts";
import type { TraceCandidate, TraceChoice, TraceRow, TraceStage } from "./trace.ts";

/** How one sequence was continued from a row. @param position Place of the token among the row's candidates. */
export function traceChoice(row: ProcessedRow, sequence: number, position: number): TraceChoice {
  const tokenId = tokenIdAt(row.candidates, position);
  const logit = row.modelLogits[tokenId] as number;
  let modelRank = 0;
  for (const [id, other] of row.modelLogits.entries()) {
    if (other > logit || (other === logit && id < tokenId)) modelRank++;
  }
  return {
    sequence,
    tokenId,
    modelProbability: Math.exp(logit - row.modelLogSumExp),
    probability: Math.exp((row.candidates.scores[position] as number) - normaliser(row.candidates)),
    modelRank,
  };
}

export interface TraceRowOptions {
  readonly row: number;
  readonly nodeId?: number | null;
  readonly choices: readonly TraceChoice[];
  readonly topTokens: number;
  /** Tokens to list even when they are not among the likeliest. */
  readonly alsoList?: readonly number[];
}

/** The evidence of one row: its likeliest tokens through all stages, the others summed up. */
export function traceRow(row: ProcessedRow, options: TraceRowOptions): TraceRow {
  const listed = new Set(likeliestIds(row.modelLogits, options.topTokens));
  for (const { tokenId } of options.choices) listed.add(tokenId);
  for (const tokenId of options.alsoList ?? []) listed.add(tokenId);
  const ids = [...listed].sort(
    (a, b) => (row.modelLogits[b] as number) - (row.modelLogits[a] as number) || a - b,
  );

  const rows = [row.modelLogits, ...row.snapshots.map(({ scores }) => scores)];
  const distributions = rows.map(toDistribution);
  const stages: TraceStage[] = distributions.map((distribution, i) => ({
    name: i === 0 ? "model" : (row.snapshots[i - 1]?.name ?? "model"),
    keptCount: distribution.possible,
    keptMass: i === 0 ? 1 : massOfSurvivors(distributions[i - 1] as Distribution, distribution),
    restMass: Math.max(0, 1 - ids.reduce((sum, id) => sum + distribution.probability(id), 0)),
  }));
  const candidates: TraceCandidate[] = ids.map((tokenId) => {
    const probabilities = distributions.map((distribution) => distribution.probability(tokenId));
    const cutAt = rows.findIndex((scores) => scores[tokenId] === -Infinity);
    const cutBy = cutAt > 0 ? row.snapshots[cutAt - 1]?.name : undefined;
    return { tokenId, logit: row.modelLogits[tokenId] as number, probabilities, ...(cutBy && { cutBy }) };
  });
  return {
    row: options.row,
    ...(options.nodeId !== undefined && { nodeId: options.nodeId }),
    entropy: (distributions[0] as Distribution).entropy,
    finalEntropy: (distributions.at(-1) as Distribution).entropy,
    stages,
    candidates,
    choices: options.choices,
  };
}

interface Distribution {
  readonly scores: Float32Array;
  readonly logSumExp: number;
  readonly possible: number;
  readonly entropy: number;
  probability(tokenId: number): number;
}

function toDistribution(scores: Float32Array): Distribution {
  const max = maxOf(scores);
  // A beam whose every token was ruled out has nothing left to share.
  const total = max === -Infinity ? 0 : logSumExp(scores, scores.length, max);
  let possible = 0;
  for (const score of scores) if (score !== -Infinity) possible++;
  return {
    scores,
    logSumExp: total,
    possible,
    entropy: max === -Infinity ? 0 : entropyOf(createCandidates(scores)),
    probability: (tokenId) => Math.exp((scores[tokenId] as number) - total),
  };
}

function massOfSurvivors(before: Distribution, after: Distribution): number {
  let mass = 0;
  let survivors = 0;
  for (let id = 0; id < after.scores.length; id++) {
    if (after.scores[id] === -Infinity) continue;
    mass += expOfMinus(before.logSumExp - (before.scores[id] as number));
    survivors++;
  }
  return survivors === before.possible ? 1 : Math.min(1, mass);
}

/** The ids of the largest logits, in order of id; of equals the lower ids. */
export function likeliestIds(logits: Float32Array, count: number): number[] {
  const limit = Math.min(count, logits.length);
  const threshold = kthLargest(createCandidates(logits), limit);
  const above: number[] = [];
  const ties: number[] = [];
  // By index: entries() would make an array of each of a vocabulary's tokens.
  for (let id = 0; id < logits.length; id++) {
    const logit = logits[id] as number;
    if (logit > threshold) above.push(id);
    else if (logit === threshold) ties.push(id);
  }
  return [...above, ...ties.slice(0, limit - above.length)];
}
