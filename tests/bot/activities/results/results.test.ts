import { afterAll, describe, expect, test } from "vitest";
import { mondayOf } from "../../../../src/bot/activities/results/summaries.ts";
import { itemStatistics } from "../../../../src/bot/activities/statistics/item-statistics.ts";
import { allActions, allCommands } from "../../../../src/bot/commands/all-commands.ts";
import { type BotRig, botRig } from "../../bot-rig.ts";
import { newest, pressOn } from "../press.ts";
import { smallCourse } from "../small-course.ts";

const choices = [
  { text: "yes", correct: true },
  { text: "no", misconception: "It is." },
  { text: "maybe", misconception: "It surely is." },
];
const small = smallCourse([
  { id: "first", kind: "single", question: "First?", choices },
  { id: "second", kind: "single", question: "Second?", choices, objectives: ["decoding.beam"] },
  { id: "third", kind: "single", question: "Third?", choices },
]);
afterAll(() => small.remove());

const rig = () => botRig({ commands: allCommands, actions: allActions, courses: [small.course] });
const teacherOf = (bot: BotRig) => bot.as("teacher", "discord", "teacher");
const PEOPLE = Array.from({ length: 11 }, (_, i) => `p${i}`);

/** Asks an item; who is right is given, the others take "no". */
async function ask(bot: BotRig, item: string, right: readonly string[], people = PEOPLE): Promise<void> {
  await teacherOf(bot).command("poll", { item });
  const { card } = newest(bot, "d1");
  for (const who of people) await pressOn(bot.as(who), card, right.includes(who) ? "yes" : "no");
  await pressOn(teacherOf(bot), card, "Close");
}
const results = async (bot: BotRig, options: Record<string, unknown> = {}) =>
  (await teacherOf(bot).command("results", options)).text;
const named = (...numbers: number[]) => numbers.map((i) => `p${i}`);

describe("/results", () => {
  test("computes difficulty, discrimination and correlation from the stored answers", async () => {
    const bot = rig();
    await ask(bot, "first", named(0, 1, 2, 3, 4, 5));
    await ask(bot, "second", named(0, 1, 2, 3, 10));
    await ask(bot, "third", named(0, 1));
    // The same class as in the statistics' own test: p = 6/11, D = (2 + 2/3)/3 − 2/6 = .56, r = .52 (numpy).
    expect(await results(bot)).toContain("first 11 0.55 0.56 0.52");
    const one = await results(bot, { item: "first" });
    expect(one).toContain("yes (right) 6 (55 %) 89 % 33 %");
    expect(one).toContain("maybe 0 (0 %) 0 % 0 %");
    expect(one).toContain('"maybe" was hardly chosen');
    expect(one).not.toMatch(/p0|p10/);
  });

  test("counts everybody's first answer to an item, and says when there are too few", async () => {
    const bot = rig();
    await ask(bot, "first", named(0), named(0, 1));
    await bot.clock.advance(60_000);
    await ask(bot, "first", named(0, 1, 2), named(0, 1, 2));
    const text = await results(bot);
    // p0 right, p1 wrong the first time, p2 right the first time it answers: 2 of 3.
    expect(text).toContain("first 3 0.67");
    expect(text).toContain("first: 3 answers are too few to judge the item");
    expect(await results(bot, { by: "poll" })).toMatch(/First\? 2 50 %.*\n.*First\? 3 100 %/);
  });

  test("sums up by objective, the weakest first, and by week in the course's time zone", async () => {
    const bot = rig();
    await ask(bot, "first", named(0, 1, 2, 3, 4, 5));
    await ask(bot, "second", named(0));
    await bot.clock.advance(7 * 24 * 60 * 60_000);
    await ask(bot, "third", PEOPLE);
    const objectives = await results(bot, { by: "objective" });
    // decoding.beam: 1 of 11; decoding.top-p: (6 + 11) of 22.
    expect(objectives).toMatch(/decoding\.beam 1 11 11 9 %\ndecoding\.top-p 2 11 22 77 %/);
    expect(await results(bot, { by: "week" })).toMatch(/2026-10-05 2 11 22 32 %\n2026-10-12 1 11 11 100 %/);
    const onTopic = await results(bot, { topic: "decoding.beam" });
    expect(onTopic).toContain("second");
    expect(onTopic).not.toMatch(/^first /m);
  });

  test("shows nothing of open questions, and nothing to students", async () => {
    const bot = rig();
    await teacherOf(bot).command("poll", { item: "first" });
    await pressOn(bot.as("p0"), newest(bot, "d1").card, "yes");
    expect(await results(bot)).toContain("No question that is right or wrong has closed yet");
    expect((await teacherOf(bot).command("results", { item: "first" })).code).toBe("item-unanswered");
    expect((await bot.as("p0").command("results")).code).toBe("role-needed");
  });
});

test("a week begins on Monday in the course's time zone: 23:30 UTC on Sunday is Monday in Berlin", () => {
  const sunday = Date.UTC(2026, 9, 11, 23, 30);
  expect(mondayOf(sunday, "Europe/Berlin")).toBe("2026-10-12");
  expect(mondayOf(sunday, "UTC")).toBe("2026-10-05");
});

test("who answered one item only changes no discrimination and no correlation, but counts for the difficulty", () => {
  const responses = PEOPLE.flatMap((personId, i) => [
    { personId, itemId: "a", score: i < 6 ? 1 : 0 },
    { personId, itemId: "b", score: i < 4 ? 1 : 0 },
  ]);
  const visitor = { personId: "visitor", itemId: "a", score: 0 };
  const [before] = itemStatistics(responses);
  const [after] = itemStatistics([...responses, visitor]);
  expect(after).toMatchObject({
    n: 12,
    discrimination: before!.discrimination,
    pointBiserial: before!.pointBiserial,
  });
  expect(after!.difficulty).toBeCloseTo(6 / 12, 12);
});
