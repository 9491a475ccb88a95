/** Terms more than this far below the largest add less than 49,152 · e^-40 ≈ 2e-13 to a sum of exponentials. */
export const EXP_REACH = 40;
const STEPS = 128;
const HALF_STEP = 0.5 / STEPS;
/** exp(−(i + 1/2)/128): the middle of each step. */
const EXP_TABLE = Float64Array.from({ length: EXP_REACH * STEPS }, (_, i) => Math.exp(-(i + 0.5) / STEPS));

/**
 * exp(−distance) for a distance of at least 0, to a relative error of 1e-8; 0 from `EXP_REACH` on.
 * A table and a parabola take a fifth of the time of `Math.exp`, which would fill most of a decoding step.
 */
export function expOfMinus(distance: number): number {
  if (distance >= EXP_REACH) return 0;
  const index = (distance * STEPS) | 0;
  const r = index / STEPS + HALF_STEP - distance;
  return (EXP_TABLE[index] as number) * (1 + r * (1 + r * 0.5));
}

/** Largest of the scores from `start` to before `end`; -Infinity when there are none. */
export function maxOf(scores: Float32Array, end: number = scores.length, start = 0): number {
  let a = -Infinity;
  let b = -Infinity;
  let c = -Infinity;
  let d = -Infinity;
  let i = start;
  // Four independent chains: one comparison a step would wait for the one before.
  for (; i + 3 < end; i += 4) {
    const p = scores[i] as number;
    const q = scores[i + 1] as number;
    const r = scores[i + 2] as number;
    const s = scores[i + 3] as number;
    if (p > a) a = p;
    if (q > b) b = q;
    if (r > c) c = r;
    if (s > d) d = s;
  }
  for (; i < end; i++) {
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
  // `expOfMinus` written out: called, it takes twice the time.
  for (let i = 0; i + 1 < count; i += 2) {
    const p = max - (scores[i] as number);
    const q = max - (scores[i + 1] as number);
    if (!(p >= EXP_REACH)) {
      const index = (p * STEPS) | 0;
      const r = index / STEPS + HALF_STEP - p;
      even += (EXP_TABLE[index] as number) * (1 + r * (1 + r * 0.5));
    }
    if (!(q >= EXP_REACH)) {
      const index = (q * STEPS) | 0;
      const r = index / STEPS + HALF_STEP - q;
      odd += (EXP_TABLE[index] as number) * (1 + r * (1 + r * 0.5));
    }
  }
  if (count % 2 === 1) even += expOfMinus(max - (scores[count - 1] as number));
  return max + Math.log(even + odd);
}
