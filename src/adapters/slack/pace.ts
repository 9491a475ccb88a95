import type { Clock } from "../../bot/clock.ts";
import { CALLS_PER_MINUTE, POSTS, SHARE_FOR_STATES_BETWEEN } from "./limits.ts";

const MINUTE_MS = 60_000;

/** How often something may be done: counts calls and says when the next one may go. */
export interface Pace {
  /**
   * Milliseconds until a call may go; 0: now.
   * @param between For a state that will be replaced: leaves room for those that will not.
   */
  wait(between: boolean): number;
  count(): void;
  /** Nothing of the allowance is used, so that it need not be remembered. */
  full(): boolean;
  /** Slack said to come back later. */
  blockFor(ms: number): void;
}

/** A sliding minute, as Slack's tiers promise. Methods without a tier go at any time. */
export function methodPace(method: string, clock: Clock): Pace {
  const perMinute = CALLS_PER_MINUTE[method] ?? Number.POSITIVE_INFINITY;
  let calls: number[] = [];
  let blockedUntil = 0;
  return {
    wait(between) {
      const now = clock.now();
      calls = calls.filter((at) => at > now - MINUTE_MS);
      const allowed = Math.max(1, Math.floor(perMinute * (between ? SHARE_FOR_STATES_BETWEEN : 1)));
      const oldest = calls[calls.length - allowed];
      return Math.max(0, blockedUntil - now, oldest === undefined ? 0 : oldest + MINUTE_MS - now);
    },
    count: () => void calls.push(clock.now()),
    full: () => blockedUntil <= clock.now() && !calls.some((at) => at > clock.now() - MINUTE_MS),
    blockFor(ms) {
      blockedUntil = Math.max(blockedUntil, clock.now() + ms);
    },
  };
}

/** One post a second and channel, after a short burst. */
export function postPace(clock: Clock): Pace {
  let left = POSTS.burst;
  let at = clock.now();
  let blockedUntil = 0;
  const refill = () => {
    const now = clock.now();
    left = Math.min(POSTS.burst, left + ((now - at) / 1000) * POSTS.perSecond);
    at = now;
    return now;
  };
  return {
    wait() {
      const now = refill();
      return Math.max(0, blockedUntil - now, Math.ceil(((1 - left) / POSTS.perSecond) * 1000));
    },
    count() {
      refill();
      left -= 1;
    },
    full: () => blockedUntil <= refill() && left >= POSTS.burst,
    blockFor(ms) {
      blockedUntil = Math.max(blockedUntil, refill() + ms);
    },
  };
}
