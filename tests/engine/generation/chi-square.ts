/**
 * The value that a chi-square statistic exceeds with probability 1e-4 when the model is right
 * (Wilson & Hilferty's approximation; 3.719 is the normal distribution's 1 − 1e-4 quantile).
 */
export function chiSquareBound(degreesOfFreedom: number): number {
  const spread = 2 / (9 * degreesOfFreedom);
  return degreesOfFreedom * (1 - spread + 3.719 * Math.sqrt(spread)) ** 3;
}

export interface ChiSquare {
  readonly statistic: number;
  readonly degreesOfFreedom: number;
}

/** Counts against expected probabilities; outcomes expected fewer than 5 times are taken together. */
export function againstProbabilities(
  counts: ReadonlyMap<string, number>,
  probabilities: Readonly<Record<string, number>>,
): ChiSquare {
  const draws = [...counts.values()].reduce((a, b) => a + b, 0);
  const cells: [observed: number, expected: number][] = [];
  const rare: [observed: number, expected: number] = [0, 0];
  for (const [outcome, probability] of Object.entries(probabilities)) {
    const cell: [number, number] = [counts.get(outcome) ?? 0, probability * draws];
    if (cell[1] >= 5) cells.push(cell);
    else {
      rare[0] += cell[0];
      rare[1] += cell[1];
    }
  }
  if (rare[1] >= 5) cells.push(rare);
  const statistic = cells.reduce(
    (sum, [observed, expected]) => sum + (observed - expected) ** 2 / expected,
    0,
  );
  return { statistic, degreesOfFreedom: cells.length - 1 };
}

/** Two samples of equal size; outcomes seen fewer than 10 times in all are taken together. */
export function betweenSamples(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): ChiSquare {
  const cells: [number, number][] = [];
  const rare: [number, number] = [0, 0];
  for (const outcome of new Set([...a.keys(), ...b.keys()])) {
    const cell: [number, number] = [a.get(outcome) ?? 0, b.get(outcome) ?? 0];
    if (cell[0] + cell[1] >= 10) cells.push(cell);
    else {
      rare[0] += cell[0];
      rare[1] += cell[1];
    }
  }
  if (rare[0] + rare[1] >= 10) cells.push(rare);
  const statistic = cells.reduce((sum, [x, y]) => sum + (x - y) ** 2 / (x + y), 0);
  return { statistic, degreesOfFreedom: cells.length - 1 };
}

export function countOutcomes(outcomes: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const outcome of outcomes) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  return counts;
}
