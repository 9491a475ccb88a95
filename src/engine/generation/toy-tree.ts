import { createDecoder } from "./create-decoder.ts";
import type { DecodedSequence } from "./decoder.ts";
import { DecodingOptionError } from "./errors.ts";
import { resolveSettings, type SettingWarning } from "./resolve-settings.ts";
import type { GenerationSettings } from "./settings.ts";
import type { TraceStep } from "./trace.ts";

/** Probabilities of the next word, and what may follow it. */
export interface ToyBranch {
  readonly probability: number;
  readonly next?: Readonly<Record<string, ToyBranch>>;
}

export const TOY_PROMPT = "The";

/**
 * The word tree with which decoding is usually explained: greedy takes "nice" (0.5) and ends at
 * "The nice woman" with 0.5 · 0.4 = 0.20, while two beams also follow "dog" and find "The dog has" with
 * 0.4 · 0.9 = 0.36.
 * Source: Patrick von Platen, "How to generate text", Hugging Face blog, 2020.
 */
export const TOY_TREE: Readonly<Record<string, ToyBranch>> = {
  nice: {
    probability: 0.5,
    next: { woman: { probability: 0.4 }, house: { probability: 0.3 }, guy: { probability: 0.3 } },
  },
  dog: {
    probability: 0.4,
    next: { and: { probability: 0.05 }, runs: { probability: 0.05 }, has: { probability: 0.9 } },
  },
  car: {
    probability: 0.1,
    next: { is: { probability: 0.3 }, drives: { probability: 0.5 }, turns: { probability: 0.2 } },
  },
};

const DEPTH = 2;

/** The toy vocabulary: a word's token id is its index. */
export const TOY_WORDS: readonly string[] = [
  TOY_PROMPT,
  ...Object.keys(TOY_TREE),
  ...Object.values(TOY_TREE).flatMap(({ next }) => Object.keys(next ?? {})),
];

export interface ToyDecoding {
  readonly sequences: readonly (DecodedSequence & { readonly text: string; readonly probability: number })[];
  readonly trace: readonly TraceStep[];
  readonly warnings: readonly SettingWarning[];
}

/**
 * Runs a real decoder over the toy tree instead of a language model; always two words are written.
 * @throws {DecodingOptionError} as `resolveSettings` does, and for contrastive search, which needs hidden states.
 */
export function decodeToyTree(given: Partial<GenerationSettings>): ToyDecoding {
  const { settings, warnings } = resolveSettings({ ...given, maxNewTokens: DEPTH, trace: true });
  if (settings.strategy === "contrastive") {
    throw new DecodingOptionError({
      option: "strategy",
      given: "contrastive",
      allowed: "a strategy that only needs probabilities",
      reason: "Contrastive search compares hidden states, and the toy tree has none.",
      hint: "Choose another strategy, or a real model.",
    });
  }
  const promptIds = [0];
  const decoder = createDecoder(settings, {
    promptIds,
    vocabSize: TOY_WORDS.length,
    eosTokenIds: [],
    decodeText: (ids) => ids.map(wordOf).join(" "),
    now: () => 0,
  });
  let rows: (readonly number[])[] = [promptIds];
  for (;;) {
    const answer = decoder.step({ logits: rows.map(toyLogits) });
    if (answer.kind === "done") break;
    rows = answer.rows.map(({ parent, tokenId }) => [...(rows[parent] as readonly number[]), tokenId]);
  }
  const sequences = decoder.sequences().map((sequence) => ({
    ...sequence,
    text: [0, ...sequence.tokenIds].map(wordOf).join(" "),
    probability: Math.exp(sequence.logProb),
  }));
  return { sequences, trace: decoder.takeTrace(), warnings };
}

/** Natural logs of the tree's probabilities after some words; -Infinity for every other word. */
export function toyLogits(tokenIds: readonly number[]): Float32Array {
  let branches: Readonly<Record<string, ToyBranch>> = TOY_TREE;
  for (const id of tokenIds.slice(1)) branches = branches[wordOf(id)]?.next ?? {};
  return Float32Array.from(TOY_WORDS, (word) => Math.log(branches[word]?.probability ?? 0));
}

function wordOf(tokenId: number): string {
  return TOY_WORDS[tokenId] as string;
}
