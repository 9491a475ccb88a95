import type { TextScorer } from "../text-scorer.ts";
import { atSentenceStart, type BlankedText, capitalize, fillBlanks } from "./blanks.ts";
import type { Filling } from "./filling.ts";

/** The leftmost open blank of a filling as a decoder sees it. */
export interface DecoderContext {
  readonly blank: number;
  /** All text before the blank, without the space before the word. */
  readonly left: string;
  /** Whether a space stands before the word, which a byte-level vocabulary makes part of the word's first token. */
  readonly spaced: boolean;
  readonly sentenceStart: boolean;
  /** The text after the blank, up to the next blank. */
  readonly right: string;
  /** Whether a further blank follows. */
  readonly more: boolean;
}

export function decoderContext(text: BlankedText, filling: Filling): DecoderContext {
  const blank = filling.words.indexOf(undefined);
  const head = { ...text, segments: text.segments.slice(0, blank + 1) };
  const left = fillBlanks(head, filling.words.slice(0, blank));
  return {
    blank,
    left: left.trimEnd(),
    spaced: /\S\s+$/.test(left),
    sentenceStart: atSentenceStart(left),
    right: text.segments[blank + 1]!,
    more: filling.words.indexOf(undefined, blank + 1) !== -1,
  };
}

/** A word as the decoder reads it in the blank: with the space before it, and a capital letter where a sentence starts. */
export function wordInPlace({ spaced, sentenceStart }: DecoderContext, word: string): string {
  return (spaced ? " " : "") + (sentenceStart ? capitalize(word) : word);
}

/** The tokens of a vocabulary that can begin or continue a word. */
export interface WordTokens {
  /** " word": a space, then letters. */
  readonly spaced: readonly number[];
  /** "word": letters alone, which begin a word without a space or continue one. */
  readonly bare: readonly number[];
  /** "Word": those of `bare` that begin with a capital letter. */
  readonly capitalised: readonly number[];
  /** The longest token that a text begins with. */
  longestStart(text: string): number;
}

const known = new WeakMap<TextScorer, Promise<WordTokens>>();

export function wordTokens(scorer: TextScorer): Promise<WordTokens> {
  let tokens = known.get(scorer);
  if (!tokens) {
    tokens = scorer.vocabulary().then((texts) => {
      const matching = (pattern: RegExp): number[] =>
        texts.flatMap((text, id) => (pattern.test(text) ? [id] : []));
      const ids = new Map(texts.map((text, id) => [text, id]));
      return {
        spaced: matching(/^ \p{L}+$/u),
        bare: matching(/^\p{L}+$/u),
        capitalised: matching(/^\p{Lu}\p{L}*$/u),
        longestStart: (text) => {
          let end = text.length;
          while (end > 1 && !ids.has(text.slice(0, end))) end--;
          return ids.get(text.slice(0, end)) ?? 0;
        },
      };
    });
    known.set(scorer, tokens);
  }
  return tokens;
}

/** The tokens that may begin the word in a blank. */
export function firstTokens(tokens: WordTokens, context: DecoderContext): readonly number[] {
  if (context.spaced) return tokens.spaced;
  return context.sentenceStart ? tokens.capitalised : tokens.bare;
}
