export interface Piece {
  readonly text: string;
  readonly isWord: boolean;
  /** Where it begins, in UTF-16 units. */
  readonly start: number;
}

/**
 * A text as words (letters and digits, with apostrophes and hyphens between them, or a blank) and what stands between.
 */
export function splitWords(text: string): Piece[] {
  const pieces: Piece[] = [];
  for (const { 0: piece, index, groups } of text.matchAll(
    /(?<word>[\p{L}\p{N}\p{M}]+(?:['’-][\p{L}\p{N}\p{M}]+)*|\[MASK\]|<mask>|_{3,})|(?:(?!\[MASK\]|<mask>|_{3,})[^\p{L}\p{N}\p{M}])+/giu,
  )) {
    pieces.push({ text: piece, isWord: groups?.word !== undefined, start: index });
  }
  return pieces;
}
