import { beforeEach, describe, expect, test } from "vitest";
import type { Account } from "../../../src/bot/invocation.ts";
import type { Roster } from "../../../src/bot/people/roster.ts";
import { createRoster } from "../../../src/bot/people/store-roster.ts";
import { openMemoryStore } from "../../../src/bot/store/open-store.ts";
import { type HandClock, handClock } from "../../fakes/hand-clock.ts";

const discord: Account = { platform: "discord", id: "1001", displayName: "anna#1" };
const slack: Account = { platform: "slack", id: "U1", displayName: "Anna S" };
const web: Account = { platform: "web", id: "w1", displayName: "anna" };
const stranger: Account = { platform: "discord", id: "2002", displayName: "ben" };
const CANVAS = `Student,ID,SIS User ID,SIS Login ID,Section,Homework 1 (44)
    Points Possible,,,,,10
"Doe, Anna",17,s170,anna@uni.example,Sec 1,8
"Roe, Ben",18,,ben@uni.example,Sec 1,9
"Student, Test",99,,,Sec 1,
`;

let clock: HandClock;
let roster: Roster;
beforeEach(() => {
  clock = handClock();
  roster = createRoster(openMemoryStore(), clock);
});
const entries = async (courseId = "nlp") => {
  const list = [];
  for await (const entry of roster.entries(courseId)) list.push(entry);
  return list;
};
const join = async (first: Account, second: Account) => {
  const { id } = await roster.person("nlp", first, "student");
  return roster.finishLink("nlp", await roster.startLink("nlp", id), second, "student");
};

describe("people and their accounts", () => {
  test("an account is the same person each time, and another one in another course", async () => {
    const first = await roster.person("nlp", discord, "student");
    expect(await roster.person("nlp", discord, "student")).toEqual(first);
    expect((await roster.person("ir", discord, "student")).id).not.toBe(first.id);
    expect(await entries()).toHaveLength(1);
  });

  test("thirty events of a new account at once make one person", async () => {
    const found = await Promise.all(
      Array.from({ length: 30 }, () => roster.person("nlp", discord, "student")),
    );
    expect(new Set(found.map(({ id }) => id)).size).toBe(1);
    expect(await entries()).toHaveLength(1);
  });

  test("find adds nobody", async () => {
    expect(await roster.find("nlp", discord)).toBeUndefined();
    expect(await entries()).toEqual([]);
  });

  test("a role the platform takes away is gone at the next event", async () => {
    expect((await roster.person("nlp", discord, "teacher")).role).toBe("teacher");
    expect((await roster.person("nlp", discord, "student")).role).toBe("student");
    expect((await entries())[0]?.role).toBe("student");
  });

  test("takes over a changed display name", async () => {
    await roster.person("nlp", discord, "student");
    await roster.person("nlp", { ...discord, displayName: "Anna D" }, "student");
    expect((await entries())[0]?.displayName).toBe("Anna D");
  });

  test("who has nothing but a web sign-in is a guest, until linked; staff on the web are none", async () => {
    expect((await roster.person("nlp", web, "student")).guest).toBe(true);
    expect((await roster.person("nlp", { ...web, id: "w2" }, "teacher")).guest).toBe(false);
    expect((await roster.person("nlp", discord, "student")).guest).toBe(false);
    await join(discord, web);
    expect((await roster.person("nlp", web, "student")).guest).toBe(false);
  });
});

