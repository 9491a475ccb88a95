import type { Clock } from "../clock.ts";
import { POST_MESSAGE, SPECIAL_CALLS_PER_MINUTE, TIER_CALLS_PER_MINUTE, type Tier } from "../limits.ts";

export interface RateLimits {
  /** Counts a call in, or returns the whole seconds after which it may come again. */
  retryAfter(method: string, tier: Tier, channel: string): number;
  /** From now on, `chat.postMessage` takes this many posts of one moment per channel. */
  setPostMessageBurst(burst: number): void;
}

/**
 * A sliding minute per method, as tiers promise, and for chat.postMessage one post a second and channel with
 * a short burst. Refused calls do not count.
 */
export function createRateLimits(clock: Clock, postMessageBurst: number = POST_MESSAGE.burst): RateLimits {
  const calls = new Map<string, number[]>();
  const buckets = new Map<string, { left: number; at: number }>();
  let burst = postMessageBurst;

  const overMinute = (key: string, perMinute: number): number => {
    const now = clock.now();
    const recent = (calls.get(key) ?? []).filter((at) => at > now - 60_000);
    calls.set(key, recent);
    const oldest = recent[recent.length - perMinute];
    return oldest === undefined ? 0 : Math.max(1, Math.ceil((oldest + 60_000 - now) / 1000));
  };

  const overChannel = (channel: string): number => {
    const now = clock.now();
    const bucket = buckets.get(channel) ?? { left: burst, at: now };
    const left = Math.min(burst, bucket.left + ((now - bucket.at) / 1000) * POST_MESSAGE.perSecond);
    buckets.set(channel, { left: left >= 1 ? left - 1 : left, at: now });
    return left >= 1 ? 0 : Math.max(1, Math.ceil((1 - left) / POST_MESSAGE.perSecond));
  };

  return {
    retryAfter(method, tier, channel) {
      const perMinute =
        tier === "post-message"
          ? POST_MESSAGE.perMinute
          : tier === "special"
            ? SPECIAL_CALLS_PER_MINUTE
            : TIER_CALLS_PER_MINUTE[tier];
      const wait = overMinute(method, perMinute) || (tier === "post-message" ? overChannel(channel) : 0);
      if (wait === 0) calls.get(method)?.push(clock.now());
      return wait;
    },
    setPostMessageBurst(next) {
      burst = next;
      buckets.clear();
    },
  };
}
