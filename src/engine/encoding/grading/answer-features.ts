import { cosine, dot } from "../vectors.ts";
import { shareIn, type Terms } from "./terms.ts";

/** One text, read once for all comparisons. */
export interface ReadText {
  readonly terms: Terms;
  /** Sentence vector of length 1; zeros for an empty text. */
  readonly vector: Float32Array;
}

/** Alignments of a reference, the answer and the question (token-alignment.ts): mean, new, weighted, least. */
export interface ReferenceAlignment {
  /** The reference's content in the answer. */
  readonly recall: ArrayLike<number>;
  /** The answer's content in the reference. */
  readonly precision: ArrayLike<number>;
  /** The reference's content in the question. */
  readonly given: ArrayLike<number>;
}

/** Compared with each reference; the highest over the references is a feature. */
const MAXIMA = [
  "cosine",
  "residualCosine",
  "termRecall",
  "termPrecision",
  "newTermRecall",
  "newTermPrecision",
  "softRecall",
  "softNewRecall",
  "softWeightedRecall",
  "softLeastRecall",
  "softPrecision",
  "softNewPrecision",
  "softWeightedPrecision",
  "gainOverQuestion",
  "bigramRecall",
  "jaccard",
] as const;

/** Taken from the nearest reference. */
const NEAREST = [
  "negationDiffers",
  "symbolRecall",
  "symbolPrecision",
  "lengthRatio",
  "referenceInQuestion",
] as const;

/** The same whatever the reference. */
const OVERALL = [
  "meanCosine",
  "meanSoftNewRecall",
  "cosineWithQuestion",
  "termsFromQuestion",
  "answerLength",
  "newTerms",
  "references",
  "negated",
] as const;

export type Feature =
  | `${(typeof MAXIMA)[number]}Max`
  | `${(typeof MAXIMA)[number]}Nearest`
  | (typeof NEAREST)[number]
  | (typeof OVERALL)[number];

/** The order in which the fitted model reads the features. */
export const FEATURES: readonly Feature[] = [
  ...MAXIMA.map((name) => `${name}Max` as const),
  ...MAXIMA.map((name) => `${name}Nearest` as const),
  ...NEAREST,
  ...OVERALL,
];

export interface AnswerFeatures {
  /** In the order of FEATURES. */
  readonly values: readonly number[];
  /** Position of the reference that the answer is nearest to. */
  readonly nearest: number;
}

/** What a fitted model can know of an answer: cosine, coverage of terms both ways, negation, what the question gave. */
export function answerFeatures(
  question: ReadText,
  references: readonly ReadText[],
  answer: ReadText,
  alignments: readonly ReferenceAlignment[],
): AnswerFeatures {
  const compared = references.map((reference, i) => compare(question, reference, answer, alignments[i]!));
  const closeness = compared.map((row) => row.cosine + row.termRecall + row.softRecall);
  const nearest = closeness.indexOf(Math.max(...closeness));
  const own = compared[nearest]!;
  const reference = references[nearest]!;
  const { terms } = answer;
  const asked = question.terms.content;
  const beside = {
    negationDiffers: Number(terms.negated !== reference.terms.negated),
    symbolRecall: shareIn(reference.terms.symbols, terms.symbols, 0.5),
    symbolPrecision: shareIn(terms.symbols, reference.terms.symbols, 0.5),
    lengthRatio: Math.log((terms.words.length + 1) / (reference.terms.words.length + 1)),
    referenceInQuestion: dot(reference.vector, question.vector),
  };
  const overall = {
    meanCosine: average(compared.map((row) => row.cosine)),
    meanSoftNewRecall: average(compared.map((row) => row.softNewRecall)),
    cosineWithQuestion: dot(answer.vector, question.vector),
    termsFromQuestion: shareIn(terms.content.keys(), asked, 0),
    answerLength: Math.log(terms.words.length + 1),
    newTerms: [...terms.content.keys()].filter((term) => !asked.has(term)).length,
    references: references.length,
    negated: Number(terms.negated),
  };
  return {
    nearest,
    values: [
      ...MAXIMA.map((name) => Math.max(...compared.map((row) => row[name]))),
      ...MAXIMA.map((name) => own[name]),
      ...NEAREST.map((name) => beside[name]),
      ...OVERALL.map((name) => overall[name]),
    ],
  };
}

function compare(
  question: ReadText,
  reference: ReadText,
  answer: ReadText,
  { recall, precision, given }: ReferenceAlignment,
): Record<(typeof MAXIMA)[number], number> {
  const expected = reference.terms.content;
  const said = answer.terms.content;
  const asked = question.terms.content;
  const isNew = (term: string): boolean => !asked.has(term);
  const termRecall = shareIn(expected.keys(), said, 0);
  const termPrecision = shareIn(said.keys(), expected, 0);
  const union = new Set([...expected.keys(), ...said.keys()]);
  return {
    cosine: dot(answer.vector, reference.vector),
    residualCosine: cosine(
      without(answer.vector, question.vector),
      without(reference.vector, question.vector),
    ),
    termRecall,
    termPrecision,
    newTermRecall: shareIn([...expected.keys()].filter(isNew), said, termRecall),
    newTermPrecision: shareIn([...said.keys()].filter(isNew), expected, termPrecision),
    softRecall: recall[0]!,
    softNewRecall: recall[1]!,
    softWeightedRecall: recall[2]!,
    softLeastRecall: recall[3]!,
    softPrecision: precision[0]!,
    softNewPrecision: precision[1]!,
    softWeightedPrecision: precision[2]!,
    gainOverQuestion: recall[1]! - given[1]!,
    bigramRecall: shareIn(bigrams(reference.terms.words), bigrams(answer.terms.words), 0),
    jaccard:
      union.size === 0
        ? 0
        : [...union].filter((term) => expected.has(term) && said.has(term)).length / union.size,
  };
}

/** The part of a vector that is at right angles to the question's: what the question didn't give away. */
function without(vector: Float32Array, question: Float32Array): Float32Array {
  const share = dot(vector, question);
  return vector.map((value, i) => value - share * question[i]!);
}

function bigrams(words: readonly string[]): Set<string> {
  return new Set(words.slice(1).map((word, i) => `${words[i]} ${word}`));
}

function average(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}
