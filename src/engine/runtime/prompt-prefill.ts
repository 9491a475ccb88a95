import type { DecoderGraph } from "./decoder-graph.ts";
import { KvBlock, type KvShape, paddedTime } from "./kv-block.ts";
import { release } from "./release.ts";

/**
 * Prompts are read in pieces of this many tokens, cut at its multiples and always one prompt at a time, so that a
 * prompt's bits depend on nothing but its own tokens: not on neighbours, and not on how much of it was in the cache.
 */
export const PREFILL_CHUNK = 128;

/** A prompt that the model has read. */
export interface PromptState {
  readonly ids: readonly number[];
  /** One row; the first `ids.length` positions count. */
  readonly block: KvBlock;
  /** Shape [vocabSize]: scores of the token after the prompt. */
  readonly logits: Float32Array;
  /** Shape [ids.length, hiddenSize]; present when asked for. */
  readonly hidden?: Float32Array;
}

/** Reads one prompt piece by piece. */
export interface PromptPrefill {
  readonly ids: readonly number[];
  /** How many tokens the next piece has. */
  nextSize(): number;
  /** @returns The prompt's state once its last piece was read, undefined before. */
  readNext(graph: DecoderGraph): Promise<PromptState | undefined>;
  /** Gives up the memory of a prompt that nobody waits for. */
  abandon(): void;
}

export interface PrefillOptions {
  readonly needsHidden: boolean;
  /** Positions the block can grow to, so that it can be decoded in place; at least the prompt always fits. */
  readonly capacity: number;
  /** Tokens of one piece. Default PREFILL_CHUNK; another number gives other bits. */
  readonly piece?: number;
  /**
   * The state of a prompt that begins with the same `sharedLength` tokens, a multiple of PREFILL_CHUNK below
   * `ids.length`; they are copied instead of read.
   */
  readonly known?: { readonly block: KvBlock; readonly sharedLength: number } | undefined;
}

export function createPrefill(
  ids: readonly number[],
  shape: KvShape,
  options: PrefillOptions,
): PromptPrefill {
  const { needsHidden, capacity, known, piece = PREFILL_CHUNK } = options;
  const block = new KvBlock(shape, Math.max(capacity, paddedTime(ids.length)));
  block.resize(1, known?.sharedLength ?? 0, []);
  if (known) block.copyRow(known.block, 0, 0, 0, known.sharedLength);
  let done = known?.sharedLength ?? 0;
  const hiddenPieces: Float32Array[] = [];
  const nextSize = () => Math.min(piece, ids.length - done);

  return {
    ids,
    nextSize,
    abandon: () => block.free(),
    readNext: async (graph) => {
      const count = nextSize();
      const isLast = done + count === ids.length;
      const output = await graph.forward({
        tokenIds: ids.slice(done, done + count),
        rows: 1,
        pastLengths: [done],
        past: block,
        outputs: [
          "newKeyValue",
          ...(isLast ? (["logits"] as const) : []),
          ...(needsHidden ? (["hidden"] as const) : []),
        ],
      });
      block.resize(1, paddedTime(done + count), [done]);
      block.append(output.newKeyValue as Float32Array, count, [done]);
      release(output.newKeyValue as Float32Array);
      if (output.hidden) hiddenPieces.push(output.hidden);
      done += count;
      if (!isLast) return undefined;
      const logits = output.logits as Float32Array;
      return needsHidden ? { ids, block, logits, hidden: joined(hiddenPieces) } : { ids, block, logits };
    },
  };
}

function joined(pieces: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const piece of pieces) {
    whole.set(piece, offset);
    offset += piece.length;
  }
  return whole;
}
