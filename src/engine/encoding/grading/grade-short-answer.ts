import { EngineError } from "../../errors.ts";
import type { Encoders } from "../encoders.ts";
import { type Band, bandOf, scoreFeatures } from "./grading-model.ts";
import { type AnswerToGrade, readAnswers } from "./read-answers.ts";
import { termsOf } from "./terms.ts";

export interface ShortAnswerGrade {
  /** 0 to 1: how likely a human grader calls the answer correct. */
  readonly score: number;
  readonly band: Band;
  /** The reference answer that the student's is nearest to. */
  readonly nearestReference: string;
  /** Key terms of that reference that neither the answer nor the question has, in the reference's words. */
  readonly missing: readonly string[];
  /** What the score rests on, in a sentence or two. */
  readonly reason: string;
}

/**
 * Grades a short free-text answer against reference answers. The score is calibrated on human grades of questions that
 * were held out (figures in grading-model.json); it tells nothing of facts that the references don't mention.
 * @throws {EngineError} "empty-text" for a missing reference, "text-too-long"
 */
export async function gradeShortAnswer(
  encoders: Encoders,
  references: readonly string[],
  answer: string,
  question?: string,
  signal?: AbortSignal,
): Promise<ShortAnswerGrade> {
  const [grade] = await gradeShortAnswers(
    encoders,
    [{ references, answer, ...(question && { question }) }],
    signal,
  );
  return grade!;
}

/** Grades many answers in one run; the grades are those that each would get alone, to the bit. */
export async function gradeShortAnswers(
  encoders: Encoders,
  answers: readonly AnswerToGrade[],
  signal?: AbortSignal,
): Promise<ShortAnswerGrade[]> {
  answers.forEach(({ references }, i) => {
    if (references.length === 0 || references.some((reference) => reference.trim() === "")) {
      throw new EngineError(
        "empty-text",
        `Answer ${i + 1} has no reference answer, or an empty one. Give at least one text.`,
        { row: i + 1 },
      );
    }
  });
  const written = answers.filter(({ answer }) => answer.trim() !== "");
  const features = await readAnswers(encoders, written, signal);
  let next = 0;
  return answers.map((item) => {
    if (item.answer.trim() === "") return emptyGrade(item);
    const own = features[next++]!;
    const score = scoreFeatures(own);
    return {
      score: Number(score.toFixed(4)),
      band: bandOf(score),
      nearestReference: item.references[own.nearest]!,
      ...explain(item, item.references[own.nearest]!),
    };
  });
}

function emptyGrade({ references }: AnswerToGrade): ShortAnswerGrade {
  const missing = [...termsOf(references[0]!).content.values()];
  return {
    score: 0,
    band: "incorrect",
    nearestReference: references[0]!,
    missing,
    reason: "The answer is empty.",
  };
}

function explain(
  { question, answer }: AnswerToGrade,
  reference: string,
): { missing: readonly string[]; reason: string } {
  const said = termsOf(answer);
  const expected = termsOf(reference);
  const asked = termsOf(question ?? "").content;
  const key = [...expected.content].filter(([stem]) => !asked.has(stem));
  const missing = key.filter(([stem]) => !said.content.has(stem)).map(([, word]) => word);
  const found = key.length - missing.length;
  const parts = [
    key.length === 0
      ? "The question already has all key terms of the nearest reference."
      : `Has ${found} of ${key.length} key terms of the nearest reference${missing.length > 0 ? `; not found: ${missing.join(", ")}` : ""}.`,
  ];
  if (said.negated !== expected.negated) {
    parts.push(
      said.negated
        ? "The answer denies something; the reference doesn't."
        : "The reference denies something; the answer doesn't.",
    );
  }
  return { missing, reason: parts.join(" ") };
}
