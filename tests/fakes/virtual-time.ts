import timers from "node:timers";
import timersPromises from "node:timers/promises";
import { vi } from "vitest";
import { type Clock, turns } from "./hand-clock.ts";

/** A clock that also turns every timer of the process, those of client libraries included. */
export interface VirtualTime extends Clock {
  /** Moves time forward, in steps small enough for answers to arrive in between. */
  advance(ms: number): Promise<void>;
  /** Moves time forward until the promise settles, and gives what it gives. At most an hour. */
  until<T>(promise: Promise<T>): Promise<T>;
  /** Gives the process its own timers back. */
  restore(): void;
}

/** What libraries take from Node's modules instead of from the global object; vitest leaves those as they are. */
const names = ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] as const;
const realTimers = { ...timers };
const realDelay = timersPromises.setTimeout;

/** `setTimeout` of node:timers/promises over the timers of the process. */
function delay<T>(ms = 0, value?: T, { signal }: { signal?: AbortSignal } = {}): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(value as T), ms);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}

const stepMs = 250;
const mostMs = 3_600_000;

/**
 * Replaces the timers and the date of the process by ones turned by hand. For tests in which a client library's
 * own waiting matters: heartbeats, reconnecting, Retry-After.
 * @param start Milliseconds since the Unix epoch, by default 2026-10-05T09:00:00Z.
 */
export function virtualTime(start: number = Date.UTC(2026, 9, 5, 9)): VirtualTime {
  vi.useFakeTimers({
    now: start,
    toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date"],
  });
  for (const name of names) Object.assign(timers, { [name]: globalThis[name] });
  timersPromises.setTimeout = delay as typeof realDelay;
  const step = async (ms: number): Promise<void> => {
    await turns();
    await vi.advanceTimersByTimeAsync(ms);
    await turns();
  };
  return {
    now: () => Date.now(),
    after(ms, fn) {
      const timer = setTimeout(fn, ms);
      return () => clearTimeout(timer);
    },
    async advance(ms) {
      for (let left = ms; left > 0; left -= stepMs) await step(Math.min(stepMs, left));
    },
    async until(promise) {
      let settled = false;
      const done = (): void => {
        settled = true;
      };
      promise.then(done, done);
      await turns();
      for (let spent = 0; !settled && spent < mostMs; spent += stepMs) await step(stepMs);
      if (!settled) throw new Error("The promise did not settle within an hour of virtual time.");
      return promise;
    },
    restore() {
      for (const name of names) Object.assign(timers, { [name]: realTimers[name] });
      timersPromises.setTimeout = realDelay;
      vi.useRealTimers();
    },
  };
}
