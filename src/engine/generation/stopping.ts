import type { FinishReason } from "./decoder.ts";
import type { LogitsProcessor } from "./processors/processor.ts";
import type { GenerationSettings } from "./settings.ts";

/** What decoding needs to know about its surroundings. Chance (the seed) is in the settings, time is asked for. */
export interface DecoderContext {
  /** The prompt as the model sees it, special tokens included; at least one token. */
  readonly promptIds: readonly number[];
  /** Length of a row of logits. */
  readonly vocabSize: number;
  /** Tokens that end a sequence; may be empty. */
  readonly eosTokenIds: readonly number[];
  /** Text of some tokens, special tokens left out or not as the caller likes; used for stop strings. */
  readonly decodeText: (tokenIds: readonly number[]) => string;
  /** Milliseconds from any fixed start, never going back. */
  readonly now: () => number;
  /** Rules out the words of the settings' list, see `word-list/`; needed when there is one. */
  readonly wordListMask?: LogitsProcessor;
}

/** Decides when a sequence is finished. One for each decoder; the clock starts when it is made. */
export interface StoppingCriteria {
  /** Reads the clock once for all sequences of the step. */
  beginStep(): void;
  /** @param tokenIds Prompt and written tokens, the newest last. */
  reasonToStop(tokenIds: readonly number[]): FinishReason | undefined;
}

/**
 * End-of-sequence tokens, stop strings, the most new tokens, the most time; when several hold, the first of
 * these is the reason. A sequence keeps the token that ended it.
 *
 * Stop strings are looked for in the text of the written tokens, across their boundaries; unlike transformers
 * the prompt does not count, so a prompt that ends in half a stop string cannot end the text.
 */
export function createStoppingCriteria(
  settings: GenerationSettings,
  context: DecoderContext,
): StoppingCriteria {
  const { stopStrings, maxNewTokens, maxTimeMs } = settings;
  const promptLength = context.promptIds.length;
  const eos = new Set(context.eosTokenIds);
  const startedAt = context.now();
  const tailLength = stopTailLength(stopStrings);
  let isOutOfTime = false;
  return {
    beginStep() {
      isOutOfTime = maxTimeMs > 0 && context.now() - startedAt > maxTimeMs;
    },
    reasonToStop(tokenIds) {
      if (eos.has(tokenIds.at(-1) as number)) return "eos";
      if (stopStrings.length > 0) {
        const text = context.decodeText(tokenIds.slice(Math.max(promptLength, tokenIds.length - tailLength)));
        if (stopStrings.some((stop) => text.includes(stop))) return "stop-string";
      }
      if (tokenIds.length - promptLength >= maxNewTokens) return "max-new-tokens";
      return isOutOfTime ? "max-time" : undefined;
    },
  };
}

/**
 * How many tokens can hold a stop string that ends in the newest one: at worst one for each of its UTF-8 bytes.
 * A few more keep clear of the first token, whose leading space some tokenizers drop.
 */
function stopTailLength(stopStrings: readonly string[]): number {
  const encoder = new TextEncoder();
  return 4 + Math.max(0, ...stopStrings.map((text) => encoder.encode(text).length));
}
