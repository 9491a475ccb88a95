/** Terms more than this far below the largest add less than 49,152 · e^-40 ≈ 2e-13 to a sum of exponentials. */
export const EXP_REACH = 40;
const STEPS_PER_NAT = 64;
const HALF_STEP = 0.5 / STEPS_PER_NAT;
/** exp(−(i + 1/2)/64): the middle of each step. */
const EXP_TABLE = Float64Array.from({ length: EXP_REACH * STEPS_PER_NAT }, (_, i) =>
  Math.exp(-(i + 0.5) / STEPS_PER_NAT),
);

/**
 * exp(−distance) for a distance of at least 0, to a relative error of 2e-10; 0 from `EXP_REACH` on.
 * Table and cubic: about a third of the time of `Math.exp`, which dominates a decoding step otherwise.
 */
export function expOfMinus(distance: number): number {
  if (distance >= EXP_REACH) return 0;
  const index = (distance * STEPS_PER_NAT) | 0;
  const r = index / STEPS_PER_NAT + HALF_STEP - distance;
  return (EXP_TABLE[index] as number) * (1 + r * (1 + r * (0.5 + r * (1 / 6))));
}

/** Largest of the first `count` scores; -Infinity when there are none. */
export function maxOf(scores: Float32Array, count: number = scores.length): number {
  let a = -Infinity;
  let b = -Infinity;
  let c = -Infinity;
  let d = -Infinity;
  let i = 0;
  // Four independent chains: one comparison a step would wait for the one before.
  for (; i + 3 < count; i += 4) {
    const p = scores[i] as number;
    const q = scores[i + 1] as number;
    const r = scores[i + 2] as number;
    const s = scores[i + 3] as number;
    if (p > a) a = p;
    if (q > b) b = q;
    if (r > c) c = r;
    if (s > d) d = s;
  }
  for (; i < count; i++) {
    const p = scores[i] as number;
    if (p > a) a = p;
  }
  return Math.max(a, b, c, d);
}

/**
 * ln Σ exp(score) over the first `count` scores.
 * @param max Their largest score, finite.
 * @returns NaN when a score is NaN.
 */
export function logSumExp(scores: Float32Array, count: number, max: number): number {
  let even = 0;
  let odd = 0;
  let i = 0;
  for (; i + 1 < count; i += 2) {
    even += expOfMinus(max - (scores[i] as number));
    odd += expOfMinus(max - (scores[i + 1] as number));
  }
  if (i < count) even += expOfMinus(max - (scores[i] as number));
  return max + Math.log(even + odd);
}
