import type { TextTokenizer } from "./text-tokenizer.ts";

/**
 * The characters of a text that a byte-level vocabulary can't write, since it lacks a token for one of their bytes;
 * the tokenizer leaves those out without a word, as transformers does. SmolLM2 lacks some control characters and
 * what lies above U+3FFFF.
 */
export function charactersWithoutToken(
  text: string,
  tokenizer: Pick<TextTokenizer, "encode" | "text">,
): string[] {
  // Printable ASCII and line breaks are in every vocabulary.
  const unusual = new Set(text.replace(/[\x20-\x7e\n]+/g, ""));
  return [...unusual].filter(
    (character) =>
      character.isWellFormed() && !tokenizer.text(tokenizer.encode(character, false)).includes(character),
  );
}
