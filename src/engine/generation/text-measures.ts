/**
 * distinct-n: different n-grams as a share of all n-grams; 1 when none occurs twice.
 * Source: Li et al. 2016, arXiv:1510.03055. They divide by the number of tokens; the usual implementations, as
 * here, by the number of n-grams, so that the best value is 1 whatever the length.
 * @returns From above 0 to 1, or NaN when the text is shorter than n tokens.
 */
export function distinctN(tokenIds: readonly number[], n: number): number {
  const total = tokenIds.length - n + 1;
  if (total < 1) return Number.NaN;
  const seen = new Set<string>();
  for (let start = 0; start < total; start++) seen.add(tokenIds.slice(start, start + n).join(" "));
  return seen.size / total;
}

/**
 * rep-n: share of the n-grams that repeat an earlier one, 1 − distinct-n; 0 when nothing repeats.
 * Source: Welleck et al. 2020, arXiv:1908.04319 (seq-rep-n); Su et al. 2022, arXiv:2202.06417.
 * @returns From 0 to below 1, or NaN when the text is shorter than n tokens.
 */
export function repN(tokenIds: readonly number[], n: number): number {
  return 1 - distinctN(tokenIds, n);
}

/** Arithmetic mean, for example of the entropies of a trace; NaN of nothing. */
export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * Perplexity of a text under the model that gave these token log-probabilities: exp of the mean negative
 * log-probability; NaN of nothing.
 */
export function perplexity(tokenLogProbs: readonly number[]): number {
  return Math.exp(-meanOf(tokenLogProbs));
}
