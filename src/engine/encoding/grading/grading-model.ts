import { readFileSync } from "node:fs";
import { type AnswerFeatures, FEATURES, type Feature } from "./answer-features.ts";

/** A question about a feature, or the number that is added to the log-odds. */
type Tree =
  | number
  | { readonly feature: Feature; readonly atMost: number; readonly then: Tree; readonly else: Tree };

interface GradingModel {
  readonly bias: number;
  readonly trees: readonly Tree[];
  /** The least scores of the bands. */
  readonly bands: { readonly correct: number; readonly borderline: number };
}

export type Band = "correct" | "borderline" | "incorrect";

const model: GradingModel = JSON.parse(
  readFileSync(new URL("./grading-model.json", import.meta.url), "utf8"),
);
const places = new Map(FEATURES.map((name, i) => [name, i]));

/**
 * The probability, 0 to 1, that a human grader calls the answer correct: the logistic of a bias and one number from each
 * of the small trees in grading-model.json, which also tells the data and how well they agree with graders.
 */
export function scoreFeatures({ values }: AnswerFeatures): number {
  let logOdds = model.bias;
  for (let tree of model.trees) {
    while (typeof tree !== "number")
      tree = values[places.get(tree.feature)!]! <= tree.atMost ? tree.then : tree.else;
    logOdds += tree;
  }
  return 1 / (1 + Math.exp(-logOdds));
}

export function bandOf(score: number): Band {
  if (score >= model.bands.correct) return "correct";
  return score >= model.bands.borderline ? "borderline" : "incorrect";
}
