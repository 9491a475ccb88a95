import stemmers from "snowball-stemmers";

/** What a text says, as countable terms. */
export interface Terms {
  /** All words, lower case; "n't" as "not". */
  readonly words: readonly string[];
  /** Content words: stem (Porter 2, snowballstem.org) to the word as it stands. */
  readonly content: ReadonlyMap<string, string>;
  /** Numbers and single letters, such as the names of bulbs and terminals. */
  readonly symbols: ReadonlySet<string>;
  readonly negated: boolean;
}

const NEGATIONS = new Set(["not", "no", "never", "none", "nothing", "neither", "nor", "without", "cannot"]);

const FUNCTION_WORDS = new Set(
  "a an the of to in on at by for with from and or but is are was were be been being am do does did has have had it its this that these those they them their he she his her him i you we us our your as than then so if because there here when where which who what why how will would can could should may might not no n t s".split(
    " ",
  ),
);

const stemmer = stemmers.newStemmer("english");

export function termsOf(text: string): Terms {
  const words =
    text
      .toLowerCase()
      .replaceAll("’", "'")
      .replace(/n't\b/g, " not")
      .match(/\p{L}+|\p{N}+(?:\.\p{N}+)?/gu) ?? [];
  const content = new Map<string, string>();
  for (const word of words)
    if (!FUNCTION_WORDS.has(word) && !content.has(stemmer.stem(word))) content.set(stemmer.stem(word), word);
  return {
    words,
    content,
    symbols: new Set(words.filter((word) => /^(?:\p{N}[\p{N}.]*|[b-hj-z])$/u.test(word))),
    negated: words.some((word) => NEGATIONS.has(word)),
  };
}

/** The share of `part`'s members that `whole` has; `empty` when there are none. */
export function shareIn(
  part: Iterable<string>,
  whole: { has(term: string): boolean },
  empty: number,
): number {
  let [count, found] = [0, 0];
  for (const term of part) {
    count++;
    if (whole.has(term)) found++;
  }
  return count === 0 ? empty : found / count;
}
