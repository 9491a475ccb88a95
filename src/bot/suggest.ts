import { distance } from "fastest-levenshtein";

/** The allowed word that a mistyped one most likely meant, or undefined when none is near. */
export function suggest(given: string, allowed: readonly string[]): string | undefined {
  const word = given.toLowerCase();
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of allowed) {
    const d = mistakes(word, candidate.toLowerCase());
    if (d < bestDistance) {
      best = candidate;
      bestDistance = d;
    }
  }
  return best;
}

/** Letters changed, added or left out; the same letters in another order are one mistake. */
function mistakes(a: string, b: string): number {
  if (a === b) return 0;
  return a.length === b.length && sorted(a) === sorted(b) ? 1 : distance(a, b);
}

function sorted(word: string): string {
  return [...word].sort().join("");
}
