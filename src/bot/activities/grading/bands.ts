import type { Thresholds } from "../poll/poll-record.ts";
import type { Band, Grade } from "./grade-record.ts";

/**
 * Where the engine's own bands begin (`bands` in its grading-model.json): at .65 and above, 80 % of the answers
 * in the data it was fitted on were graded correct by people.
 */
export const DEFAULT_THRESHOLDS: Thresholds = { right: 0.65, close: 0.35 };

export const SCORE_OF_BAND: Readonly<Record<Band, number>> = { right: 1, close: 0.5, "not-yet": 0 };
export const BAND_IN_WORDS: Readonly<Record<Band, string>> = {
  right: "right",
  close: "close",
  "not-yet": "not yet",
};

/** The teacher's word counts first, then a known mistake, then the score. */
export function bandOf(grade: Grade, { right, close } = DEFAULT_THRESHOLDS): Band {
  if (grade.ruling) return grade.ruling.band;
  if (grade.mistake) return "not-yet";
  if (grade.score >= right) return "right";
  return grade.score >= close ? "close" : "not-yet";
}
