import type { BlankedText } from "./blanks.ts";

/** Words in some of the blanks, and how likely they are together. */
export interface Filling {
  /** One place a blank; undefined where it is still open. */
  readonly words: readonly (string | undefined)[];
  /** The blanks filled so far, first filled first (0 is the leftmost). */
  readonly order: readonly number[];
  /** Natural log of the method's score; what it means depends on the method. */
  readonly logProb: number;
}

/** A way to find words for the blanks. */
export interface FillMethod {
  /** Which models it asks, as results name them. */
  readonly model: string;
  /**
   * Fills one more blank of each filling in all ways worth keeping.
   * @param width How many continuations of a filling the caller can use.
   * @param targets The only words allowed, or undefined for any.
   */
  expand(
    text: BlankedText,
    fillings: readonly Filling[],
    width: number,
    targets: readonly string[] | undefined,
    signal?: AbortSignal,
  ): Promise<Filling[]>;
}

export function withWord(filling: Filling, blank: number, word: string, logProb: number): Filling {
  return {
    words: filling.words.with(blank, word),
    order: [...filling.order, blank],
    logProb: filling.logProb + logProb,
  };
}

/** The fillings with the highest log-probability, best first; of two with the same words the better one. */
export function bestFillings(fillings: readonly Filling[], count: number): Filling[] {
  const best = new Map<string, Filling>();
  for (const filling of fillings) {
    const key = filling.words.join("\n").toLowerCase();
    const known = best.get(key);
    if (!known || filling.logProb > known.logProb) best.set(key, filling);
  }
  return [...best.values()].sort((a, b) => b.logProb - a.logProb).slice(0, count);
}
