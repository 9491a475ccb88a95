import { HIDDEN_SIZE } from "../encoder-protocol.ts";
import type { Encoders } from "../encoders.ts";
import { ALIGNMENT_SIZE } from "../token-alignment.ts";
import { type AnswerFeatures, answerFeatures, type ReadText } from "./answer-features.ts";
import { termsOf } from "./terms.ts";

export interface AnswerToGrade {
  /** What was asked; "" or absent when it is not known. */
  readonly question?: string;
  /** Answers that count as right; at least one. */
  readonly references: readonly string[];
  readonly answer: string;
}

/** Answers embedded together, so that memory stays small. */
const CHUNK = 200;

/** A text that stands for "nothing was asked": it has no content, so nothing counts as given away. */
const NO_QUESTION = "?";

/** The features of answers, in their order. Every text is embedded once a chunk. */
export async function readAnswers(
  encoders: Encoders,
  answers: readonly AnswerToGrade[],
  signal?: AbortSignal,
): Promise<AnswerFeatures[]> {
  const features: AnswerFeatures[] = [];
  for (let start = 0; start < answers.length; start += CHUNK) {
    features.push(...(await readChunk(encoders, answers.slice(start, start + CHUNK), signal)));
  }
  return features;
}

async function readChunk(
  encoders: Encoders,
  answers: readonly AnswerToGrade[],
  signal?: AbortSignal,
): Promise<AnswerFeatures[]> {
  const places = new Map<string, number>();
  const place = (text: string): number => {
    const known = places.get(text) ?? places.size;
    places.set(text, known);
    return known;
  };
  const located = answers.map(({ question, references, answer }) => ({
    question: place(question?.trim() || NO_QUESTION),
    references: references.map(place),
    answer: place(answer),
  }));
  const pairs = located.flatMap(({ question, references, answer }) =>
    references.flatMap((reference) => [
      { of: reference, by: answer, known: question },
      { of: answer, by: reference, known: question },
      { of: reference, by: question, known: question },
    ]),
  );
  const texts = [...places.keys()];
  const numbers = await encoders.call("alignments", { texts, pairs }, signal);
  const read: ReadText[] = texts.map((text, i) => ({
    terms: termsOf(text),
    vector: numbers.subarray(i * HIDDEN_SIZE, (i + 1) * HIDDEN_SIZE),
  }));
  let at = texts.length * HIDDEN_SIZE;
  const next = (): Float32Array => {
    at += ALIGNMENT_SIZE;
    return numbers.subarray(at - ALIGNMENT_SIZE, at);
  };
  return located.map(({ question, references, answer }) => {
    const alignments = references.map(() => ({ recall: next(), precision: next(), given: next() }));
    return answerFeatures(
      read[question]!,
      references.map((i) => read[i]!),
      read[answer]!,
      alignments,
    );
  });
}
