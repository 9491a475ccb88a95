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
  /** Key and value of layer 0, of layer 1, …; each as long as rows · kvHeads · time · headDim. */
  arrays: readonly Float32Array[] = [];
  rows = 0;
  time = 0;
  #storage: Float32Array[];

  constructor(shape: KvShape, rows: number, time: number) {
    this.shape = shape;
    this.#storage = Array.from({ length: shape.layers * 2 }, () => new Float32Array(0));
    this.resize(rows, time, []);
  }

  get bytes(): number {
    return this.rows * this.time * bytesPerPosition(this.shape);
  }

  /**
   * Changes the shape and keeps what rows hold.
   * @param lengths Positions each present row holds; rows at or above `rows` are dropped. No length is above `time`.
   */
  resize(rows: number, time: number, lengths: readonly number[]): void {
    if (rows === this.rows && time === this.time) return;
    const { kvHeads, headDim } = this.shape;
    const needed = rows * kvHeads * time * headDim;
    const kept = Math.min(rows, this.rows, lengths.length);
    for (const [index, old] of this.#storage.entries()) {
      // Untouched pages of a large allocation cost no memory, so growing has room to spare.
      const storage = old.length >= needed ? old : new Float32Array(Math.ceil(needed * GROWTH));
      if (time !== this.time || storage !== old) this.#moveRows(old, storage, time, lengths.slice(0, kept));
      if (storage !== old) {
        this.#storage[index] = storage;
        release(old);
      }
    }
    this.arrays = this.#storage.map((storage) => storage.subarray(0, needed));
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

  /** Gives the memory back at once, without waiting for a garbage collection. */
  free(): void {
    for (const storage of this.#storage) release(storage);
    this.#storage = this.#storage.map(() => new Float32Array(0));
    this.arrays = this.#storage;
    this.rows = 0;
    this.time = 0;
  }

  #moveRows(source: Float32Array, target: Float32Array, time: number, lengths: readonly number[]): void {
    const { kvHeads, headDim } = this.shape;
    const strips = lengths.length * kvHeads;
    const isGrowing = time > this.time;
    for (let n = 0; n < strips; n++) {
      // In place, growing strips must start from the last one and shrinking ones from the first.
      const strip = isGrowing ? strips - 1 - n : n;
      const length = (lengths[Math.floor(strip / kvHeads)] as number) * headDim;
      const from = strip * this.time * headDim;
      const to = strip * time * headDim;
      if (source === target) target.copyWithin(to, from, from + length);
      else target.set(source.subarray(from, from + length), to);
    }
  }
}

const GROWTH = 1.5;

function release(array: Float32Array): void {
  if (array.byteLength > 0) (array.buffer as ArrayBuffer).transfer(0);
}
