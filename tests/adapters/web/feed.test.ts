import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createMailbox, sendable } from "../../../src/adapters/web/feed.ts";

const item = (subject: string, seq: number) => sendable(subject, { type: "people", here: seq }, seq);

test("a reader that keeps up gets every state", async () => {
  const mailbox = createMailbox();
  const seen: number[] = [];
  for (let seq = 1; seq <= 3; seq++) {
    mailbox.put(item("message/1", seq));
    seen.push((await mailbox.take())!.seq!);
  }
  expect(seen).toEqual([1, 2, 3]);
});

test("a reader that lags gets the newest state of each message, once, in the order of the last changes", async () => {
  const mailbox = createMailbox();
  mailbox.put(item("message/1", 1));
  mailbox.put(item("message/2", 2));
  for (let seq = 3; seq <= 100; seq++) mailbox.put(item("message/1", seq));
  expect([(await mailbox.take())!.seq, (await mailbox.take())!.seq]).toEqual([2, 100]);
});

test("what was put before closing is still taken; then the end is told", async () => {
  const mailbox = createMailbox();
  mailbox.put(item("message/1", 1));
  mailbox.close();
  mailbox.put(item("message/2", 2));
  expect((await mailbox.take())!.seq).toBe(1);
  expect(await mailbox.take()).toBeUndefined();
});

test("closing wakes a reader that waits", async () => {
  const mailbox = createMailbox();
  const taken = mailbox.take();
  mailbox.close();
  expect(await taken).toBeUndefined();
});

test("whatever the interleaving, numbers rise, and stopping anywhere misses nothing newer than the last number seen", async () => {
  const steps = fc.array(fc.oneof(fc.constantFrom("a", "b", "c"), fc.constant("take" as const)), {
    maxLength: 60,
  });
  await fc.assert(
    fc.asyncProperty(steps, async (script) => {
      const mailbox = createMailbox();
      const newest = new Map<string, number>();
      const seen: { subject: string; seq: number }[] = [];
      let seq = 0;
      let waiting = 0;
      const unseen = new Set<string>();
      for (const step of script) {
        if (step === "take") {
          if (unseen.size === 0) continue;
          const taken = (await mailbox.take())!;
          seen.push({ subject: taken.subject, seq: taken.seq! });
          unseen.delete(taken.subject);
        } else {
          seq += 1;
          newest.set(step, seq);
          unseen.add(step);
          mailbox.put(item(step, seq));
        }
        waiting = unseen.size;
      }
      const numbers = seen.map((one) => one.seq);
      expect(numbers).toEqual(numbers.toSorted((x, y) => x - y));
      // Resuming after the last number must bring exactly what was not seen in its newest state.
      const last = numbers.at(-1) ?? 0;
      const stillNew = [...newest].filter(([, state]) => state > last).map(([subject]) => subject);
      expect(new Set(stillNew)).toEqual(unseen);
      expect(stillNew).toHaveLength(waiting);
    }),
    { numRuns: 500 },
  );
});
