import { expect, test } from "vitest";
import { openPoll } from "../../../src/bot/activities/poll/open-poll.ts";
import { resumeActivities } from "../../../src/bot/activities/resume.ts";
import { allActions, allCommands } from "../../../src/bot/commands/all-commands.ts";
import { turns } from "../../fakes/hand-clock.ts";
import { pressOn } from "../activities/press.ts";
import { type BotRig, botRig, COURSE } from "../bot-rig.ts";

const COURSES = [{ ...COURSE, limits: { perPersonPerMinute: 100, perChannelPerMinute: 100 } }] as const;
const teacherOf = (bot: BotRig) => bot.as("teacher", "discord", "teacher");

async function course(): Promise<BotRig> {
  const bot = botRig({ commands: allCommands, actions: allActions, courses: COURSES });
  const csv =
    'Student,ID,SIS User ID,SIS Login ID,Section\n"Ames, Anna",11,s11,anna,A\n"Brook, Ben",12,s12,ben,A\n';
  await teacherOf(bot).command("roster import", { csv });
  await bot.as("annas-account").command("link", { "student-id": "anna" });
  const { poll } = await openPoll(bot.services, {
    courseId: "nlp",
    question: "Which one draws?",
    choices: [
      { id: "a", text: "greedy" },
      { id: "b", text: "top-p" },
    ],
    right: ["b"],
    show: "closed",
    openedBy: "t",
    channels: [{ platform: "discord", id: "d1" }],
  });
  // Voted from a second account before both were joined: two ids, one person.
  await bot.as("anna-in-slack", "slack").press("poll.vote", poll.id, "a");
  const code = /[0-9A-Z]{4}-[0-9A-Z]{4}/.exec((await bot.as("annas-account").command("link")).text)![0];
  await bot.as("anna-in-slack", "slack").command("link", { code });
  await bot.as("annas-account").press("poll.vote", poll.id, "b");
  await bot.as("zoe").press("poll.vote", poll.id, "b");
  return bot;
}
const dataOf = (done: Awaited<ReturnType<ReturnType<BotRig["as"]>["command"]>>) =>
  (done.replies.at(-1) as { data?: Record<string, unknown> }).data!;
/** Everything in the store, as text. */
async function everything(bot: BotRig): Promise<string> {
  const { z } = await import("zod");
  const names = [
    "person",
    "account",
    "link-code",
    "poll-vote",
    "poll-grade",
    "pseudonym",
    "review-opt-out",
    "review-reminded",
  ];
  const all: unknown[] = [];
  for (const name of names) {
    for await (const each of bot.services.store.namespace(name, z.unknown()).list("nlp/"))
      all.push([name, ...each]);
  }
  return JSON.stringify(all);
}

test("/mydata export gives a person their own answers, under whichever account, and nobody else's", async () => {
  const bot = await course();
  const data = dataOf(await bot.as("annas-account").command("mydata export"));
  expect(data).toMatchObject({
    person: { roster: { student: "Ames, Anna" } },
    answers: [
      { question: "Which one draws?", answer: expect.any(String) },
      { question: "Which one draws?", answer: expect.any(String) },
    ],
  });
  expect(JSON.stringify(data)).not.toContain("zoe");
});

test("/mydata delete asks first, then leaves nothing but the institution's line, and reaches later exports", async () => {
  const bot = await course();
  await teacherOf(bot).command("export full");
  await bot.as("annas-account").command("review reminders", { on: false });
  const { id } = (await bot.services.roster.find("nlp", bot.as("annas-account").account))!;
  const asked = await bot.as("annas-account").command("mydata delete");
  expect(await everything(bot)).toContain(id);
  // Somebody else's press of the same button deletes nobody.
  await pressOn(bot.as("zoe"), asked.card, "Delete for good");
  expect(await everything(bot)).toContain("annas-account");

  const done = await pressOn(bot.as("annas-account"), asked.card, "Delete for good");
  expect(done.text).toContain("Deleted: 2 answers with their grades, 2 accounts");
  const left = await everything(bot);
  expect(left).not.toMatch(/annas-account|anna-in-slack/);
  expect(left.split(id).length - 1).toBe(left.includes("Ames, Anna") ? 2 : 0);
  expect(left).toContain("zoe");

  const full = dataOf(await teacherOf(bot).command("export full")) as { csv: string };
  expect(full.csv.trim().split("\n")).toHaveLength(2);
  const canvas = dataOf(await teacherOf(bot).command("export canvas")) as { csv: string };
  expect(canvas.csv).toContain('"Ames, Anna",11,s11,anna,A,0');
  // The line can be joined anew.
  const again = await bot.as("annas-new-account").command("link", { "student-id": "anna" });
  expect(again.code).toBeUndefined();
});

test("/retention deletes all students after the last day, also when Cloze was not running then; staff stay", async () => {
  const bot = await course();
  const teacher = teacherOf(bot);
  expect((await teacher.command("retention", { until: "2026-10-04" })).code).toBe("option-invalid");
  expect((await teacher.command("retention", { until: "2026-02-30" })).code).toBe("option-invalid");
  const asked = await teacher.command("retention", { until: "2026-10-05" });
  await pressOn(teacher, asked.card, "Set");
  expect((await teacher.command("retention")).text).toContain("deleted after 2026-10-05");
  // 11:00 in Berlin; a moment before midnight everybody is there.
  await bot.clock.advance(12 * 3_600_000);
  await turns(40);
  expect(await everything(bot)).toContain("annas-account");
  const later = bot.restart();
  await bot.clock.advance(2 * 3_600_000);
  await resumeActivities(later.services);
  await later.clock.advance(0);
  await turns(60);
  const left = await everything(later);
  expect(left).not.toMatch(/annas-account|anna-in-slack|zoe|Ames|Brook/);
  expect(left).toContain("teacher");
  expect(left).not.toContain("poll-vote");
  expect((await teacherOf(later).command("retention")).text).toContain("The term ended on 2026-10-05");
});
