import type { Encoders } from "./encoders.ts";
import { embedSentences, SENTENCE_MODEL, SENTENCE_REPRESENTATION } from "./sentence-embeddings.ts";

/** A model that turns a sentence into one vector. */
export interface SentenceModel {
  /** As results name it. */
  readonly id: string;
  /** How the vector comes about, in words. */
  readonly representation: string;
  /** One vector a text, each of length 1. */
  embed(texts: readonly string[], signal?: AbortSignal): Promise<Float32Array[]>;
  /** Parts of a text that hold a symbol the vocabulary lacks. */
  unknownParts(text: string): string[];
}

/** The sentence encoder that comes with Cloze. */
export function embeddedSentenceModel(encoders: Encoders): SentenceModel {
  return {
    id: SENTENCE_MODEL,
    representation: SENTENCE_REPRESENTATION,
    embed: (texts, signal) => embedSentences(encoders, texts, signal),
    unknownParts: (text) => encoders.tokenizer.unknownParts(text),
  };
}
