import { readFileSync } from "node:fs";
import { join } from "node:path";
import { EMBEDDINGS_FILE, HIDDEN_SIZE, VOCABULARY_SIZE } from "./encoder-protocol.ts";
import { normalize } from "./vectors.ts";

/**
 * The encoders' input embeddings: one vector a piece whatever the sentence, as older dense vectors have one a word.
 * Read from the file that the graphs share: codes [30522, 384] of one byte, then scales [30522, 6] float32, one for
 * 64 codes; a value is (code − 128) · scale.
 */
export interface StaticTable {
  /** [n, 384]: the mean of each word's pieces. */
  vectors(pieces: readonly (readonly number[])[]): Float32Array;
  /** The whole words whose vectors have the highest cosine with `vector`, best first. */
  nearest(vector: Float32Array, count: number, exclude: readonly number[]): { id: number; cosine: number }[];
}

const BLOCK = 64;

export function openStaticVectors(directory: string, wholeWords: readonly number[]): StaticTable {
  let rows: Float32Array | undefined;
  let directions: Float32Array | undefined;

  const table = (): Float32Array => {
    rows ??= readRows(join(directory, EMBEDDINGS_FILE));
    return rows;
  };
  const row = (id: number): Float32Array => table().subarray(id * HIDDEN_SIZE, (id + 1) * HIDDEN_SIZE);

  return {
    vectors(pieces) {
      const vectors = new Float32Array(pieces.length * HIDDEN_SIZE);
      pieces.forEach((ids, i) => {
        for (const id of ids) {
          const own = row(id);
          for (let k = 0; k < HIDDEN_SIZE; k++) vectors[i * HIDDEN_SIZE + k]! += own[k]! / ids.length;
        }
      });
      return vectors;
    },
    nearest(vector, count, exclude) {
      if (!directions) {
        directions = new Float32Array(wholeWords.length * HIDDEN_SIZE);
        wholeWords.forEach((id, i) => {
          directions!.set(normalize(row(id)), i * HIDDEN_SIZE);
        });
      }
      const unit = normalize(vector);
      const scored = wholeWords.map((id, i) => {
        let cosine = 0;
        for (let k = 0; k < HIDDEN_SIZE; k++) cosine += unit[k]! * directions![i * HIDDEN_SIZE + k]!;
        return { id, cosine };
      });
      const left = new Set(exclude);
      return scored
        .filter(({ id }) => !left.has(id))
        .sort((a, b) => b.cosine - a.cosine || a.id - b.id)
        .slice(0, count);
    },
  };
}

function readRows(path: string): Float32Array {
  const bytes = readFileSync(path);
  const size = VOCABULARY_SIZE * HIDDEN_SIZE;
  const scales = new DataView(bytes.buffer, bytes.byteOffset + size, (size / BLOCK) * 4);
  const rows = new Float32Array(size);
  for (let block = 0; block < size / BLOCK; block++) {
    const scale = scales.getFloat32(block * 4, true);
    for (let i = block * BLOCK; i < (block + 1) * BLOCK; i++) rows[i] = (bytes[i]! - 128) * scale;
  }
  return rows;
}
