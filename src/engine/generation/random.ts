import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";

/** Draws a number from 0 (included) to 1 (excluded), a multiple of 2^-53. */
export type UniformDraw = () => number;

/**
 * The random numbers of one sequence. Every (seed, stream) pair has its own xoroshiro128+ generator, so a
 * sequence draws the same numbers however many others are decoded beside it.
 *
 * The generator's 128 bits of state are four outputs of a 32-bit mixer over seed and stream: started from
 * small seeds as they are, xoroshiro128+ gives nearly the same first numbers for seeds 1, 2 and 3.
 *
 * @param seed Integer from 0 to 2^53 − 1.
 * @param stream Which sequence of the request, from 0.
 */
export function createUniformDraw(seed: number, stream: number): UniformDraw {
  let hash = mix32(0x9e3779b9 ^ (seed | 0));
  hash = mix32(hash ^ Math.floor(seed / 2 ** 32));
  hash = mix32(hash ^ mix32(stream + 0x85ebca6b));
  const state = [1, 2, 3, 4].map((word) => mix32(hash + Math.imul(word, 0x9e3779b9)));
  // All-zero is the one state the generator cannot leave.
  const isStuck = state.every((word) => word === 0);
  const generator = xoroshiro128plusFromState(isStuck ? [1, 0, 0, 0] : state);
  return () => uniformFloat64(generator);
}

/** The finaliser of MurmurHash3 (Appleby): each input bit flips each output bit with probability about 1/2. */
function mix32(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
