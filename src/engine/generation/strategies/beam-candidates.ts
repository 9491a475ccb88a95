import { expOfMinus } from "../log-sum-exp.ts";
import type { ProcessedRow } from "../process-row.ts";
import { positionsAtLeast, tokenIdAt } from "../processors/candidates.ts";
import { kthLargest } from "../processors/selection.ts";
import type { UniformDraw } from "../random.ts";
import type { Beam, BeamCandidate } from "./beam.ts";

/** The possible next tokens of one beam, in order of token id: one entry an array for each. */
export interface BeamRow {
  readonly beam: Beam;
  readonly tokenIds: Int32Array;
  /** The model's log-probability of the token. */
  readonly tokenLogProbs: Float64Array;
  /** The beam's sum with the processed log-probability of the token added. */
  readonly sumLogProbs: Float64Array;
}

/**
 * Takes what beams need out of a row before the next one is processed: the `limit` likeliest tokens (more where
 * several tie for the last place), or with Infinity every token that is possible.
 */
export function continuationsOf(beam: Beam, row: ProcessedRow, limit: number): BeamRow {
  const { candidates, modelLogits, modelLogSumExp, scoreShift } = row;
  const threshold = candidates.count <= limit ? -Infinity : kthLargest(candidates, limit);
  const positions = positionsAtLeast(candidates, threshold);
  const tokenIds = new Int32Array(positions.length);
  const tokenLogProbs = new Float64Array(positions.length);
  const sumLogProbs = new Float64Array(positions.length);
  for (let i = 0; i < positions.length; i++) {
    const position = positions[i] as number;
    const tokenId = tokenIdAt(candidates, position);
    tokenIds[i] = tokenId;
    tokenLogProbs[i] = (modelLogits[tokenId] as number) - modelLogSumExp;
    sumLogProbs[i] = beam.sumLogProb + (candidates.scores[position] as number) - scoreShift;
  }
  return { beam, tokenIds, tokenLogProbs, sumLogProbs };
}

/** The best candidates over all beams, best first; among equals the better beam, then the lower token id. */
export function bestCandidates(rows: readonly BeamRow[], limit: number): BeamCandidate[] {
  const all = rows.flatMap((row) => Array.from(row.tokenIds, (_, i) => candidateAt(row, i)));
  return all.sort((a, b) => b.sumLogProb - a.sumLogProb).slice(0, limit);
}

/**
 * Beam sampling: draws up to `limit` different candidates over all beams, each with the probability that its
 * summed log-probability gives it among those not drawn yet; best first.
 */
export function drawnCandidates(rows: readonly BeamRow[], limit: number, draw: UniformDraw): BeamCandidate[] {
  const max = rows.reduce((best, { sumLogProbs }) => Math.max(best, largest(sumLogProbs)), -Infinity);
  const weights = rows.map(({ sumLogProbs }) => weightsBelow(sumLogProbs, max));
  const totals = weights.map(sumOf);
  const drawn: BeamCandidate[] = [];
  while (drawn.length < limit) {
    const total = totals.reduce((sum, ofRow) => sum + ofRow, 0);
    if (total === 0) break;
    let target = draw() * total;
    let row = totals.findIndex((ofRow) => {
      target -= ofRow;
      return target < 0;
    });
    // Rounding can leave a crumb of `target` after the last row.
    if (row < 0) row = totals.findLastIndex((ofRow) => ofRow > 0);
    const own = weights[row] as Float64Array;
    const index = indexAt(own, target + (totals[row] as number));
    drawn.push(candidateAt(rows[row] as BeamRow, index));
    own[index] = 0;
    // Summed anew: subtracting what was drawn would leave rounding errors as large as small weights.
    totals[row] = sumOf(own);
  }
  return drawn.sort((a, b) => b.sumLogProb - a.sumLogProb);
}

/** The first entry at which the summed weights exceed `target`; never one of weight 0. */
function indexAt(weights: Float64Array, target: number): number {
  let remaining = target;
  let last = 0;
  for (let i = 0; i < weights.length; i++) {
    const weight = weights[i] as number;
    if (weight === 0) continue;
    remaining -= weight;
    last = i;
    if (remaining < 0) break;
  }
  return last;
}

function largest(values: Float64Array): number {
  let max = -Infinity;
  for (let i = 0; i < values.length; i++) max = Math.max(max, values[i] as number);
  return max;
}

function weightsBelow(logs: Float64Array, max: number): Float64Array {
  const weights = new Float64Array(logs.length);
  for (let i = 0; i < logs.length; i++) weights[i] = expOfMinus(max - (logs[i] as number));
  return weights;
}

function sumOf(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] as number;
  return sum;
}

function candidateAt({ beam, tokenIds, tokenLogProbs, sumLogProbs }: BeamRow, index: number): BeamCandidate {
  return {
    beam,
    tokenId: tokenIds[index] as number,
    tokenLogProb: tokenLogProbs[index] as number,
    sumLogProb: sumLogProbs[index] as number,
  };
}
