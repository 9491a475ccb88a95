/** First moment of Discord's snowflakes, 2015-01-01T00:00:00Z, in ms since the Unix epoch. */
const discordEpochMs = 1_420_070_400_000n;

/**
 * Makes snowflakes: 42 bits of milliseconds since Discord's epoch, then a counter, so that ids sort by time and
 * clients can read the creation time from them.
 */
export function snowflakes(now: () => number): () => string {
  let count = 0n;
  return () => (((BigInt(now()) - discordEpochMs) << 22n) | (count++ & 0x3fffffn)).toString();
}

/** True for strings that could be a snowflake. */
export const isSnowflake = (value: unknown): value is string =>
  typeof value === "string" && /^\d{1,20}$/.test(value);
