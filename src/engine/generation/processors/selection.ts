import { EXP_REACH } from "../log-sum-exp.ts";
import { BLOCK_SIZE, type Candidates, largestScore } from "./candidates.ts";

const HEAP_LIMIT = 512;

/**
 * The k-th largest score, without sorting: a heap of the best k for small k, quickselect (Hoare) on a copy
 * otherwise.
 * @param k From 1 to the number of candidates.
 */
export function kthLargest(candidates: Candidates, k: number): number {
  const { scores, count } = candidates;
  return k <= HEAP_LIMIT ? heapSelect(candidates, k) : quickSelect(scores.slice(0, count), count - k);
}

const heap = new Float64Array(HEAP_LIMIT);

function heapSelect(candidates: Candidates, k: number): number {
  const { scores, count, isPacked, blockMaxima } = candidates;
  largestScore(candidates);
  for (let i = 0; i < k; i++) heap[i] = scores[i] as number;
  for (let i = (k >> 1) - 1; i >= 0; i--) siftDown(heap[i] as number, i, k);
  let smallest = heap[0] as number;
  let i = k;
  while (i < count) {
    const block = Math.floor(i / BLOCK_SIZE);
    const end = Math.min((block + 1) * BLOCK_SIZE, count);
    const isHopeless = !isPacked && (blockMaxima[block] as number) <= smallest;
    for (; i < end && !isHopeless; i++) {
      const score = scores[i] as number;
      if (score <= smallest) continue;
      siftDown(score, 0, k);
      smallest = heap[0] as number;
    }
    i = end;
  }
  return smallest;
}

/** Puts `score` into the min-heap of `size` at `start` or below. */
function siftDown(score: number, start: number, size: number): void {
  let hole = start;
  for (;;) {
    let child = 2 * hole + 1;
    if (child >= size) break;
    if (child + 1 < size && (heap[child + 1] as number) < (heap[child] as number)) child++;
    if ((heap[child] as number) >= score) break;
    heap[hole] = heap[child] as number;
    hole = child;
  }
  heap[hole] = score;
}

/** The value that would stand at `target` if `values` were sorted upwards. Reorders `values`. */
function quickSelect(values: Float32Array, target: number): number {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const pivot = values[(low + high) >> 1] as number;
    let i = low;
    let j = high;
    while (i <= j) {
      while ((values[i] as number) < pivot) i++;
      while ((values[j] as number) > pivot) j--;
      if (i <= j) {
        const swap = values[i] as number;
        values[i++] = values[j] as number;
        values[j--] = swap;
      }
    }
    if (target <= j) high = j;
    else if (target >= i) low = i;
    else break;
  }
  return values[target] as number;
}

const BINS_PER_NAT = 64;
const BIN_COUNT = EXP_REACH * BINS_PER_NAT + 1;
const binMass = new Float64Array(BIN_COUNT);
const binSize = new Int32Array(BIN_COUNT);

/** Where a selection by mass stops. */
export interface MassBoundary {
  /** The entry with the largest key that is still selected. */
  readonly index: number;
  /** How many entries with exactly that key are needed; the others with it are surplus. */
  readonly neededAtKey: number;
  /** How many entries have exactly that key. */
  readonly countAtKey: number;
}

/**
 * A sum that falls short by less than this share of the next entry does so by rounding, and counts as having
 * reached its target: float32 logits of [.4 .3 .2 .1] still keep two at 0.7.
 */
const NEGLIGIBLE_SHARE = 1e-6;

/**
 * Selects entries in order of rising key until their mass reaches `targetMass`, the entry that crosses it
 * included, and at least `minCount` entries. No full sort: masses are summed in bins 1/64 wide, and only the
 * bin where the target is crossed and the one before it are sorted.
 * @param keys The first `count` are at least 0; Infinity is allowed and selected last.
 * @param masses Probability of each entry.
 */
export function selectByMass(
  keys: Float64Array,
  masses: Float64Array,
  count: number,
  targetMass: number,
  minCount: number,
): MassBoundary {
  binMass.fill(0);
  binSize.fill(0);
  for (let i = 0; i < count; i++) {
    const bin = binOf(keys[i] as number);
    binMass[bin] = (binMass[bin] as number) + (masses[i] as number);
    binSize[bin] = (binSize[bin] as number) + 1;
  }
  let previous: BinStart = { bin: 0, mass: 0, selected: 0 };
  let crossing = previous;
  let mass = 0;
  let selected = 0;
  for (let bin = 0; bin < BIN_COUNT; bin++) {
    if (binSize[bin] === 0) continue;
    previous = crossing;
    crossing = { bin, mass, selected };
    mass += binMass[bin] as number;
    selected += binSize[bin] as number;
    if (mass >= targetMass && selected >= minCount) break;
  }
  const members: number[] = [];
  for (let i = 0; i < count; i++) {
    const bin = binOf(keys[i] as number);
    if (bin === crossing.bin || bin === previous.bin) members.push(i);
  }
  members.sort((a, b) => (keys[a] as number) - (keys[b] as number) || a - b);
  return walk(members, keys, masses, previous, targetMass, minCount);
}

/** A bin, and what all bins before it hold together. */
interface BinStart {
  readonly bin: number;
  readonly mass: number;
  readonly selected: number;
}

function walk(
  members: readonly number[],
  keys: Float64Array,
  masses: Float64Array,
  start: BinStart,
  targetMass: number,
  minCount: number,
): MassBoundary {
  let { mass, selected } = start;
  let last = members[0] as number;
  let neededAtKey = 0;
  for (const index of members) {
    const shortfall = targetMass - mass;
    if (selected > 0 && selected >= minCount && shortfall <= NEGLIGIBLE_SHARE * (masses[index] as number))
      break;
    neededAtKey = keys[index] === keys[last] ? neededAtKey + 1 : 1;
    last = index;
    mass += masses[index] as number;
    selected++;
  }
  const countAtKey = members.reduce((sum, index) => sum + (keys[index] === keys[last] ? 1 : 0), 0);
  return { index: last, neededAtKey, countAtKey };
}

function binOf(key: number): number {
  return key >= EXP_REACH ? BIN_COUNT - 1 : (key * BINS_PER_NAT) | 0;
}
