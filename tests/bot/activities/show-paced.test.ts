import { describe, expect, test } from "vitest";
import { PACE_MS, showPaced } from "../../../src/bot/activities/show-paced.ts";
import { handClock } from "../../fakes/hand-clock.ts";

describe("showing at a pace", () => {
  test("shows the first change at once and the last one a pace later, however many lie between", async () => {
    const clock = handClock(0);
    let value = 0;
    const shown: [number, number][] = [];
    const show = () =>
      showPaced(clock, clock, "k", async () => {
        shown.push([clock.now(), value]);
      });
    for (; value < 50; value++) await Promise.race([show(), null]);
    await clock.advance(0);
    for (; value < 80; value++) void show();
    await clock.advance(3 * PACE_MS);
    expect(shown.at(0)).toEqual([0, 0]);
    expect(shown.at(-1)).toEqual([PACE_MS, 80]);
    expect(shown).toHaveLength(2);
  });

  test("never runs two showings of one thing at once; a change during one is shown after it", async () => {
    const clock = handClock(0);
    const release: (() => void)[] = [];
    let running = 0;
    const show = () =>
      showPaced(clock, clock, "k", async () => {
        running++;
        expect(running).toBe(1);
        await new Promise<void>((resolve) => release.push(resolve));
        running--;
      });
    void show();
    await clock.advance(0);
    void show();
    await clock.advance(5 * PACE_MS);
    expect(release).toHaveLength(1);
    release[0]!();
    await clock.advance(0);
    expect(release).toHaveLength(2);
    release[1]!();
  });

  test("keeps things and bots apart", async () => {
    const clock = handClock(0);
    const other = {};
    const shown: string[] = [];
    for (const [scope, key] of [
      [clock, "a"],
      [clock, "b"],
      [other, "a"],
    ] as const) {
      void showPaced(scope, clock, key, async () => void shown.push(key));
    }
    await clock.advance(0);
    expect(shown).toEqual(["a", "b", "a"]);
  });

  test("does not wait for a clock that was set back", async () => {
    let now = 1e12;
    const clock = { now: () => now, after: () => () => {} };
    let shown = 0;
    const show = () => showPaced(clock, clock, "k", async () => void shown++);
    await show();
    now = 0;
    await show();
    expect(shown).toBe(2);
  });
});
