import type { Clock } from "../hand-clock.ts";
import { limits } from "./limits.ts";

/** One kind of bucket: how many requests in which time, and whether everybody shares it. */
export interface BucketRule {
  limit: number;
  windowMs: number;
  scope: "user" | "shared";
}

export type BucketName =
  | "message.create"
  | "message.edit"
  | "message.delete"
  | "webhook"
  | "command.write"
  | "dm.open"
  | "thread.create"
  | "thread.member";

/**
 * Discord publishes no numbers for its routes and asks clients to read the headers, so these are rules to be
 * changed at will, of the size that bot authors report. The two thread buckets are the tight ones: they are
 * shared, and opening a room for each pair of a class takes minutes.
 */
export const usualBuckets: Record<BucketName, BucketRule> = {
  "message.create": { limit: 5, windowMs: 5_000, scope: "user" },
  "message.edit": { limit: 5, windowMs: 5_000, scope: "user" },
  "message.delete": { limit: 5, windowMs: 1_000, scope: "user" },
  webhook: { limit: 5, windowMs: 2_000, scope: "user" },
  "command.write": { limit: 5, windowMs: 20_000, scope: "user" },
  "dm.open": { limit: 10, windowMs: 10_000, scope: "user" },
  "thread.create": { limit: 10, windowMs: 300_000, scope: "shared" },
  "thread.member": { limit: 5, windowMs: 10_000, scope: "shared" },
};

/** The answer to one request: allowed or not, and the headers that go with it. */
export interface Verdict {
  allowed: boolean;
  headers: Record<string, string>;
  /** Body of the 429. */
  body?: { message: string; retry_after: number; global: boolean };
}

interface Window {
  startedAt: number;
  used: number;
}

/** Counts requests in fixed windows on the clock that was passed in. Source: Rate Limits. */
export class RateLimits {
  readonly rules: Record<BucketName, BucketRule>;
  /** Requests with the bot's token per second, over all routes. */
  globalPerSecond: number = limits.rest.globalPerSecond;
  /** Answers 401, 403 and 429 in ten minutes after which the address is locked out. */
  invalidPerWindow: number = limits.rest.invalidPerWindow;
  readonly #clock: Clock;
  readonly #windows = new Map<string, Window>();

  constructor(clock: Clock, rules: Partial<Record<BucketName, BucketRule>> = {}) {
    this.#clock = clock;
    this.rules = { ...usualBuckets, ...rules };
  }

  /** Counts one request against its bucket. `major` is the channel, guild or webhook it is counted for. */
  take(name: BucketName, major: string): Verdict {
    const rule = this.rules[name];
    const window = this.#window(`${name} ${major}`, rule.windowMs);
    const resetAt = window.startedAt + rule.windowMs;
    const afterS = (resetAt - this.#clock.now()) / 1000;
    const allowed = window.used < rule.limit;
    if (allowed) window.used++;
    const headers: Record<string, string> = {
      "x-ratelimit-limit": String(rule.limit),
      "x-ratelimit-remaining": String(rule.limit - window.used),
      "x-ratelimit-reset": (resetAt / 1000).toFixed(3),
      "x-ratelimit-reset-after": afterS.toFixed(3),
      "x-ratelimit-bucket": name,
    };
    if (allowed) return { allowed, headers };
    return refused(headers, afterS, rule.scope);
  }

  /** Counts one request against the 50 a second. */
  takeGlobal(): Verdict {
    const window = this.#window("global", 1_000);
    if (window.used < this.globalPerSecond) {
      window.used++;
      return { allowed: true, headers: {} };
    }
    return refused({}, (window.startedAt + 1_000 - this.#clock.now()) / 1000, "global");
  }

  /** Notes an answer; 401, 403 and 429 (unless shared) count as invalid requests. */
  noteAnswer(status: number, scope: string | undefined): void {
    if (status === 401 || status === 403 || (status === 429 && scope !== "shared"))
      this.#window("invalid", limits.rest.invalidWindowMs).used++;
  }

  /** True while the address is locked out for too many invalid requests. */
  lockedOut(): boolean {
    return this.#window("invalid", limits.rest.invalidWindowMs).used >= this.invalidPerWindow;
  }

  #window(key: string, ms: number): Window {
    const now = this.#clock.now();
    const present = this.#windows.get(key);
    if (present && now < present.startedAt + ms) return present;
    const fresh = { startedAt: now, used: 0 };
    this.#windows.set(key, fresh);
    return fresh;
  }
}

/** A 429 with its headers and body. The header rounds up to whole seconds, as in the documented example. */
export function refused(headers: Record<string, string>, afterS: number, scope: string): Verdict {
  return {
    allowed: false,
    headers: {
      ...headers,
      "retry-after": String(Math.ceil(afterS)),
      "x-ratelimit-scope": scope,
      ...(scope === "global" ? { "x-ratelimit-global": "true" } : {}),
    },
    body: {
      message: scope === "shared" ? "The resource is being rate limited." : "You are being rate limited.",
      retry_after: Math.ceil(afterS * 1000) / 1000,
      global: scope === "global",
    },
  };
}
