import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { byDue, byWeakness } from "../../../../src/bot/activities/review/choose-items.ts";
import { decide, ON_TIME_MS } from "../../../../src/bot/activities/review/decide.ts";
import { memoryOf } from "../../../../src/bot/activities/review/memory.ts";
import { readTiming, timingInWords } from "../../../../src/bot/activities/review/plain-words.ts";
import { MISSED_POLICIES } from "../../../../src/bot/activities/review/review-records.ts";
import { nextTimes, timesBetween } from "../../../../src/bot/activities/review/timing.ts";
import type { CourseItem } from "../../../../src/bot/course/item-schema.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Monday, 5 October 2026, 11:00 in Berlin. */
const NOW = Date.UTC(2026, 9, 5, 9);

describe("what happens to times that have come", () => {
  const cases = fc.record({
    missed: fc.constantFrom(...MISSED_POLICIES),
    graceMinutes: fc.integer({ min: 0, max: 600 }),
    lateMinutes: fc.uniqueArray(fc.integer({ min: 0, max: 1_000 }), { minLength: 1, maxLength: 8 }),
    skipped: fc.array(fc.nat(7), { maxLength: 3 }),
  });

  test("each is decided; at most one that was missed is posted or asked about, the newest, within its grace", () => {
    fc.assert(
      fc.property(cases, ({ missed, graceMinutes, lateMinutes, skipped }) => {
        const slots = lateMinutes.sort((a, b) => b - a).map((late) => NOW - late * 60_000);
        const skip = skipped.flatMap((i) => slots[i] ?? []);
        const decisions = decide({ missed, graceMinutes, skip }, slots, NOW);
        expect(decisions.map(({ slot }) => slot)).toEqual(slots);
        const late = decisions.filter(({ slot, state }) => NOW - slot > ON_TIME_MS && state !== "skipped");
        expect(late.length).toBeLessThanOrEqual(1);
        for (const { slot, state, reason } of decisions) {
          if (skip.includes(slot)) expect([state, reason]).toEqual(["skipped", "skip-one"]);
          else if (NOW - slot <= ON_TIME_MS) expect(state).toBe("claimed");
        }
        for (const { slot, state } of late) {
          expect(state).toBe(missed === "ask" ? "asked" : "claimed");
          expect(missed).not.toBe("skip");
          expect(NOW - slot).toBeLessThanOrEqual(graceMinutes * 60_000);
          expect(slots.filter((other) => other > slot && !skip.includes(other))).toEqual([]);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe("times", () => {
  // 25 October 2026: 03:00 becomes 02:00. 28 March 2027: 02:00 becomes 03:00.
  test.each([
    ["Europe/Berlin", "2026-10-24", ["2026-10-25T00:30Z", "2026-10-26T01:30Z"]],
    ["Europe/Berlin", "2027-03-27", ["2027-03-28T01:00Z", "2027-03-29T00:30Z"]],
    ["America/New_York", "2027-03-13", ["2027-03-14T07:00Z", "2027-03-15T06:30Z"]],
    ["UTC", "2026-10-24", ["2026-10-25T02:30Z", "2026-10-26T02:30Z"]],
  ])(
    "02:30 in %s after %s comes once on the day of a change and on the next day as ever",
    (timeZone, day, expected) => {
      const timing = { pattern: "30 2 * * *", timeZone };
      const after = Temporal.PlainDateTime.from(`${day}T12:00`).toZonedDateTime(timeZone).epochMilliseconds;
      expect(nextTimes(timing, after, 2)).toEqual(expected.map((each) => Date.parse(each)));
    },
  );

  test("looked at in parts, there are neither more nor fewer", () => {
    const cut = fc.uniqueArray(fc.integer({ min: 1, max: 60 * 24 * 200 }), { minLength: 1, maxLength: 6 });
    const timing = { pattern: "30 2 * * *", timeZone: "Europe/Berlin", until: "2027-04-10" };
    const whole = timesBetween(timing, NOW, NOW + 201 * DAY, 1_000);
    fc.assert(
      fc.property(cut, (minutes) => {
        const ends = [...minutes.sort((a, b) => a - b).map((each) => NOW + each * 60_000), NOW + 201 * DAY];
        let from = NOW;
        const parts = ends.flatMap((end) => {
          const found = timesBetween(timing, from, end, 1_000);
          from = end;
          return found;
        });
        expect(parts).toEqual(whole);
      }),
      { numRuns: 20 },
    );
  });

  test.each([
    ["every Tue and Thu 09:00 until Dec 12", "0 9 * * 2,4", "2026-12-12"],
    ["weekdays 8:30", "30 8 * * 1-5", undefined],
    ["daily at 6pm", "0 18 * * *", undefined],
    ["daily 12am", "0 0 * * *", undefined],
    ["every monday, wednesday & friday 7.45", "45 7 * * 1,3,5", undefined],
    ["Mondays at 17:15", "15 17 * * 1", undefined],
    ["0 9 * * 2,4 until 2026-12-12", "0 9 * * 2,4", "2026-12-12"],
    ["Oct 5 at 12:00", "2026-10-05T12:00:00", undefined],
    ["Tue 09:00", "2026-10-06T09:00:00", undefined],
    ["tomorrow at 9:00", "2026-10-06T09:00:00", undefined],
  ])('"%s" means %s', (words, pattern, until) => {
    const timing = readTiming(words, "Europe/Berlin", NOW);
    expect([timing.pattern, timing.until]).toEqual([pattern, until]);
    expect(timingInWords(timing)).toContain("(Europe/Berlin)");
  });

  test.each([
    "",
    "soon",
    "every Tue",
    "Tuesdays 9",
    "every 09:00",
    "every Tue 9:75",
    "every Foo 9:00",
    "5.10. 12:00",
  ])('refuses "%s"', (words) => {
    expect(() => readTiming(words, "Europe/Berlin", NOW)).toThrow(
      expect.objectContaining({ code: "timing-unreadable" }),
    );
  });
});

describe("what is asked", () => {
  const item = (id: string, objective: string): CourseItem => ({
    id,
    kind: "numeric",
    objectives: [objective],
    question: id,
    explanation: id,
    source: id,
    answer: 1,
    tolerance: 0,
    mistakes: [],
  });
  const items = [item("a", "x"), item("b", "x"), item("c", "y"), item("d", "z")];
  const result = (itemId: string, objective: string, days: number, ...scores: number[]) => ({
    itemId,
    objectives: [objective],
    at: NOW + days * DAY,
    scores,
  });

  test("an item that went badly is due before one that went well, and every success makes the pause longer", () => {
    const dueAfter = (...scores: number[]) => (memoryOf([{ at: NOW, scores }], NOW)!.dueAt - NOW) / DAY;
    expect(dueAfter(0, 0)).toBeLessThan(dueAfter(1, 0.4));
    expect(dueAfter(1, 0.4)).toBeLessThanOrEqual(dueAfter(1, 0.6));
    expect(dueAfter(1, 0.6)).toBeLessThan(dueAfter(1, 1));
    let at = NOW;
    let pause = 0;
    const history: { at: number; scores: number[] }[] = [];
    for (let i = 0; i < 5; i++) {
      history.push({ at, scores: [0.8] });
      const next = memoryOf(history, at)!.dueAt;
      expect(next - at).toBeGreaterThan(pause);
      pause = next - at;
      at = next;
    }
    expect(memoryOf([], NOW)).toBeUndefined();
  });

  test("due: forgotten first, then new ones, then those not due", () => {
    const results = [result("a", "x", -40, 1, 1), result("b", "x", -40, 0, 0), result("c", "y", -0.1, 1)];
    const ranked = byDue(items, results, NOW).map(({ id }) => id);
    expect(ranked).toEqual(["b", "a", "d", "c"]);
  });

  test("weak: the objective with the lowest mean first, never-asked objectives last", () => {
    const results = [result("a", "x", -3, 1, 1), result("c", "y", -2, 0, 1)];
    expect(byWeakness(items, results).map(({ id }) => id)).toEqual(["c", "b", "a", "d"]);
  });
});
