import type { Candidates } from "./candidates.ts";
import type { LogitsProcessor } from "./processor.ts";

/**
 * Divides every score by the temperature: below 1 sharpens the distribution, above 1 flattens it. Runs before
 * all cuts, as in transformers, so a cut sees the tempered probabilities.
 * @param temperature Above 0.
 * Source: Ackley, Hinton & Sejnowski 1985 (the Boltzmann distribution's temperature).
 */
export function temperature(temperature: number): LogitsProcessor {
  const factor = 1 / temperature;
  return {
    name: "temperature",
    apply(candidates: Candidates) {
      const { scores, count } = candidates;
      for (let i = 0; i < count; i++) scores[i] = (scores[i] as number) * factor;
      candidates.max *= factor;
      // The cached maximum must equal an entry exactly, rounding included.
      candidates.max = Math.fround(candidates.max);
      candidates.logSumExp = Number.NaN;
    },
  };
}
