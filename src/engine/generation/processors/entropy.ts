import { expOfMinus } from "../log-sum-exp.ts";
import { type Candidates, largestScore, normaliser } from "./candidates.ts";

/** Entropy in nats of the distribution over the candidates: from 0 (one token) to ln(count). */
export function entropyOf(candidates: Candidates): number {
  const { scores, count } = candidates;
  const max = largestScore(candidates);
  let weight = 0;
  let weightedDistance = 0;
  for (let i = 0; i < count; i++) {
    const distance = max - (scores[i] as number);
    const e = expOfMinus(distance);
    // An impossible token adds 0, not 0 · Infinity.
    if (e === 0) continue;
    weight += e;
    weightedDistance += e * distance;
  }
  // −Σ p ln p with ln p = (score − max) − ln(weight).
  const entropy = normaliser(candidates) - max + weightedDistance / weight;
  return Math.max(0, entropy);
}
