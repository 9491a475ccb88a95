import { createHash } from "node:crypto";
import type { Engine } from "../engine.ts";
import { EngineError } from "../errors.ts";
import { arpabetToIpa } from "./arpabet.ts";

/** Tokens of the alphabet that are no phonemes; the model was never taught their scores. */
const PADDING_AND_START = [0, 1];

export interface Pronunciation {
  /** ARPAbet with stress: 1 primary, 2 secondary, 0 none. */
  readonly phonemes: readonly string[];
  readonly ipa: string;
  /** Of the whole sequence, from 0 to 1. */
  readonly probability: number;
  readonly logProb: number;
  readonly phonemeLogProbs: readonly number[];
  /** One row a phoneme, one column for each of `read`. */
  readonly attention: readonly (readonly number[])[];
}

export interface PronouncedWord {
  readonly model: string;
  /** As it was read: lower case, without accents. */
  readonly word: string;
  /** The letters, and the end "</s>". */
  readonly read: readonly string[];
  readonly attentionLayer: string;
  /** Likeliest first. */
  readonly pronunciations: readonly Pronunciation[];
  /** Whether the recipe kept this spelling out of training; else the model has seen it, if the dictionary has it. */
  readonly heldOut: boolean;
}

export interface PronounceOptions {
  /** How many pronunciations, from 1. */
  readonly count: number;
  /** Beams, at least `count`. */
  readonly beams: number;
}

/**
 * How a word is pronounced, by the encoder–decoder trained on the CMU Pronouncing Dictionary and beam search without
 * length penalty, so that the order is that of the probabilities.
 * @throws {EngineError} "input-unreadable" for what is no word of a–z, apostrophe and hyphen
 */
export async function pronounce(
  engine: Engine,
  word: string,
  { count, beams }: PronounceOptions,
  signal?: AbortSignal,
): Promise<PronouncedWord> {
  const read = readable(word);
  const beam = { strategy: "beam", numBeams: beams, numReturnSequences: count, lengthPenalty: 0 } as const;
  const settings = {
    ...(beams === 1 ? ({ strategy: "greedy" } as const) : beam),
    suppressTokens: PADDING_AND_START,
  };
  const result = await engine.transduce({ input: read, settings }, signal);
  return {
    model: result.model,
    word: read,
    read: result.inputTokens,
    attentionLayer: result.attention ?? "",
    pronunciations: result.outputs.map(({ tokens, tokenLogProbs, logProb, attention = [] }) => ({
      phonemes: tokens,
      ipa: arpabetToIpa(tokens),
      probability: Math.exp(logProb),
      logProb,
      phonemeLogProbs: tokenLogProbs,
      attention,
    })),
    heldOut: isHeldOut(read),
  };
}

function readable(word: string): string {
  const plain = word
    .trim()
    .toLowerCase()
    .replaceAll("’", "'")
    .normalize("NFD")
    .replace(/\p{Mn}/gu, "");
  if (/^[a-z'-]*[a-z][a-z'-]*$/.test(plain)) return plain;
  throw new EngineError(
    "input-unreadable",
    `“${word.trim()}” is no word that the model can read: it knows the letters a to z, the apostrophe and the hyphen. Give one word, with numbers spelled out.`,
    { word },
  );
}

/** The same buckets as `part_of` in models/build/transduction/dictionary.py: of 100, 0–5 are kept out of training. */
function isHeldOut(word: string): boolean {
  return createHash("sha256").update(word).digest().readUInt32BE(0) % 100 <= 5;
}
