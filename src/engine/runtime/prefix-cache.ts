import { PREFILL_CHUNK, type PromptState } from "./prompt-prefill.ts";

/**
 * Prompts that were read lately, so that one shared by many requests is read once. A prompt is taken over whole,
 * or up to a multiple of PREFILL_CHUNK: there a fresh reading would have made the same cuts and so the same bits.
 */
export interface PrefixCache {
  /** The state of exactly this prompt. */
  whole(ids: readonly number[]): PromptState | undefined;
  /** The state that shares the most pieces of this prompt's beginning, and how many tokens they are. */
  longestPrefix(
    ids: readonly number[],
  ): { readonly state: PromptState; readonly sharedLength: number } | undefined;
  /** @returns False when the state is too large to keep; it then still belongs to the caller. */
  keep(state: PromptState): boolean;
  readonly bytes: number;
}

/** @param maxBytes KV memory of the kept prompts; the ones used longest ago make room. 0 keeps nothing. */
export function createPrefixCache(maxBytes: number): PrefixCache {
  // In order of use, the latest last.
  const states = new Map<string, PromptState>();
  let bytes = 0;

  const use = (key: string, state: PromptState) => {
    states.delete(key);
    states.set(key, state);
    return state;
  };

  return {
    whole: (ids) => {
      const key = keyOf(ids);
      const state = states.get(key);
      return state && use(key, state);
    },
    longestPrefix: (ids) => {
      let best: { state: PromptState; sharedLength: number } | undefined;
      for (const state of states.values()) {
        const sharedLength = sharedPieces(ids, state.ids);
        if (sharedLength > (best?.sharedLength ?? 0)) best = { state, sharedLength };
      }
      if (best) use(keyOf(best.state.ids), best.state);
      return best;
    },
    keep: ({ ids, block, logits }) => {
      const key = keyOf(ids);
      if (block.bytes > maxBytes || states.has(key)) return false;
      states.set(key, { ids, block, logits });
      bytes += block.bytes;
      for (const [oldKey, old] of states) {
        if (bytes <= maxBytes) break;
        states.delete(oldKey);
        bytes -= old.block.bytes;
      }
      return true;
    },
    get bytes() {
      return bytes;
    },
  };
}

function keyOf(ids: readonly number[]): string {
  return ids.join(",");
}

/** Tokens in the whole pieces that both begin with; at least one token of `ids` stays to be read. */
function sharedPieces(ids: readonly number[], other: readonly number[]): number {
  const limit = Math.min(ids.length - 1, other.length);
  let shared = 0;
  while (shared < limit && ids[shared] === other[shared]) shared++;
  return Math.floor(shared / PREFILL_CHUNK) * PREFILL_CHUNK;
}
