/**
 * The full-vocabulary logits of `tests/golden/decoding/processors.py` (`hashed_logits`), equal to the bit:
 * integer hashes, then only additions and multiplications that are exact.
 */
export function hashedLogits(seed: number, size: number): Float32Array {
  const logits = new Float32Array(size);
  for (let id = 0; id < size; id++) {
    const uniform = (lane: number) => hash16(Math.imul(id, 0x9e3779b1) ^ (seed * 8 + lane)) / 65536;
    const bell = uniform(0) + uniform(1) + uniform(2) + uniform(3) - 2;
    const peak = uniform(4) < 2 ** -9 ? uniform(5) * 12 : 0;
    logits[id] = bell * 6 + peak;
  }
  return logits;
}

function hash16(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  h ^= h >>> 16;
  return h >>> 16;
}
