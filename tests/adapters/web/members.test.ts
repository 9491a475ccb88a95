import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { WRONG_CODES_ALTOGETHER, WRONG_CODES_PER_ADDRESS } from "../../../src/adapters/web/limits.ts";
import { cleanName, openMembers } from "../../../src/adapters/web/members.ts";
import { openMemoryStore } from "../../../src/bot/store/open-store.ts";
import { handClock } from "../../fakes/hand-clock.ts";

async function setUp() {
  const store = openMemoryStore();
  const clock = handClock();
  return { store, clock, members: await openMembers(store, clock) };
}

describe("keys", () => {
  test("each opens its own role; the join code is read without regard to case, blanks and hyphens", async () => {
    const { members } = await setUp();
    const { keys } = members;
    expect((await members.join(keys.teacher, "", "a")).role).toBe("teacher");
    expect((await members.join(keys.assistant, "Ann", "a")).role).toBe("assistant");
    expect((await members.join(keys.join, "Ben", "a")).role).toBe("student");
    const spelt = ` ${keys.join.toLowerCase().slice(0, 3)}-${keys.join.toLowerCase().slice(3)} `;
    expect((await members.join(spelt, "Cara", "a")).role).toBe("student");
  });

  test("stay over a restart, with the people", async () => {
    const { members, store, clock } = await setUp();
    const { id } = await members.join(members.keys.join, "Ben", "a");
    const again = await openMembers(store, clock);
    expect(again.keys).toEqual(members.keys);
    expect(again.get(id)?.name).toBe("Ben");
  });

  test("are long: the secrets 192 bits, the code seven of 31 letters", async () => {
    const { members } = await setUp();
    expect(members.keys.teacher).toMatch(/^teacher-[\w-]{32}$/);
    expect(members.keys.assistant).toMatch(/^assistant-[\w-]{32}$/);
    expect(members.keys.session).toMatch(/^[\w-]{32}$/);
    expect(members.keys.join).toMatch(/^[A-HJKMNP-Z2-9]{7}$/);
  });

  test("the teacher's link leads to the same person on every device", async () => {
    const { members } = await setUp();
    const one = await members.join(members.keys.teacher, "", "a");
    expect((await members.join(members.keys.teacher, "", "b")).id).toBe(one.id);
  });
});

describe("wrong codes", () => {
  const wrong = async (members: Awaited<ReturnType<typeof setUp>>["members"], address: string) =>
    members.join("WRONG22", "Eve", address).then(
      () => "in",
      (error) => error.code as string,
    );

  test("are counted by address: after twenty in a minute even the right one must wait, elsewhere it need not", async () => {
    const { members, clock } = await setUp();
    for (let i = 0; i < WRONG_CODES_PER_ADDRESS; i++)
      expect(await wrong(members, "10.0.0.9")).toBe("code-wrong");
    expect(await wrong(members, "10.0.0.9")).toBe("code-tries");
    await expect(members.join(members.keys.join, "Eve", "10.0.0.9")).rejects.toMatchObject({
      code: "code-tries",
      message: expect.stringMatching(/again in \d+ s/),
    });
    expect((await members.join(members.keys.join, "Ann", "10.0.0.8")).name).toBe("Ann");
    await clock.advance(60_000);
    expect((await members.join(members.keys.join, "Eve", "10.0.0.9")).name).toBe("Eve");
  });

  test("are counted altogether, against guessing from many addresses", async () => {
    const { members } = await setUp();
    for (let i = 0; i < WRONG_CODES_ALTOGETHER; i++) expect(await wrong(members, `a${i}`)).toBe("code-wrong");
    expect(await wrong(members, "fresh")).toBe("code-tries");
  });

  test("a lecture hall behind one address joins in one minute", async () => {
    const { members } = await setUp();
    for (let i = 0; i < 300; i++) await members.join(members.keys.join, `Student ${i}`, "10.0.0.1");
    expect(members.all()).toHaveLength(300);
  });
});

describe("names", () => {
  test("two of one name are told apart, also when only case or width differs; nobody is Cloze", async () => {
    const { members } = await setUp();
    const join = async (name: string) => (await members.join(members.keys.join, name, "a")).name;
    expect(await join("Anna")).toBe("Anna");
    expect(await join("ANNA")).toBe("ANNA 2");
    expect(await join("Ａｎｎａ")).toBe("Ａｎｎａ 3");
    expect(await join("cloze")).toBe("cloze 2");
  });

  test.each([
    ["", "Type the name"],
    ["   ", "Type the name"],
    ["\u202e\u200b", "Type the name"],
    ["!!!", "Type the name"],
    ["x".repeat(41), "41 characters; at most 40"],
  ])("refuses %j", (name, reason) => {
    expect(() => cleanName(name)).toThrow(reason);
  });

  test("whatever is typed, a name holds nothing invisible, no line break, and at most 40 characters", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 60 }), (given) => {
        let name: string;
        try {
          name = cleanName(given);
        } catch (error) {
          expect((error as { code: string }).code).toBe("name-invalid");
          return;
        }
        expect(name).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
        expect(name).not.toMatch(/\p{M}{3}/u);
        expect([...name].length).toBeLessThanOrEqual(40);
        expect(name).toBe(name.trim());
      }),
      { numRuns: 1000 },
    );
  });
});
