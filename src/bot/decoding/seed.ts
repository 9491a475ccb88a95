import { randomInt } from "node:crypto";

/** A seed for somebody who gave none: short enough to be copied by hand. */
export function drawSeed(): number {
  return randomInt(100_000);
}