describe("link codes", () => {
  test("join the account that uses one to the person who asked for it", async () => {
    const { id } = await roster.person("nlp", discord, "student");
    const before = await roster.person("nlp", slack, "student");
    const code = await roster.startLink("nlp", id);
    expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/);
    expect((await roster.finishLink("nlp", code, slack, "student")).id).toBe(id);
    expect((await roster.person("nlp", slack, "student")).id).toBe(id);
    const [entry, ...others] = await entries();
    expect(entry?.accounts).toEqual([discord, slack]);
    expect(others).toEqual([]);
    // What was kept under the id of the person who has been joined still finds its owner.
    expect((await roster.entry("nlp", before.id))?.id).toBe(id);
  });

  test("are read with small letters, spaces and look-alikes", async () => {
    const { id } = await roster.person("nlp", discord, "student");
    const code = await roster.startLink("nlp", id);
    const typed = ` ${code.toLowerCase().replace("-", " – ").replaceAll("0", "o").replaceAll("1", "l")} `;
    expect((await roster.finishLink("nlp", typed, slack, "student")).id).toBe(id);
  });

  test("work once, and for one of two accounts that use one at the same time", async () => {
    const { id } = await roster.person("nlp", discord, "student");
    const code = await roster.startLink("nlp", id);
    const told = await Promise.allSettled(
      [slack, web, stranger].map((account) => roster.finishLink("nlp", code, account, "student")),
    );
    expect(told.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect((await roster.entry("nlp", id))?.accounts).toHaveLength(2);
    await expect(roster.finishLink("nlp", code, slack, "student")).rejects.toMatchObject({
      code: "link-code-unknown",
    });
  });

  test("end after 10 minutes", async () => {
    const { id } = await roster.person("nlp", discord, "student");
    const code = await roster.startLink("nlp", id);
    await clock.advance(10 * 60_000 - 1);
    const late = await roster.startLink("nlp", (await roster.person("nlp", stranger, "student")).id);
    await clock.advance(1);
    await expect(roster.finishLink("nlp", code, slack, "student")).rejects.toThrow("older than 10 minutes");
    await expect(roster.finishLink("nlp", late, slack, "student")).resolves.toBeDefined();
  });

  test("are replaced by the next one of the same person", async () => {
    const { id } = await roster.person("nlp", discord, "student");
    const first = await roster.startLink("nlp", id);
    await roster.startLink("nlp", id);
    await expect(roster.finishLink("nlp", first, slack, "student")).rejects.toMatchObject({
      code: "link-code-unknown",
    });
  });

  test.each(["", "AAAA-AAAA", "x", "💥💥💥💥", "\ud800".repeat(8), "A".repeat(5_000)])(
    "refuse %j",
    async (typed) => {
      await expect(roster.finishLink("nlp", typed, slack, "student")).rejects.toMatchObject({
        code: "link-code-unknown",
      });
    },
  );

  test("of one course are unknown in another", async () => {
    const code = await roster.startLink("nlp", (await roster.person("nlp", discord, "student")).id);
    await expect(roster.finishLink("ir", code, slack, "student")).rejects.toThrow("wrong, used or older");
  });

  test("two people who join each other at the same time become one, not a circle", async () => {
    const a = await roster.person("nlp", discord, "student");
    const b = await roster.person("nlp", slack, "student");
    const [codeA, codeB] = [await roster.startLink("nlp", a.id), await roster.startLink("nlp", b.id)];
    await Promise.all([
      roster.finishLink("nlp", codeA, slack, "student"),
      roster.finishLink("nlp", codeB, discord, "student"),
    ]);
    const [entry, ...others] = await entries();
    expect(others).toEqual([]);
    expect(entry?.accounts).toHaveLength(2);
  });

  test("give nobody another's platform role", async () => {
    const teacher = await roster.person("nlp", discord, "teacher");
    const code = await roster.startLink("nlp", teacher.id);
    expect((await roster.finishLink("nlp", code, slack, "student")).role).toBe("student");
    expect((await roster.person("nlp", discord, "teacher")).role).toBe("teacher");
  });
});

