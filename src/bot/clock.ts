/** Time as an argument: schedules, deadlines and rate limits read it here, so tests turn it by hand. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Runs `callback` once, `delayMs` from now. Returns a function that cancels it; cancelling twice is harmless. */
  after(delayMs: number, callback: () => void): () => void;
}

// Node fires a longer timer at once (the delay is a signed 32-bit integer).
const LONGEST_TIMER_MS = 2_147_483_647;

/** The machine's clock. Timers do not keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(delayMs, callback) {
    let timer: NodeJS.Timeout;
    const arm = (left: number) => {
      const next = Math.min(left, LONGEST_TIMER_MS);
      timer = setTimeout(() => (left > next ? arm(left - next) : callback()), Math.max(0, next));
      timer.unref();
    };
    arm(delayMs);
    return () => clearTimeout(timer);
  },
};
