import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { Store } from "../../src/bot/store/store.ts";

const vote = z.strictObject({ choice: z.string(), at: z.number(), note: z.string().optional() });

/**
 * What every store promises, whatever it stands on.
 * @param open Gives an empty store; the suite closes it.
 */
export function storeContract(name: string, open: () => Promise<Store>): void {
  async function withStore(work: (store: Store) => Promise<void>): Promise<void> {
    const store = await open();
    try {
      await work(store);
    } finally {
      await store.close();
    }
  }
  async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
    const list: T[] = [];
    for await (const item of items) list.push(item);
    return list;
  }

  describe(`store contract (${name})`, () => {
    test("gives back what was set, and undefined for what was not", () =>
      withStore(async (store) => {
        const votes = store.namespace("vote", vote);
        await votes.set("p1/anna", { choice: "b", at: 5 });
        expect(await votes.get("p1/anna")).toEqual({ choice: "b", at: 5 });
        expect(await votes.get("p1/ben")).toBeUndefined();
      }));

    test("keeps namespaces apart, also when one's name begins like another's", () =>
      withStore(async (store) => {
        const a = store.namespace("poll", z.string());
        const b = store.namespace("poll-vote", z.string());
        await a.set("1", "a");
        await b.set("1", "b");
        expect(await all(a.list(""))).toEqual([["1", "a"]]);
        expect(await all(b.list(""))).toEqual([["1", "b"]]);
      }));

    test("refuses a record without the namespace's shape and keeps the one before", () =>
      withStore(async (store) => {
        const votes = store.namespace("vote", vote);
        await votes.set("k", { choice: "a", at: 1 });
        const wrong = { choice: 7, at: 2 } as never;
        for (const step of [
          () => votes.set("k", wrong),
          () => votes.update("k", () => wrong),
          () => votes.compareAndSet("k", { choice: "a", at: 1 }, wrong),
          () => votes.setIfAbsent("other", wrong),
        ]) {
          await expect(step()).rejects.toMatchObject({
            name: "StoreRecordError",
            code: "store-record-invalid",
            message: expect.stringContaining("choice"),
          });
        }
        expect(await votes.get("k")).toEqual({ choice: "a", at: 1 });
        expect(await votes.get("other")).toBeUndefined();
      }));

    test("says which stored record no longer fits its schema", () =>
      withStore(async (store) => {
        await store.namespace("vote", z.string()).set("p1/anna", "an older shape");
        const votes = store.namespace("vote", vote);
        await expect(votes.get("p1/anna")).rejects.toThrow("vote:p1/anna");
        await expect(all(votes.list(""))).rejects.toMatchObject({ key: "vote:p1/anna" });
      }));

    test("migrates records of an older version when they are read, and writes the current one", () =>
      withStore(async (store) => {
        await store.namespace("vote", z.string()).set("k", "b");
        const versions = {
          current: 2,
          migrate: (old: unknown, version: number) => ({ choice: String(old), at: version }),
        };
        const votes = store.namespace("vote", vote, versions);
        expect(await votes.get("k")).toEqual({ choice: "b", at: 1 });
        expect(await votes.compareAndSet("k", { choice: "b", at: 1 }, { choice: "c", at: 9 })).toBe(true);
        expect(await votes.get("k")).toEqual({ choice: "c", at: 9 });
      }));

    test("deletes once: of twenty at the same time one is told it deleted", () =>
      withStore(async (store) => {
        const codes = store.namespace("code", z.string());
        await codes.set("K7", "anna");
        const told = await Promise.all(Array.from({ length: 20 }, () => codes.delete("K7")));
        expect(told.filter(Boolean)).toHaveLength(1);
        expect(await codes.get("K7")).toBeUndefined();
      }));

    test("lists by prefix in code point order, beyond one page, with the prefix itself", () =>
      withStore(async (store) => {
        const things = store.namespace("thing", z.number());
        // U+FF5E sorts after U+1F600 by UTF-16 units and before it by code points.
        const odd = ["a", "a/", "a/\u{ff5e}", "a/\u{1f600}", "a/Z", "a/a", "b/1"];
        const many = Array.from({ length: 1203 }, (_, i) => `m/${String(i).padStart(5, "0")}`);
        await Promise.all([...odd, ...many].toReversed().map((key, i) => things.set(key, i)));
        expect((await all(things.list("a"))).map(([key]) => key)).toEqual([
          "a",
          "a/",
          "a/Z",
          "a/a",
          "a/\u{ff5e}",
          "a/\u{1f600}",
        ]);
        expect((await all(things.list("m/"))).map(([key]) => key)).toEqual(many);
        expect(await all(things.list("none"))).toEqual([]);
      }));

    test("treats %, _, *, ? and [ in keys and prefixes as themselves", () =>
      withStore(async (store) => {
        const things = store.namespace("thing", z.number());
        for (const [i, key] of ["100%", "100x", "a_b", "axb", "s*", "sx", "q[1]", "q1"].entries()) {
          await things.set(key, i);
        }
        for (const [prefix, found] of [
          ["100%", ["100%"]],
          ["a_", ["a_b"]],
          ["s*", ["s*"]],
          ["q[1]", ["q[1]"]],
        ] as const) {
          expect((await all(things.list(prefix))).map(([key]) => key)).toEqual(found);
        }
      }));

    test("refuses keys that could not be found again", () =>
      withStore(async (store) => {
        const things = store.namespace("thing", z.number());
        for (const key of ["", "x".repeat(201), "\ud800", "\u{10ffff}"]) {
          await expect(things.set(key, 1)).rejects.toThrow("can't be a key");
        }
        await things.set("x".repeat(200), 1);
        expect(await things.get("x".repeat(200))).toBe(1);
      }));

    test("setIfAbsent: of fifty at once exactly one wins, and its value stays", () =>
      withStore(async (store) => {
        const claims = store.namespace("claim", z.number());
        const won = await Promise.all(Array.from({ length: 50 }, (_, i) => claims.setIfAbsent("tue-9", i)));
        expect(won.filter(Boolean)).toHaveLength(1);
        expect(await claims.get("tue-9")).toBe(won.indexOf(true));
      }));

    test("compareAndSet compares deeply, ignores the order of fields and fields that are undefined", () =>
      withStore(async (store) => {
        const votes = store.namespace("vote", vote);
        await votes.set("k", { choice: "a", at: 1 });
        expect(await votes.compareAndSet("k", { choice: "a", at: 2 }, { choice: "x", at: 0 })).toBe(false);
        expect(await votes.compareAndSet("none", { choice: "a", at: 1 }, { choice: "x", at: 0 })).toBe(false);
        expect(
          await votes.compareAndSet("k", { at: 1, note: undefined, choice: "a" }, { choice: "b", at: 2 }),
        ).toBe(true);
        expect(await votes.get("k")).toEqual({ choice: "b", at: 2 });
      }));

    test("update loses no increment of forty at once", () =>
      withStore(async (store) => {
        const counts = store.namespace("count", z.number());
        await Promise.all(Array.from({ length: 40 }, () => counts.update("n", (n = 0) => n + 1)));
        expect(await counts.get("n")).toBe(40);
      }));

    test("update writes nothing when the change gives back the same record", () =>
      withStore(async (store) => {
        const votes = store.namespace("vote", vote);
        await votes.set("k", { choice: "a", at: 1 });
        expect(await votes.update("k", (current) => current!)).toEqual({ choice: "a", at: 1 });
      }));

    test("commit writes everything or nothing, over namespaces", () =>
      withStore(async (store) => {
        const polls = store.namespace("poll", z.enum(["open", "closed"]));
        const votes = store.namespace("vote", vote);
        await polls.set("p", "open");
        const cast = (choice: string) =>
          store.commit(
            [polls.expect("p", "open")],
            [votes.put("p/anna", { choice, at: 1 }), votes.put("p/log", { choice, at: 2 })],
          );
        expect(await cast("a")).toBe(true);
        await polls.set("p", "closed");
        expect(await cast("b")).toBe(false);
        expect(await all(votes.list("p/"))).toEqual([
          ["p/anna", { choice: "a", at: 1 }],
          ["p/log", { choice: "a", at: 2 }],
        ]);
        expect(await store.commit([polls.expect("p", "closed")], [votes.put("p/log", undefined)])).toBe(true);
        expect(await votes.get("p/log")).toBeUndefined();
      }));

    test("commit: no write lands after the step that forbids it", () =>
      withStore(async (store) => {
        const polls = store.namespace("poll", z.enum(["open", "closed"]));
        const votes = store.namespace("vote", z.number());
        await fc.assert(
          fc.asyncProperty(fc.scheduler(), fc.integer({ min: 1, max: 12 }), async (s, people) => {
            await polls.set("p", "open");
            for await (const [key] of votes.list("")) await votes.delete(key);
            let counted = -1;
            const cast = s.scheduleSequence(
              Array.from({ length: people }, (_, i) => ({
                label: `vote ${i}`,
                builder: async () =>
                  void told.push(await store.commit([polls.expect("p", "open")], [votes.put(`${i}`, i)])),
              })),
            );
            const told: boolean[] = [];
            const close = s.schedule(Promise.resolve()).then(async () => {
              await polls.compareAndSet("p", "open", "closed");
              counted = (await all(votes.list(""))).length;
            });
            await s.waitAll();
            await Promise.all([cast.task, close]);
            expect(told.filter(Boolean)).toHaveLength(counted);
          }),
          { numRuns: 30 },
        );
      }));

    test("behaves like a plain map under any sequence of steps", () =>
      withStore(async (store) => {
        const things = store.namespace("thing", z.number());
        const key = fc.constantFrom("a", "a/1", "a/2", "b", "é", "😀");
        const step = fc.oneof(
          fc.record({ do: fc.constant("set" as const), key, value: fc.nat(3) }),
          fc.record({ do: fc.constant("delete" as const), key, value: fc.nat(3) }),
          fc.record({ do: fc.constant("absent" as const), key, value: fc.nat(3) }),
          fc.record({ do: fc.constant("cas" as const), key, value: fc.nat(3) }),
        );
        await fc.assert(
          fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
            for await (const [old] of things.list("")) await things.delete(old);
            const model = new Map<string, number>();
            for (const { do: what, key, value } of steps) {
              if (what === "set") {
                await things.set(key, value);
                model.set(key, value);
              } else if (what === "delete") {
                expect(await things.delete(key)).toBe(model.delete(key));
              } else if (what === "absent") {
                expect(await things.setIfAbsent(key, value)).toBe(!model.has(key));
                if (!model.has(key)) model.set(key, value);
              } else {
                const same = model.get(key) === value;
                expect(await things.compareAndSet(key, value, value + 1)).toBe(same);
                if (same) model.set(key, value + 1);
              }
            }
            expect(new Map(await all(things.list("")))).toEqual(model);
          }),
          { numRuns: 40 },
        );
      }));
  });
}
