import { distance } from "fastest-levenshtein";

/** The allowed word that a mistyped one most likely meant, or undefined when none is near. */
export function suggest(given: string, allowed: readonly string[]): string | undefined {
  const word = given.toLowerCase();
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of allowed) {
    const d = distance(word, candidate.toLowerCase());
    if (d < bestDistance) {
      best = candidate;
      bestDistance = d;
    }
  }
  return best;
}
