import { scaleScores } from "./candidates.ts";
import type { LogitsProcessor } from "./processor.ts";

/**
 * Divides every score by the temperature: below 1 sharpens the distribution, above 1 flattens it. Runs before
 * all cuts, as in transformers, so a cut sees the tempered probabilities.
 * @param temperature Above 0.
 * Source: Ackley, Hinton & Sejnowski 1985 (the Boltzmann distribution's temperature).
 */
export function temperature(temperature: number): LogitsProcessor {
  return {
    name: "temperature",
    apply: (candidates) => scaleScores(candidates, 1 / temperature),
  };
}