describe("Canvas roster", () => {
  test("adds students with all five columns and passes over Canvas' own lines", async () => {
    expect(await roster.importCsv("nlp", CANVAS)).toEqual({
      added: 2,
      changed: 0,
      unchanged: 0,
      refused: [],
    });
    const list = (await entries()).toSorted((a, b) => a.displayName.localeCompare(b.displayName));
    expect(list.map(({ displayName, studentId, guest }) => [displayName, studentId, guest])).toEqual([
      ["Doe, Anna", "s170", false],
      ["Roe, Ben", "18", false],
    ]);
    expect(list[0]?.canvas).toEqual({
      student: "Doe, Anna",
      id: "17",
      sisUserId: "s170",
      sisLoginId: "anna@uni.example",
      section: "Sec 1",
    });
  });

  test("the same file again changes nothing; a changed section is one change", async () => {
    await roster.importCsv("nlp", CANVAS);
    expect(await roster.importCsv("nlp", CANVAS)).toMatchObject({ added: 0, changed: 0, unchanged: 2 });
    expect(
      await roster.importCsv("nlp", CANVAS.replace("anna@uni.example,Sec 1", "anna@uni.example,Sec 2")),
    ).toMatchObject({
      added: 0,
      changed: 1,
      unchanged: 1,
    });
    expect(await entries()).toHaveLength(2);
  });

  test("names each line it can't use, and takes the others", async () => {
    const csv =
      'Student,ID,SIS User ID,SIS Login ID,Section\n"Doe, Anna",17,s,a,1\n,18,s,b,1\nRoe,,s,c,1\n"Doe, A.",17,s,a,1\n';
    expect(await roster.importCsv("nlp", csv)).toEqual({
      added: 1,
      changed: 0,
      unchanged: 0,
      refused: [
        { line: 3, reason: "there is no name in the column Student" },
        { line: 4, reason: "Roe has no ID" },
        { line: 5, reason: "ID 17 stands in line 2 already" },
      ],
    });
  });

  test.each([
    ["semicolons", CANVAS.replace(/,(?! )/g, ";")],
    ["tabs and a byte order mark", `\ufeff${CANVAS.replace(/,(?! )/g, "\t")}`],
    ["Windows line ends", CANVAS.replaceAll("\n", "\r\n")],
  ])("reads %s", async (_, csv) => {
    expect(await roster.importCsv("nlp", csv)).toMatchObject({ added: 2, refused: [] });
  });

  test.each([
    ["", "Student, ID, SIS User ID, SIS Login ID are missing"],
    ["Student,ID,Section\nAnna,1,1", "SIS User ID, SIS Login ID are missing"],
    ['Student,ID,SIS User ID,SIS Login ID,Section\n"Doe, Anna,17,s,a,1\n', "can't be read as a table"],
  ])("refuses %j", async (csv, message) => {
    await expect(roster.importCsv("nlp", csv)).rejects.toMatchObject({
      code: "roster-unreadable",
      message: expect.stringContaining(message),
    });
    expect(await entries()).toEqual([]);
  });

  test("a student claims their line once, by SIS id, login or Canvas id", async () => {
    await roster.importCsv("nlp", CANVAS);
    const anna = await roster.person("nlp", discord, "student");
    expect(await roster.claimStudent("nlp", anna.id, " ANNA@uni.example ")).toMatchObject({
      id: anna.id,
      studentId: "s170",
      accounts: [discord],
    });
    expect((await roster.person("nlp", discord, "student")).displayName).toBe("Doe, Anna");
    expect(await entries()).toHaveLength(2);
    await roster.claimStudent("nlp", anna.id, "17");
    const ben = await roster.person("nlp", stranger, "student");
    await expect(roster.claimStudent("nlp", ben.id, "s170")).rejects.toMatchObject({ code: "student-taken" });
    await expect(roster.claimStudent("nlp", anna.id, "18")).rejects.toMatchObject({ code: "link-conflict" });
    await expect(roster.claimStudent("nlp", ben.id, "")).rejects.toMatchObject({ code: "student-unknown" });
  });

  test("two different students of the roster can't be joined", async () => {
    await roster.importCsv("nlp", CANVAS);
    const anna = await roster.person("nlp", discord, "student");
    const ben = await roster.person("nlp", slack, "student");
    await roster.claimStudent("nlp", anna.id, "17");
    await roster.claimStudent("nlp", ben.id, "18");
    const code = await roster.startLink("nlp", anna.id);
    await expect(roster.finishLink("nlp", code, slack, "student")).rejects.toMatchObject({
      code: "link-conflict",
    });
    expect((await roster.person("nlp", slack, "student")).id).toBe(ben.id);
  });
});
