import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { closePoll } from "../../../../src/bot/activities/poll/close-poll.ts";
import { openPoll } from "../../../../src/bot/activities/poll/open-poll.ts";
import { openQuiz } from "../../../../src/bot/activities/quiz/run-quiz.ts";
import { allActions, allCommands } from "../../../../src/bot/commands/all-commands.ts";
import { readBank } from "../../../../src/bot/course/bank.ts";
import { defused, toCsv } from "../../../../src/bot/course/exports/csv.ts";
import type { PlatformName } from "../../../../src/bot/invocation.ts";
import { smallCourse } from "../../activities/small-course.ts";
import { type BotRig, botRig } from "../../bot-rig.ts";

const small = smallCourse(
  ["one", "two", "three"].map((id) => ({
    id,
    kind: "single",
    question: `Question ${id}?`,
    choices: [{ text: "right", correct: true }, { text: "wrong" }, { text: "also wrong" }],
  })),
);
afterAll(() => small.remove());

const ROSTER = `Student,ID,SIS User ID,SIS Login ID,Section
"Ames, Anna",11,s11,anna,A
"Brook, Ben",12,s12,ben,A
"Cole, Cara",13,s13,cara,B
"=HYPERLINK(""x"")",14,s14,evil,B
`;

/** Each person's answers to the three questions of the quiz, and to the poll; absent: none. */
const ANSWERS: Record<string, readonly (string | undefined)[]> = {
  anna: ["right", "right", "wrong", "right"],
  ben: ["wrong", undefined, "right", undefined],
  zoe: ["right", "wrong", "also wrong", "wrong"],
};

async function course(): Promise<BotRig> {
  const bot = botRig({ commands: allCommands, actions: allActions, courses: [small.course] });
  const teacher = bot.as("teacher", "discord", "teacher");
  expect((await teacher.command("roster import", { csv: ROSTER })).code).toBeUndefined();
  for (const who of ["anna", "ben"]) await bot.as(who).command("link", { "student-id": who });
  const { items } = await readBank(small.course);
  const channels = [{ platform: "discord" as PlatformName, id: "d1" }];
  const base = { courseId: "nlp", openedBy: "teacher", channels };
  const quiz = await openQuiz(bot.services, {
    ...base,
    title: "Quiz: top-p",
    items,
    oneByOne: false,
    show: "closed",
  });
  await bot.clock.advance(60_000);
  const poll = await openPoll(bot.services, {
    ...base,
    question: "Which?",
    choices: [
      { id: "a", text: "right" },
      { id: "b", text: "wrong" },
    ],
    right: ["a"],
    show: "closed",
  });
  const polls = [...quiz.polls, poll.poll];
  for (const [who, answers] of Object.entries(ANSWERS)) {
    for (const [i, answer] of answers.entries()) {
      if (answer === undefined) continue;
      const asked = i < 3 ? polls.find(({ item }) => item?.id === ["one", "two", "three"][i])! : polls[3]!;
      const choice = asked.choices.find(({ text }) => text === answer)!;
      const voted = await bot.as(who).press("poll.vote", asked.id, choice.id);
      expect(voted.code).toBeUndefined();
      await bot.clock.advance(1_000);
    }
  }
  for (const { id } of polls)
    await closePoll(bot.services, "nlp", id, { personId: "t", at: bot.clock.now() });
  return bot;
}

async function exported(bot: BotRig, name: string, options = {}) {
  const done = await bot.as("teacher", "discord", "teacher").command(`export ${name}`, options);
  expect(done.code, done.text).toBeUndefined();
  const data = (done.replies.at(-1) as { data?: { csv: string } }).data!;
  const rows = parse(data.csv, { bom: true }) as string[][];
  return { done, csv: data.csv, header: rows[0]!, rows: rows.slice(1), data };
}

