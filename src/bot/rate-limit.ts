import type { Clock } from "./clock.ts";

const WINDOW_MS = 60_000;

/** Counts costly commands by key in a sliding minute. Kept in memory: a restart forgives everybody. */
export interface RateLimit {
  /** Counts one use. Returns 0, or how many milliseconds until the next use is free (then nothing is counted). */
  take(key: string, perMinute: number): number;
}

export function createRateLimit(clock: Clock): RateLimit {
  const uses = new Map<string, number[]>();
  return {
    take(key, perMinute) {
      const now = clock.now();
      const recent = (uses.get(key) ?? []).filter((time) => time > now - WINDOW_MS);
      uses.delete(key);
      if (recent.length >= perMinute) {
        uses.set(key, recent);
        return recent[recent.length - perMinute]! + WINDOW_MS - now;
      }
      recent.push(now);
      uses.set(key, recent);
      forgetIdle(uses, now);
      return 0;
    },
  };
}

// Keys are re-inserted at each use, so the first ones of the map are those idle for longest.
function forgetIdle(uses: Map<string, number[]>, now: number): void {
  for (const [key, times] of uses) {
    if (times.at(-1)! > now - WINDOW_MS) return;
    uses.delete(key);
  }
}
