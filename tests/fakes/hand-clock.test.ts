import { describe, expect, test } from "vitest";
import { handClock } from "./hand-clock.ts";

describe("hand clock", () => {
  test("stands still until it is advanced", () => {
    const clock = handClock(1000);
    expect([clock.now(), clock.now()]).toEqual([1000, 1000]);
  });

  test("runs due timers by time, then by setting, each at its own moment", async () => {
    const clock = handClock(0);
    const ran: string[] = [];
    clock.after(20, () => ran.push(`b at ${clock.now()}`));
    clock.after(10, () => ran.push(`a at ${clock.now()}`));
    clock.after(20, () => ran.push(`c at ${clock.now()}`));
    clock.after(31, () => ran.push("too late"));
    await clock.advance(30);
    expect(ran).toEqual(["a at 10", "b at 20", "c at 20"]);
    expect(clock.now()).toBe(30);
    expect(clock.pending()).toBe(1);
  });

  test("lets what a timer woke set a new timer inside the same advance", async () => {
    const clock = handClock(0);
    const ran: number[] = [];
    const wait = (ms: number) => new Promise<void>((resolve) => clock.after(ms, resolve));
    void (async () => {
      for (let i = 0; i < 3; i++) {
        await wait(10);
        ran.push(clock.now());
      }
    })();
    await clock.advance(25);
    expect(ran).toEqual([10, 20]);
  });

  test("does not run a cancelled timer", async () => {
    const clock = handClock(0);
    const ran: string[] = [];
    clock.after(5, () => ran.push("cancelled"))();
    await clock.advance(10);
    expect(ran).toEqual([]);
  });

  test("refuses to go back", async () => {
    await expect(handClock().advance(-1)).rejects.toThrow("0 ms or more, not by -1");
  });
});
