import { release } from "./release.ts";

/** Sizes that all keys and values of a model share. */
export interface KvShape {
  readonly layers: number;
  readonly kvHeads: number;
  readonly headDim: number;
}

/** Past positions are padded to multiples of this: such shapes give the same bits whatever the padding. */
export const TIME_STEP = 64;

export function paddedTime(length: number): number {
  return Math.ceil(length / TIME_STEP) * TIME_STEP;
}

/** Bytes of one position of one row: keys and values of all layers in float32. */
export function bytesPerPosition({ layers, kvHeads, headDim }: KvShape): number {
  return layers * 2 * kvHeads * headDim * Float32Array.BYTES_PER_ELEMENT;
}

/**
 * The KV cache of some rows: for each layer a key and a value array of shape [rows, kvHeads, time, headDim], laid
 * out exactly as the graph takes them, since its inputs are not copied. What lies beyond a row's own length is
 * old but finite, and the graph does not look at it.
 */
export class KvBlock {
  readonly shape: KvShape;
  /** The most `rows · time` may become. */
  readonly capacity: number;
  /** Key and value of layer 0, of layer 1, …; each as long as rows · kvHeads · time · headDim. */
  arrays: readonly Float32Array[] = [];
  rows = 0;
  time = 0;
  readonly #storage: Float32Array;

  /**
   * @param capacity Positions over all rows. Room that is never used costs nothing: the system gives a large
   *   allocation its memory page by page, when it is first written to.
   */
  constructor(shape: KvShape, capacity: number) {
    this.shape = shape;
    this.capacity = capacity;
    this.#storage = new Float32Array((capacity * bytesPerPosition(shape)) / Float32Array.BYTES_PER_ELEMENT);
  }

  /** Bytes of the positions in use, padding included. */
  get bytes(): number {
    return this.rows * this.time * bytesPerPosition(this.shape);
  }

  /**
   * Changes the shape and keeps what rows hold.
   * @param lengths Positions each present row holds; rows at or above `rows` are dropped. No length is above `time`.
   */
  resize(rows: number, time: number, lengths: readonly number[]): void {
    if (rows * time > this.capacity) {
      throw new Error(`${rows} rows of ${time} positions do not fit into ${this.capacity}`);
    }
    if (rows === this.rows && time === this.time) return;
    const { layers, kvHeads, headDim } = this.shape;
    const size = kvHeads * headDim;
    if (time !== this.time) {
      for (const array of this.arrays)
        this.#moveRows(array, time, lengths.slice(0, Math.min(rows, this.rows)));
    }
    this.arrays = Array.from({ length: layers * 2 }, (_, index) => {
      const start = index * this.capacity * size;
      return this.#storage.subarray(start, start + rows * time * size);
    });
    this.rows = rows;
    this.time = time;
  }

  /**
   * Adds the keys and values of new tokens.
   * @param fresh Shape [layers, 2, rows, kvHeads, count, headDim], as the graph gives them.
   * @param positions For each row the position of its first new token; all below `time - count + 1`.
   */
  append(fresh: Float32Array, count: number, positions: readonly number[]): void {
    const { kvHeads, headDim } = this.shape;
    const size = count * headDim;
    let from = 0;
    for (const array of this.arrays) {
      for (let row = 0; row < this.rows; row++) {
        const position = positions[row] as number;
        for (let head = 0; head < kvHeads; head++, from += size) {
          const to = ((row * kvHeads + head) * this.time + position) * headDim;
          // Below some hundred numbers a loop is faster than making a view for `set`.
          if (size > 256) array.set(fresh.subarray(from, from + size), to);
          else for (let i = 0; i < size; i++) array[to + i] = fresh[from + i] as number;
        }
      }
    }
  }

  /** Copies the positions `from` to `to` (excluded) of a row of `source` to the same positions of a row here. */
  copyRow(source: KvBlock, sourceRow: number, row: number, from: number, to: number): void {
    const { kvHeads, headDim } = this.shape;
    for (const [index, array] of this.arrays.entries()) {
      const other = source.arrays[index] as Float32Array;
      for (let head = 0; head < kvHeads; head++) {
        const start = (sourceRow * kvHeads + head) * source.time;
        array.set(
          other.subarray((start + from) * headDim, (start + to) * headDim),
          ((row * kvHeads + head) * this.time + from) * headDim,
        );
      }
    }
  }

  /** Gives the memory back at once; the block is of no use afterwards. */
  free(): void {
    release(this.#storage);
    this.arrays = [];
    this.rows = 0;
    this.time = 0;
  }

  /** Gives the strips of one array, [kvHeads of each row], their new distance. */
  #moveRows(array: Float32Array, time: number, lengths: readonly number[]): void {
    const { kvHeads, headDim } = this.shape;
    const whole = new Float32Array(array.buffer, array.byteOffset, this.capacity * kvHeads * headDim);
    const strips = lengths.length * kvHeads;
    const isGrowing = time > this.time;
    for (let n = 0; n < strips; n++) {
      // In place, growing strips must start from the last one and shrinking ones from the first.
      const strip = isGrowing ? strips - 1 - n : n;
      const length = (lengths[Math.floor(strip / kvHeads)] as number) * headDim;
      const from = strip * this.time * headDim;
      whole.copyWithin(strip * time * headDim, from, from + length);
    }
  }
}
