import {
  collapseDuplicatesTransformer,
  DataSet,
  englishDataset,
  englishRecommendedWhitelistMatcherTransformers,
  pattern,
  RegExpMatcher,
  remapCharactersTransformer,
  resolveConfusablesTransformer,
  toAsciiLowerCaseTransformer,
} from "obscenity";

/**
 * Phrases of obscenity's English list that stay allowed: medicine, biology, law, history and names need them,
 * and their patterns hit ordinary words of this field ("FK" is a foreign key, "s" + "ex" a variable).
 */
const PLAIN_WORDS: ReadonlySet<string | undefined> = new Set([
  "abo",
  "anal",
  "anus",
  "ejaculate",
  "fuck",
  "hooker",
  "incest",
  "masturbate",
  "orgasm",
  "penis",
  "rape",
  "retard",
  "scat",
  "semen",
  "sex",
  "tit",
  "vagina",
]);

/** Ordinary words and names that hold a listed one, beside those that obscenity allows. */
const ALLOWED = [
  "asson",
  "assort",
  "asstring",
  "assyr",
  "cockpit",
  "cumin",
  "cum laude",
  "cummerb",
  "cumming",
  "dickinson",
  "dickson",
  "fagin",
  "fagus",
  "fagaceae",
  "fukuoka",
  "fukushima",
  "moby dick",
  "moby-dick",
  "philip k. dick",
  "pissarr",
  "pissaro",
  "riddick",
  "wankel",
];

const list = new DataSet<{ originalWord: string }>()
  .addAll(englishDataset)
  .removePhrasesIf(({ metadata }) => PLAIN_WORDS.has(metadata?.originalWord))
  .addPhrase((phrase) =>
    phrase
      .setMetadata({ originalWord: "fuck" })
      .addPattern(pattern`fuck`)
      .addPattern(pattern`|fuk`)
      .addPattern(pattern`|fck`),
  )
  .addPhrase((phrase) =>
    phrase
      .setMetadata({ originalWord: "tit" })
      .addPattern(pattern`|tits|`)
      .addPattern(pattern`|tit[t]ies|`)
      .addPattern(pattern`|tit[t]y|`),
  )
  .addPhrase((phrase) => ALLOWED.reduce((own, term) => own.addWhitelistedTerm(term), phrase))
  .build();

/** The patterns and the allowed terms of the word list "classroom", for the mask that works while decoding. */
export const classroomWords = {
  patterns: (list.blacklistedTerms ?? []).map((term) => term.pattern),
  allowed: list.whitelistedTerms ?? [],
};

const matcher = new RegExpMatcher({
  ...list,
  blacklistMatcherTransformers: [
    resolveConfusablesTransformer(),
    // Brackets, bars and exclamation marks stay what they are: "(until" is no disguise.
    remapCharactersTransformer({ a: "@4", e: "3", i: "1", o: "0", s: "$5", t: "7" }),
    toAsciiLowerCaseTransformer(),
    collapseDuplicatesTransformer({
      defaultThreshold: 1,
      // Letters that listed words double.
      customThresholds: new Map([..."beglos"].map((letter) => [letter, 2])),
    }),
  ],
  whitelistMatcherTransformers: englishRecommendedWhitelistMatcherTransformers,
});

/** A place in a text, in UTF-16 code units; `end` is the first one behind it. */
export interface ListedWord {
  readonly start: number;
  readonly end: number;
}

/**
 * The words of a text that stand on the list "classroom", in order, with their disguises: capitals, look-alike
 * letters, digits for letters ("sh1t"), drawn-out letters. English only. What is mostly digits is a number.
 * Source: obscenity's English data set, MIT, from the cuss project; `PLAIN_WORDS` says what was taken out.
 */
export function findListedWords(text: string): ListedWord[] {
  return matcher
    .getAllMatches(text, true)
    .map(({ startIndex, endIndex }) => ({ start: startIndex, end: endIndex + 1 }))
    .filter(({ start, end }) => {
      const digits = text.slice(start, end).match(/\d/g)?.length ?? 0;
      return digits * 2 <= end - start;
    });
}
