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
  const tokenIds = Int32Array.from(positions, (position) => tokenIdAt(candidates, position));
  const tokenLogProbs = Float64Array.from(tokenIds, (id) => (modelLogits[id] as number) - modelLogSumExp);
  const sumLogProbs = Float64Array.from(
    positions,
    (position) => beam.sumLogProb + (candidates.scores[position] as number) - scoreShift,
  );
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
  let max = -Infinity;
  for (const { sumLogProbs } of rows) for (const sum of sumLogProbs) max = Math.max(max, sum);
  const weights = rows.map(({ sumLogProbs }) => sumLogProbs.map((sum) => expOfMinus(max - sum)));
  const drawn: BeamCandidate[] = [];
  while (drawn.length < limit) {
    // Summed anew each time: subtracting what was drawn would leave rounding errors as large as small weights.
    let total = 0;
    for (const ofRow of weights) for (const weight of ofRow) total += weight;
    if (total === 0) break;
    const { row, index } = placeAt(weights, draw() * total);
    drawn.push(candidateAt(rows[row] as BeamRow, index));
    (weights[row] as Float64Array)[index] = 0;
  }
  return drawn.sort((a, b) => b.sumLogProb - a.sumLogProb);
}

/** Row and index of the first weight at which the sum exceeds `target`; never a weight of 0. */
function placeAt(weights: readonly Float64Array[], target: number): { row: number; index: number } {
  let remaining = target;
  const place = { row: 0, index: 0 };
  for (let row = 0; row < weights.length; row++) {
    const ofRow = weights[row] as Float64Array;
    for (let index = 0; index < ofRow.length; index++) {
      const weight = ofRow[index] as number;
      if (weight === 0) continue;
      remaining -= weight;
      place.row = row;
      place.index = index;
      if (remaining < 0) return place;
    }
  }
  // Rounding can leave a crumb of `remaining` after the last weight.
  return place;
}

function candidateAt({ beam, tokenIds, tokenLogProbs, sumLogProbs }: BeamRow, index: number): BeamCandidate {
  return {
    beam,
    tokenId: tokenIds[index] as number,
    tokenLogProb: tokenLogProbs[index] as number,
    sumLogProb: sumLogProbs[index] as number,
  };
}
