import { readFileSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { openEncoders } from "../../../src/engine/encoding/encoders.ts";
import {
  gradeShortAnswer,
  gradeShortAnswers,
} from "../../../src/engine/encoding/grading/grade-short-answer.ts";
import { termsOf } from "../../../src/engine/encoding/grading/terms.ts";

const encoders = openEncoders({ threads: 1 });
afterAll(() => encoders.close());

const QUESTION = "What does top-p sampling keep?";
const REFERENCES = [
  "It keeps the smallest set of tokens whose probabilities add up to at least p.",
  "The fewest most probable tokens with a total probability of p.",
];

describe("grading a short answer", () => {
  test("ranks a right answer in other words above a half right one above an unrelated one", async () => {
    const answers = [
      "The smallest set of likely tokens whose probability sums to p.",
      "Some of the tokens.",
      "It makes the model bigger.",
    ];
    const grades = await gradeShortAnswers(
      encoders,
      answers.map((answer) => ({ question: QUESTION, references: REFERENCES, answer })),
    );
    const [right, half, wrong] = grades.map(({ score }) => score);
    expect(right).toBeGreaterThan(half!);
    expect(half).toBeGreaterThan(wrong!);
    expect(grades[0]!.band).toBe("correct");
    expect(grades[2]!.band).toBe("incorrect");
  });

  test("gives the reference itself the band correct, with nothing missing", async () => {
    const grade = await gradeShortAnswer(encoders, REFERENCES, REFERENCES[0]!, QUESTION);
    expect(grade).toMatchObject({ band: "correct", nearestReference: REFERENCES[0], missing: [] });
  });

  test("names the missing key terms in the reference's words, and not those that the question has", async () => {
    const { missing } = await gradeShortAnswer(
      encoders,
      ["The bulbs are in the same closed path with the battery."],
      "They are in one path.",
      "Why do the bulbs stay on?",
    );
    expect(missing).toEqual(["same", "closed", "battery"]);
  });

  test("says when the answer denies what the reference affirms", async () => {
    const grade = await gradeShortAnswer(
      encoders,
      ["The switch is connected."],
      "The switch isn't connected.",
    );
    expect(grade.reason).toContain("denies");
  });

  test("an empty answer has the score 0 and says so", async () => {
    expect(await gradeShortAnswer(encoders, REFERENCES, "  ")).toMatchObject({
      score: 0,
      band: "incorrect",
      reason: "The answer is empty.",
    });
  });

  test("a missing reference is refused with the row's number", async () => {
    const bad = gradeShortAnswers(encoders, [
      { references: ["yes"], answer: "yes" },
      { references: [], answer: "yes" },
    ]);
    await expect(bad).rejects.toMatchObject({ code: "empty-text", fields: { row: 2 } });
  });

  test("an answer gets the same grade alone and among 250 others", async () => {
    const others = Array.from({ length: 250 }, (_, i) => ({
      question: QUESTION,
      references: REFERENCES,
      answer: `Answer ${i} about tokens`,
    }));
    const [alone] = await gradeShortAnswers(encoders, [others[210]!]);
    expect((await gradeShortAnswers(encoders, others))[210]).toEqual(alone);
  });
});

test("the fitted model reaches an area under the curve of .80 on questions it was not fitted on", () => {
  // Written by models/build/grading/fit.py: ten-fold cross-validation over the 182 questions of SemEval-2013 Task 7.
  const model = JSON.parse(
    readFileSync(new URL("../../../src/engine/encoding/grading/grading-model.json", import.meta.url), "utf8"),
  );
  expect(model.figures.crossValidated.auc).toBeGreaterThanOrEqual(0.8);
  expect(model.figures.crossValidated.auc).toBeGreaterThan(model.figures.sentenceCosineAlone.auc + 0.05);
});

test("terms are stems of content words; n't is a negation and single letters are symbols", () => {
  const terms = termsOf("Bulb B isn't glowing at 1.5 volts");
  expect([...terms.content.keys()]).toEqual(["bulb", "b", "glow", "1.5", "volt"]);
  expect([...terms.symbols]).toEqual(["b", "1.5"]);
  expect(terms.negated).toBe(true);
});
