import { type ParsedPattern, SyntaxKind } from "obscenity";
import { classroomWords } from "./classroom-words.ts";

/** In normalised text: anything that is no letter. In a spelling: the edge of a word. */
export const GAP = "_";

/** Lower-case ASCII letters; everything else becomes one `GAP`. */
export function normalise(text: string): string {
  return text.toLowerCase().replace(/[^a-z]+/g, GAP);
}

/** Every spelling that the list's patterns stand for. */
export const spellings: readonly string[] = [...new Set(classroomWords.patterns.flatMap(spellingsOf))];

export const longestSpelling = Math.max(...spellings.map(({ length }) => length));

/** Allowed terms that single words can hold; what spans words is left to the check of the whole text. */
const allowedTerms = classroomWords.allowed.filter((term) => /^[a-z]+$/.test(term));

const anySpelling = new RegExp(
  spellings.map((text) => (text.endsWith(GAP) ? `${text.slice(0, -1)}(?=${GAP}|$)` : text)).join("|"),
  "g",
);

/**
 * Whether a normalised text holds a spelling that ends behind `from` and is not part of an allowed term. The end
 * of the text counts as the edge of a word.
 */
export function findSpelling(text: string, from: number): boolean {
  anySpelling.lastIndex = 0;
  for (let found = anySpelling.exec(text); found; found = anySpelling.exec(text)) {
    const start = found.index + (found[0].startsWith(GAP) ? 1 : 0);
    const end = found.index + found[0].length;
    if (end > from && !isAllowed(text, start, end)) return true;
    anySpelling.lastIndex = found.index + 1;
  }
  return false;
}

function isAllowed(text: string, start: number, end: number): boolean {
  return allowedTerms.some((term) => {
    const at = text.indexOf(term, Math.max(0, end - term.length));
    return at !== -1 && at <= start && at + term.length >= end;
  });
}

function spellingsOf({
  requireWordBoundaryAtStart,
  requireWordBoundaryAtEnd,
  nodes,
}: ParsedPattern): string[] {
  const bodies = nodes.reduce<string[]>(
    (begun, node) => begun.flatMap((text) => forms(node).map((form) => text + form)),
    [""],
  );
  const before = requireWordBoundaryAtStart ? GAP : "";
  const behind = requireWordBoundaryAtEnd ? GAP : "";
  return bodies.map((body) => `${before}${normalise(body)}${behind}`);
}

function forms(node: ParsedPattern["nodes"][number]): string[] {
  switch (node.kind) {
    case SyntaxKind.Literal:
      return [String.fromCodePoint(...node.chars)];
    case SyntaxKind.Optional:
      return ["", ...forms(node.childNode)];
    case SyntaxKind.Wildcard:
      return [..."abcdefghijklmnopqrstuvwxyz"];
  }
}
