/** What a component needs to know of time: the present, and a way to be called later. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Calls `fn` once, `ms` milliseconds from now. Returns the cancellation. */
  after(ms: number, fn: () => void): () => void;
}

/** A clock that stands still until a test turns it. */
export interface HandClock extends Clock {
  /**
   * Moves time forward by `ms`, running every timer that falls due in order of its time (then of its setting)
   * with the clock standing at that timer's moment. After each one, and at the end, the event loop turns once,
   * so that promises that were waiting go on before the next timer runs.
   */
  advance(ms: number): Promise<void>;
  /** Moves time to the next timer and runs it; false if none is set. */
  advanceToNext(): Promise<boolean>;
  /** How many timers are set. */
  pending(): number;
}

interface Timer {
  at: number;
  order: number;
  fn: () => void;
}

/** Taken at load, so that faked global timers don't stop the hand clock. */
const realSetImmediate = globalThis.setImmediate;
const turn = (): Promise<void> => new Promise((resolve) => realSetImmediate(resolve));

/** Lets the event loop turn, so that what is on its way over loopback sockets arrives. */
export async function turns(count = 20): Promise<void> {
  for (let i = 0; i < count; i++) await turn();
}

/**
 * Makes a hand-turned clock.
 * @param start Milliseconds since the Unix epoch; by default a Monday morning in term time,
 *   2026-10-05T09:00:00Z.
 */
export function handClock(start: number = Date.UTC(2026, 9, 5, 9)): HandClock {
  let now = start;
  let order = 0;
  const timers = new Set<Timer>();

  const next = (until: number): Timer | undefined => {
    let first: Timer | undefined;
    for (const timer of timers) {
      if (timer.at > until) continue;
      if (!first || timer.at < first.at || (timer.at === first.at && timer.order < first.order))
        first = timer;
    }
    return first;
  };

  const run = async (timer: Timer): Promise<void> => {
    timers.delete(timer);
    now = Math.max(now, timer.at);
    timer.fn();
    await turn();
  };

  return {
    now: () => now,
    after(ms, fn) {
      const timer = { at: now + Math.max(0, ms), order: order++, fn };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    async advance(ms) {
      if (!(ms >= 0)) throw new RangeError(`A clock can be advanced by 0 ms or more, not by ${ms}.`);
      const until = now + ms;
      await turn();
      for (let timer = next(until); timer; timer = next(until)) await run(timer);
      now = until;
      await turn();
    },
    async advanceToNext() {
      const timer = next(Number.POSITIVE_INFINITY);
      if (timer) await run(timer);
      return timer !== undefined;
    },
    pending: () => timers.size,
  };
}
