import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Grouping,
  joined,
  optedOut,
  reported,
} from "../../../../src/bot/activities/pair-share/groups.ts";
import { pairUp } from "../../../../src/bot/activities/pair-share/pairing.ts";

interface Voter {
  readonly personId: string;
  readonly answer: string;
}
const voters = (answers: string) => [...answers].map((answer, i): Voter => ({ personId: `p${i}`, answer }));
const byAnswer = {
  distance: (a: Voter, b: Voter) => (a.answer === b.answer ? 0 : 1),
  groupOf: ({ answer }: Voter) => answer,
};
const never = () => false;
const mixed = (groups: readonly (readonly Voter[])[]) =>
  groups.filter((group) => new Set(group.map(({ answer }) => answer)).size > 1).length;
const answers = fc.string({ unit: fc.constantFrom("a", "b", "c", "d"), maxLength: 41 });

describe("pairUp", () => {
  test("pairs each of 6 with somebody who answered otherwise where the counts allow it", () => {
    const groups = pairUp(voters("aaabbc"), { ...byAnswer, recent: never });
    expect(
      groups.map((group) =>
        group
          .map(({ answer }) => answer)
          .toSorted()
          .join(""),
      ),
    ).toEqual(["ab", "ab", "ac"]);
  });

  test("of 5 makes a pair and a trio, of 1 a group of one, of 0 none", () => {
    const sizes = (text: string) =>
      pairUp(voters(text), { ...byAnswer, recent: never })
        .map((group) => group.length)
        .toSorted();
    expect(sizes("aabbc")).toEqual([2, 3]);
    expect(sizes("a")).toEqual([1]);
    expect(sizes("")).toEqual([]);
  });

  test("puts everybody into exactly one group of two, at most one of three, and makes as many mixed pairs as there can be", () => {
    fc.assert(
      fc.property(answers, (text) => {
        const people = voters(text);
        const groups = pairUp(people, { ...byAnswer, recent: never });
        expect(
          groups
            .flat()
            .map(({ personId }) => personId)
            .toSorted(),
        ).toEqual(people.map(({ personId }) => personId).toSorted());
        if (people.length < 2) return;
        expect(groups.filter(({ length }) => length === 3)).toHaveLength(people.length % 2);
        expect(groups.every(({ length }) => length === 2 || length === 3)).toBe(true);
        const largest = Math.max(
          ...Map.groupBy(people, ({ answer }) => answer)
            .values()
            .map((g) => g.length),
        );
        // A pair is mixed only if one of it is outside the largest group.
        const most = Math.min(Math.floor(people.length / 2), people.length - largest);
        expect(mixed(groups)).toBeGreaterThanOrEqual(most);
      }),
    );
  });

  test("parts people who were together recently where that costs no mixed pair", () => {
    const people = voters("aabb");
    const together = new Set(["p0p2", "p1p3"]);
    const recent = (a: string, b: string) => together.has([a, b].sort().join(""));
    const groups = pairUp(people, { ...byAnswer, recent }).map((group) =>
      group.map(({ personId }) => personId).sort(),
    );
    expect(groups.toSorted()).toEqual([
      ["p0", "p3"],
      ["p1", "p2"],
    ]);
  });

  test("keeps mixed pairs rather than new ones", () => {
    const groups = pairUp(voters("ab"), { ...byAnswer, recent: () => true });
    expect(mixed(groups)).toBe(1);
    // Two mixed pairs that were together before beat two new pairs that agree.
    expect(mixed(pairUp(voters("aabb"), { ...byAnswer, recent: () => true }))).toBe(2);
  });

  test("in free words pairs those far apart: no exchange of two partners makes the pairs more different", () => {
    const points = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2, maxLength: 20 });
    fc.assert(
      fc.property(points, (places) => {
        const people = places.map((place, i) => ({ personId: `p${i}`, place }));
        const distance = (a: { place: number }, b: { place: number }) => Math.abs(a.place - b.place);
        const groups = pairUp(people, { distance, recent: never });
        const pairs = groups.map(([a, b]) => [a!, b!] as const);
        for (const [a, b] of pairs) {
          for (const [c, d] of pairs) {
            if (a === c) continue;
            expect(distance(a, b) + distance(c, d)).toBeGreaterThanOrEqual(
              distance(a, c) + distance(b, d) - 1e-6,
            );
          }
        }
      }),
    );
  });

  test("gives the same groups for the same people", () => {
    const again = () => pairUp(voters("abcabca"), { ...byAnswer, recent: never });
    expect(again()).toEqual(again());
  });
});

