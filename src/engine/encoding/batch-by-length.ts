/**
 * Groups sequences so that a batch holds only sequences of one padded length. The padded length follows from the
 * sequence alone, never from its company, and rows of a batch don't touch each other; so a text gives the same bits
 * alone and in any batch.
 */

/** Sequences are padded to a multiple of this many tokens. */
const LENGTH_STEP = 8;

/** Tokens in one run of the model, so that memory stays small and short requests don't wait long. */
const TOKENS_PER_BATCH = 1024;

export interface LengthBatch {
  /** Positions of the sequences in the list that was given. */
  readonly members: readonly number[];
  /** Tokens in each row. */
  readonly width: number;
}

/** @param lengths Tokens in each sequence. */
export function batchByLength(lengths: readonly number[]): LengthBatch[] {
  const byWidth = Map.groupBy(
    lengths.keys(),
    (i) => Math.ceil((lengths[i] ?? 0) / LENGTH_STEP) * LENGTH_STEP,
  );
  return [...byWidth]
    .sort(([a], [b]) => a - b)
    .flatMap(([width, members]) => {
      const rows = Math.max(1, Math.floor(TOKENS_PER_BATCH / width));
      const batches: LengthBatch[] = [];
      for (let start = 0; start < members.length; start += rows) {
        batches.push({ width, members: members.slice(start, start + rows) });
      }
      return batches;
    });
}
