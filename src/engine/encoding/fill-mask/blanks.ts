import { EngineError } from "../../errors.ts";

/** A sentence cut at its blanks. */
export interface BlankedText {
  /** As it was given. */
  readonly text: string;
  /** The text around the blanks: one more than there are blanks. */
  readonly segments: readonly string[];
}

/** Blanks filled in one request; each more multiplies the work. */
const MAX_BLANKS = 6;

const BLANK = /\[MASK\]|<mask>|_{3,}/gi;

/**
 * Finds the blanks: `[MASK]`, `<mask>` (in any case) or three and more underscores.
 * @throws {EngineError} "empty-text", "no-blank", "too-many-blanks"
 */
export function parseBlanks(text: string): BlankedText {
  if (text.trim() === "") {
    throw new EngineError("empty-text", "The sentence is empty. Try: Paris is the [MASK] of France.", {
      text,
    });
  }
  const segments = text.split(BLANK);
  const blanks = segments.length - 1;
  if (blanks === 0) {
    throw new EngineError(
      "no-blank",
      "There is no blank in the sentence. Put [MASK] or ___ where the word is missing, as in: Paris is the [MASK] of France.",
      { text },
    );
  }
  if (blanks > MAX_BLANKS) {
    throw new EngineError(
      "too-many-blanks",
      `The sentence has ${blanks} blanks; at most ${MAX_BLANKS} can be filled at once. Leave fewer open.`,
      { blanks, maxBlanks: MAX_BLANKS },
    );
  }
  return { text, segments };
}

/** The text with words in its blanks; a blank without a word gets `open`. */
export function fillBlanks(
  { segments }: BlankedText,
  words: readonly (string | undefined)[],
  open = "[MASK]",
): string {
  let filled = segments[0]!;
  for (let i = 0; i < words.length; i++) {
    filled += `${atSentenceStart(filled) ? capitalize(words[i] ?? open) : (words[i] ?? open)}${segments[i + 1]}`;
  }
  return filled;
}

/** Whether what follows this text starts a sentence, so that its first word has a capital letter. */
export function atSentenceStart(left: string): boolean {
  return /(^|[.!?]["'”’)]*\s)\s*["'“‘(]*$/.test(left);
}

export function capitalize(word: string): string {
  return word.charAt(0).toLocaleUpperCase("en") + word.slice(1);
}
