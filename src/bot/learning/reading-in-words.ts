import type { Reading } from "../../engine/learning/reading.ts";
import type { Text } from "../cards/card.ts";
import { inPercent } from "../charts/numbers.ts";

/** The verdict with the numbers and the rule it follows from. */
export function readingInWords({ verdict, train, heldOut, guess, low, gap }: Reading): Text {
  const apart = inPoints(train - heldOut);
  if (verdict === "underfitting") {
    return [
      { bold: "Underfitting: " },
      `training accuracy is ${inPercent(train)}, below ${inPercent(low)}, half way from guessing (${inPercent(guess)}) to 100 %. What the labels depend on is not in what the head sees, or it was not let learn it.`,
    ];
  }
  if (verdict === "overfitting") {
    return [
      { bold: "Overfitting: " },
      `${inPercent(train)} on training examples and ${inPercent(heldOut)} on held-out ones are ${apart} apart; from ${inPoints(gap)} on it counts, the larger of 10 points and two standard errors.`,
    ];
  }
  return [
    { bold: "It fits: " },
    `training accuracy is ${inPercent(train)}, at least ${inPercent(low)}, and held-out accuracy is ${inPercent(heldOut)}: ${apart} less, which counts from ${inPoints(gap)} on.`,
  ];
}

function inPoints(share: number): string {
  return `${(100 * share).toFixed(1)} points`;
}
