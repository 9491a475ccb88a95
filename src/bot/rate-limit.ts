import type { Clock } from "./clock.ts";

const WINDOW_MS = 60_000;

/** Something whose uses are counted together: a person, a channel. */
export interface Counted {
  readonly key: string;
  readonly perMinute: number;
}

/** Counts uses by key in a sliding minute. Kept in memory: a restart forgives everybody. */
export interface RateLimit {
  /**
   * Counts one use of each key, or of none when one of them is used up.
   * @returns undefined, or which key is used up and in how many milliseconds its next use is free.
   */
  take<C extends Counted>(
    counted: readonly C[],
  ): { readonly usedUp: C; readonly retryAfterMs: number } | undefined;
}

export function createRateLimit(clock: Clock): RateLimit {
  const uses = new Map<string, number[]>();
  return {
    take(counted) {
      const now = clock.now();
      // A time later than now stands there after the clock was set back; it counts for nothing.
      const recent = counted.map(({ key }) =>
        (uses.get(key) ?? []).filter((time) => time > now - WINDOW_MS && time <= now),
      );
      for (const [i, each] of counted.entries()) {
        const times = recent[i]!;
        if (times.length < each.perMinute) continue;
        return { usedUp: each, retryAfterMs: times[times.length - each.perMinute]! + WINDOW_MS - now };
      }
      counted.forEach(({ key }, i) => {
        uses.delete(key);
        uses.set(key, [...recent[i]!, now]);
      });
      forgetIdle(uses, now);
      return undefined;
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
