import type { Encoders } from "../../../engine/encoding/encoders.ts";
import { gradeShortAnswers } from "../../../engine/encoding/grading/grade-short-answer.ts";
import { termsOf } from "../../../engine/encoding/grading/terms.ts";
import { embedSentences } from "../../../engine/encoding/sentence-embeddings.ts";
import { dot } from "../../../engine/encoding/vectors.ts";
import type { ItemOf } from "../../course/item-schema.ts";
import { DEFAULT_THRESHOLDS } from "./bands.ts";
import type { Grade, ItemGrading } from "./grade-record.ts";

/** Sentence cosine from which two answers can say the same. */
const NEARLY_IDENTICAL = 0.95;
/** Sentence cosine from which an answer says a known mistake, if it is nearer to it than to every reference. */
const SAYS_MISTAKE = 0.75;

/**
 * Grades answers to one item. The engine's score compares with the references and with answers that the teacher
 * called right; a required idea is missing when the same measure does not find it; a known mistake, or the
 * teacher's word on nearly the same answer, decides whatever the score is.
 * @returns grades in the order of the answers; every one says what it rests on.
 */
export async function gradeAnswers(
  encoders: Encoders,
  item: ItemOf<"short">,
  { rulings }: ItemGrading,
  answers: readonly string[],
  signal?: AbortSignal,
): Promise<Grade[]> {
  if (answers.length === 0) return [];
  const called = (band: string) => rulings.filter((ruling) => ruling.band === band).map(({ text }) => text);
  const references = [...new Set([...item.references, ...called("right")])];
  const { question, ideas, mistakes } = item;
  const asked = answers.flatMap((answer) => [
    { question, references, answer },
    ...ideas.map((idea) => ({ question, references: [idea], answer })),
  ]);
  const judged = await gradeShortAnswers(encoders, asked, signal);
  const texts = [
    ...answers,
    ...references,
    ...mistakes.map(({ answer }) => answer),
    ...rulings.map(({ text }) => text),
  ];
  const vectors = await embedSentences(encoders, texts, signal);
  const take = (start: number, count: number) => vectors.slice(start, start + count);
  const referenceVectors = take(answers.length, references.length);
  const mistakeVectors = take(answers.length + references.length, mistakes.length);
  const rulingVectors = take(answers.length + references.length + mistakes.length, rulings.length);
  const perAnswer = 1 + ideas.length;
  return answers.map((text, i) => {
    const grade = judged[i * perAnswer]!;
    const own = vectors[i]!;
    const nearReference = Math.max(...referenceVectors.map((vector) => dot(own, vector)));
    const mistake = nearest(own, mistakeVectors);
    const ruling = latestSame(text, own, rulings, rulingVectors);
    const isMistake = mistake && mistake.cosine >= SAYS_MISTAKE && mistake.cosine > nearReference;
    return {
      text,
      score: grade.score,
      nearestReference: grade.nearestReference,
      missingIdeas: ideas.filter((_, k) => judged[i * perAnswer + 1 + k]!.score < DEFAULT_THRESHOLDS.close),
      reason: grade.reason,
      ...(isMistake && { mistake: mistakes[mistake.at]! }),
      ...(ruling && { ruling }),
    };
  });
}

function nearest(
  own: Float32Array,
  vectors: readonly Float32Array[],
): { at: number; cosine: number } | undefined {
  const cosines = vectors.map((vector) => dot(own, vector));
  const cosine = Math.max(...cosines);
  return cosines.length === 0 ? undefined : { at: cosines.indexOf(cosine), cosine };
}

/** The newest ruling on this answer or on one that says the same. */
function latestSame(
  text: string,
  own: Float32Array,
  rulings: ItemGrading["rulings"],
  vectors: readonly Float32Array[],
): Grade["ruling"] {
  const at = rulings.findLastIndex((ruling, i) => nearlyIdentical(ruling.text, text, dot(own, vectors[i]!)));
  return at < 0 ? undefined : { band: rulings[at]!.band, on: rulings[at]!.text };
}

/**
 * Whether the teacher's word on one answer holds for the other: the same but for capitals and punctuation, or
 * nearly the same meaning. Sentence vectors hardly see a "not" or another number, so these must agree as well.
 * @param cosine Of the two sentence vectors.
 */
export function nearlyIdentical(a: string, b: string, cosine: number): boolean {
  if (words(a) === words(b)) return true;
  const numbers = (text: string) => (text.match(/\d+(?:[.,]\d+)?/g) ?? []).sort().join(" ");
  return cosine >= NEARLY_IDENTICAL && termsOf(a).negated === termsOf(b).negated && numbers(a) === numbers(b);
}

function words(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}