describe("/export canvas", () => {
  test("fills the roster's lines with figures that follow from the answers, and lists whoever is on none", async () => {
    const bot = await course();
    const { done, header, rows, data } = await exported(bot, "canvas");
    expect(header).toEqual([
      "Student",
      "ID",
      "SIS User ID",
      "SIS Login ID",
      "Section",
      "Quiz: top-p 2026-10-05",
      "Which? 2026-10-05",
    ]);
    const points = (who: string, from: number, to: number) =>
      String((ANSWERS[who] ?? []).slice(from, to).filter((answer) => answer === "right").length);
    expect(rows).toEqual([
      ["    Points Possible", "", "", "", "", "3", "1"],
      ['\'=HYPERLINK("x")', "14", "s14", "evil", "B", "0", "0"],
      ["Ames, Anna", "11", "s11", "anna", "A", points("anna", 0, 3), points("anna", 3, 4)],
      ["Brook, Ben", "12", "s12", "ben", "A", points("ben", 0, 3), points("ben", 3, 4)],
      ["Cole, Cara", "13", "s13", "cara", "B", "0", "0"],
    ]);
    expect(done.text).toContain("Not in the roster: ");
    expect(done.text).toContain("zoe (Discord)");
    expect(data).toMatchObject({ unmatched: [{ name: "zoe", points: [1, 0] }] });
    const files = done.card!.blocks.filter(({ type }) => type === "file");
    expect(files).toHaveLength(2);
  });

  test("counts participation instead, and can leave absent ones blank", async () => {
    const { rows } = await exported(await course(), "canvas", { score: "participation", missing: "blank" });
    expect(rows.map((row) => [row[3], ...row.slice(5)])).toEqual([
      ["", "1", "1"],
      ["evil", "", ""],
      ["anna", "1", "1"],
      ["ben", "1", ""],
      ["cara", "", ""],
    ]);
  });
});

describe("/export full, participation, timeline", () => {
  test("the full export names nobody, and a person has one pseudonym in all exports", async () => {
    const bot = await course();
    const first = await exported(bot, "full");
    expect(first.rows).toHaveLength(10);
    expect(first.csv).not.toMatch(/anna|ben|zoe|Ames|Brook/);
    const person = first.rows.map(([pseudonym]) => pseudonym);
    expect(new Set(person).size).toBe(3);
    expect((await exported(bot, "full")).csv).toBe(first.csv);
    const right = first.rows.filter((row) => row[first.header.indexOf("score")] === "1").length;
    expect(right).toBe(
      Object.values(ANSWERS)
        .flat()
        .filter((answer) => answer === "right").length,
    );
  });

  test("participation and timeline count what happened", async () => {
    const bot = await course();
    const people = await exported(bot, "participation");
    const row = (name: string) => people.rows.find(([first]) => first === name)!;
    expect(row("Ames, Anna").slice(1, 9)).toEqual(["s11", "yes", "2", "2", "4", "4", "3", "4"]);
    expect(row("Cole, Cara").slice(1, 9)).toEqual(["s13", "yes", "0", "2", "0", "4", "0", "0"]);
    expect(row("zoe").slice(1, 9)).toEqual(["", "no", "2", "2", "4", "4", "1", "4"]);
    const time = await exported(bot, "timeline");
    expect(time.rows.map((each) => each.slice(1, 3))).toEqual([
      ["quiz", "Quiz: top-p"],
      ["poll", "Which?"],
    ]);
    // 4 of 8 answers to the quiz, 1 of 2 to the poll.
    expect(time.rows.map((each) => each.slice(5))).toEqual([
      ["3", "3", "0.5"],
      ["1", "2", "0.5"],
    ]);
  });

  test("is for the teacher", async () => {
    const bot = await course();
    for (const name of ["canvas", "full", "participation", "timeline", "gift"]) {
      expect((await bot.as("tim", "discord", "assistant").command(`export ${name}`)).code).toBe(
        "role-needed",
      );
    }
  });
});

describe("CSV", () => {
  test("no text begins like a formula, and every text can be read back", () => {
    const text = fc.string({ unit: fc.constantFrom(..."=+-@|%\t\r\n ＝'\",;a1ä"), maxLength: 12 });
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 4 }), (cells) => {
        const [, row] = parse(
          toCsv(
            cells.map((_, i) => `c${i}`),
            [cells],
          ),
          {
            relax_column_count: true,
          },
        ) as string[][];
        expect(row).toEqual(cells.map(defused));
        for (const cell of row!) expect(cell).not.toMatch(/^\s*[=+\-@＝]/);
        expect(row!.map((cell, i) => (cell === cells[i] ? cell : cell.slice(1)))).toEqual(cells);
      }),
      { numRuns: 300 },
    );
  });
});