const NAMES = ["a", "b", "c", "d", "e", "f", "g"];
const step = fc.record({ do: fc.constantFrom("join", "report", "out"), who: fc.constantFrom(...NAMES) });

describe("groups under late comers, absent partners and people who want none", () => {
  const start: Grouping = {
    groups: [
      ["a", "b"],
      ["c", "d"],
    ],
    absent: [],
    optedOut: [],
  };
  const apart = () => 0.5;

  test("a latecomer makes a trio; the next one, when nobody waits, another", () => {
    const one = joined(start, "e", apart);
    expect(one.groups).toEqual([
      ["a", "b", "e"],
      ["c", "d"],
    ]);
    expect(joined(one, "f", apart).groups).toEqual([
      ["a", "b", "e"],
      ["c", "d", "f"],
    ]);
  });

  test("a latecomer joins the pair they differ from most", () => {
    const distance = (a: string, b: string) => ([a, b].some((each) => each === "c") ? 1 : 0);
    expect(joined(start, "e", distance).groups).toEqual([
      ["a", "b"],
      ["c", "d", "e"],
    ]);
  });

  test("two whose partners are missing get each other", () => {
    const one = reported(start, "a", apart);
    expect(one.groups).toEqual([["b"], ["c", "d", "a"]]);
    expect(one.absent).toEqual(["b"]);
    const nobody: Grouping = { groups: [["a", "b"]], absent: [], optedOut: [] };
    const waiting = reported(nobody, "a", apart);
    expect(waiting.groups).toEqual([["b"], ["a"]]);
    expect(joined(waiting, "e", apart).groups).toEqual([["b"], ["a", "e"]]);
  });

  test("who was taken for absent and comes back is put with somebody", () => {
    const gone = reported(start, "a", apart);
    const back = joined(gone, "b", apart);
    expect(back.absent).toEqual([]);
    expect(back.groups.find((group) => group.includes("b"))!.length).toBeGreaterThan(1);
  });

  test("who opts out leaves nobody alone", () => {
    const left = optedOut(start, "a", apart);
    expect(left.groups).toEqual([["c", "d", "b"]]);
    expect(left.optedOut).toEqual(["a"]);
  });

  test("after any steps each person is in at most one group, nobody who wants none is in one, and who asks has one", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        let now = start;
        for (const { do: what, who } of steps) {
          if (what === "join") now = joined(now, who, apart);
          if (what === "out" && !now.optedOut.includes(who)) now = optedOut(now, who, apart);
          if (what === "report" && now.groups.some((group) => group.includes(who)))
            now = reported(now, who, apart);
          const all = now.groups.flat();
          expect(new Set(all).size).toBe(all.length);
          expect(now.groups.every(({ length }) => length > 0)).toBe(true);
          expect(all.filter((each) => now.optedOut.includes(each))).toEqual([]);
          expect(now.absent).not.toContain(what === "join" ? who : "");
          if (what === "join") expect(all).toContain(who);
        }
        const present = now.groups.map((group) => group.filter((each) => !now.absent.includes(each)));
        // Two who wait alone and are there would have been put together.
        expect(
          present.filter(({ length }, i) => length === 1 && now.groups[i]!.length === 1).length,
        ).toBeLessThan(2);
      }),
    );
  });
});
