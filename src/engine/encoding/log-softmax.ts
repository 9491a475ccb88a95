/** Natural log-probabilities of logits, in a new array. */
export function logSoftmax(logits: Float32Array): Float32Array {
  let highest = -Infinity;
  for (const logit of logits) if (logit > highest) highest = logit;
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - highest);
  const shift = highest + Math.log(sum);
  return logits.map((logit) => logit - shift);
}

/** The `count` positions with the highest values, best first, among `allowed`. Ties go to the one allowed earlier. */
export function topIndices(values: Float32Array, count: number, allowed: readonly number[]): number[] {
  const best: number[] = [];
  for (const index of allowed) {
    const value = values[index]!;
    if (best.length === count && value <= values[best[count - 1]!]!) continue;
    let at = best.length;
    while (at > 0 && value > values[best[at - 1]!]!) at--;
    best.splice(at, 0, index);
    if (best.length > count) best.pop();
  }
  return best;
}
