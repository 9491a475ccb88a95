import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRateLimit } from "../../src/bot/rate-limit.ts";
import { handClock } from "../fakes/hand-clock.ts";

describe("rate limit", () => {
  test("frees a use exactly one minute after it was counted, and says how long that is", async () => {
    const clock = handClock(0);
    const limit = createRateLimit(clock);
    const take = () => limit.take([{ key: "anna", perMinute: 2 }])?.retryAfterMs ?? 0;
    expect(take()).toBe(0);
    await clock.advance(10_000);
    expect(take()).toBe(0);
    await clock.advance(20_000);
    expect(take()).toBe(30_000);
    await clock.advance(29_999);
    expect(take()).toBe(1);
    await clock.advance(1);
    expect(take()).toBe(0);
    expect(take()).toBe(10_000);
  });

  test("counts nothing for one key when the other is used up", () => {
    const limit = createRateLimit(handClock(0));
    const anna = { key: "anna", perMinute: 2 };
    const channel = { key: "channel", perMinute: 1 };
    expect(limit.take([anna, channel])).toBeUndefined();
    expect(limit.take([anna, channel])).toMatchObject({ usedUp: channel });
    expect(limit.take([anna, channel])).toMatchObject({ usedUp: channel });
    expect(limit.take([anna])).toBeUndefined();
    expect(limit.take([anna])).toMatchObject({ usedUp: anna });
  });

  test("locks nobody out when the clock is set back", () => {
    let now = 3_600_000;
    const limit = createRateLimit({ now: () => now, after: () => () => {} });
    expect(limit.take([{ key: "anna", perMinute: 1 }])).toBeUndefined();
    now = 0;
    expect(limit.take([{ key: "anna", perMinute: 1 }])).toBeUndefined();
  });

  test("lets through at most perMinute uses in any minute, and always one that waited as told", () => {
    const waits = fc.array(fc.integer({ min: 0, max: 40_000 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(waits, fc.integer({ min: 1, max: 4 }), (gaps, perMinute) => {
        let now = 0;
        const limit = createRateLimit({ now: () => now, after: () => () => {} });
        const taken: number[] = [];
        for (const gap of gaps) {
          now += gap;
          const refused = limit.take([{ key: "k", perMinute }]);
          if (!refused) taken.push(now);
          else {
            expect(refused.retryAfterMs).toBeGreaterThan(0);
            expect(refused.retryAfterMs).toBeLessThanOrEqual(60_000);
            now += refused.retryAfterMs;
            expect(limit.take([{ key: "k", perMinute }])).toBeUndefined();
            taken.push(now);
          }
        }
        for (const start of taken) {
          expect(taken.filter((time) => time >= start && time < start + 60_000).length).toBeLessThanOrEqual(
            perMinute,
          );
        }
      }),
    );
  });
});
