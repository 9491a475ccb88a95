import type { Measure } from "./trainable.ts";

/** What a pair of learning curves says. */
export interface Reading {
  readonly verdict: "underfitting" | "overfitting" | "fits";
  /** The numbers the verdict follows from. */
  readonly train: number;
  readonly heldOut: number;
  /** Share of the most frequent label among the training examples: what a guess reaches. */
  readonly guess: number;
  /** Below it, training accuracy counts as low: half way from the guess to 1. */
  readonly low: number;
  /** From it on, the gap counts: the larger of .1 and two standard errors of the held-out accuracy. */
  readonly gap: number;
}

/** The smallest gap between training and held-out accuracy that counts, however many examples there are. */
const SMALLEST_GAP = 0.1;

/**
 * Reads two accuracies by one rule, looked at in this order:
 * - underfitting: training accuracy is less than half way from guessing to 1;
 * - overfitting: training accuracy is above held-out accuracy by at least .1 and by at least two standard errors of the
 *   held-out accuracy, √(p(1−p)/n) each, p smoothed to (right + 1)/(n + 2) so that few examples never seem certain;
 * - otherwise it fits.
 * @param guess Share of the most frequent label among the training examples.
 */
export function readCurves(
  train: Pick<Measure, "accuracy">,
  heldOut: Pick<Measure, "accuracy" | "n">,
  guess: number,
): Reading {
  const { n } = heldOut;
  const p = (heldOut.accuracy * n + 1) / (n + 2);
  const low = guess + (1 - guess) / 2;
  const gap = Math.max(SMALLEST_GAP, 2 * Math.sqrt((p * (1 - p)) / n));
  const isLow = train.accuracy < low;
  const isApart = train.accuracy - heldOut.accuracy >= gap;
  return {
    verdict: isLow ? "underfitting" : isApart ? "overfitting" : "fits",
    train: train.accuracy,
    heldOut: heldOut.accuracy,
    guess,
    low,
    gap,
  };
}
