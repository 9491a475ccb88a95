import { afterAll, describe, expect, test } from "vitest";
import { resumeActivities } from "../../../../src/bot/activities/resume.ts";
import type { Button } from "../../../../src/bot/cards/card.ts";
import { allActions, allCommands } from "../../../../src/bot/commands/all-commands.ts";
import type { Course } from "../../../../src/bot/course/courses.ts";
import { handClock, turns } from "../../../fakes/hand-clock.ts";
import { type BotRig, botRig, cardText, type Outcome, type Person } from "../../bot-rig.ts";
import { pressOn } from "../press.ts";
import { smallCourse } from "../small-course.ts";

const single = (id: string, right: string, wrong: string, objective = "decoding.top-p") => ({
  id,
  kind: "single",
  objectives: [objective],
  question: `Question ${id}?`,
  choices: [{ text: right, correct: true }, { text: wrong }],
});
const small = smallCourse([
  single("one", "one right", "one wrong"),
  single("two", "two right", "two wrong", "decoding.beam"),
  single("three", "three right", "three wrong", "decoding.greedy"),
  {
    id: "talk",
    kind: "discussion",
    question: "Which method when?",
    modelAnswer: "It depends on what the text is for.",
    points: ["Open-ended or not"],
  },
]);
afterAll(() => small.remove());

const HOUR = 3_600_000;
/** Monday, 5 October 2026, 11:00 in Berlin. */
function rig(course: Course = small.course, clock = handClock()): BotRig {
  return botRig({ commands: allCommands, actions: allActions, courses: [course], clock });
}
const teacherOf = (bot: BotRig): Person => bot.as("teacher", "discord", "teacher");

/** Files are read on the way, which takes turns of the loop rather than time. */
async function settled(bot: BotRig, posts = 0): Promise<void> {
  for (let i = 0; i < 2_000 && bot.posts.length < posts; i++) await turns(5);
  await turns(400);
}
async function schedule(bot: BotRig, options: Record<string, unknown>): Promise<string> {
  const shown = await teacherOf(bot).command("review schedule", options);
  expect(shown.code, shown.text).toBeUndefined();
  const saved = await pressOn(teacherOf(bot), shown.card, "Save");
  const id = /id is ([0-9A-Z]+)/.exec(saved.text)?.[1];
  if (id === undefined) throw new Error(`not saved: ${saved.text}`);
  return id;
}
const channelPosts = (bot: BotRig) => bot.posts.filter(({ ref }) => ref.channel.id === "d1");
const directs = (bot: BotRig) => bot.posts.filter(({ ref }) => ref.channel.id.startsWith("dm-"));
async function answer(bot: BotRig, who: string, question: string, choice: string): Promise<Outcome> {
  const post = channelPosts(bot).findLast(({ card }) => cardText(card).includes(`Question ${question}?`));
  const rows = post?.card.actions ?? [];
  const buttons = rows.flatMap((row): readonly Button[] => ("buttons" in row ? row.buttons : []));
  const button = buttons.find(({ label }) => label === choice);
  if (!button) throw new Error(`no button ${choice} for ${question}`);
  return bot.as(who).press(button.action, button.record, button.value);
}

describe("/review schedule", () => {
  test("shows the next five dates with their offset before anything is saved", async () => {
    const bot = rig();
    const shown = await teacherOf(bot).command("review schedule", {
      when: "every Tue and Thu 09:00 from Oct 20 until Dec 12",
    });
    expect(shown.text).toContain(
      "Tue 20 Oct 2026, 09:00 GMT+2\nThu 22 Oct 2026, 09:00 GMT+2\nTue 27 Oct 2026, 09:00 GMT+1",
    );
    expect((await teacherOf(bot).command("review list")).text).toContain("There are none.");
    await pressOn(teacherOf(bot), shown.card, "Save");
    expect((await teacherOf(bot).command("review list")).text).toContain(
      "At 09:00, only on Tuesday and Thursday, from 2026-10-20, until 2026-12-12 (Europe/Berlin)",
    );
    const again = await pressOn(teacherOf(bot), shown.card, "Save");
    expect(again.code).toBe("review-draft-unknown");
  });

  test.each([
    [{ when: "some day" }, "timing-unreadable"],
    [{ when: "every Tue 25:00" }, "timing-unreadable"],
    [{ when: "every Tue 09:00 until 03/04" }, "timing-unreadable"],
    [{ when: "* * * * *" }, "timing-too-often"],
    [{ when: "30 2 30 2 *" }, "timing-over"],
    [{ when: "every Tue 09:00", zone: "Mars/Base" }, "time-zone-unknown"],
    [{ when: "every Tue 09:00", items: "talk" }, "item-ungraded"],
    [{ when: "every Tue 09:00", items: "none" }, "item-unknown"],
    [{ when: "every Tue 09:00", ask: "weak", items: "one" }, "option-unused"],
    [{ when: "every Tue 09:00", ask: "pair-share", items: "talk", hours: 24 }, "option-unused"],
    [{ when: "every Tue 09:00", hours: 2, remind: 2 }, "option-invalid"],
    [{ when: "every Tue 09:00", topic: "cooking" }, "topic-unknown"],
  ])("refuses %o with its reason", async (options, code) => {
    expect((await teacherOf(rig()).command("review schedule", options)).code).toBe(code);
  });

  test("is for staff", async () => {
    const refused = await rig().as("anna").command("review schedule", { when: "every Tue 09:00" });
    expect(refused.code).toBe("role-needed");
  });
});

describe("a scheduled review", () => {
  test("comes on time with its questions, and brings the answers of the one before", async () => {
    const bot = rig();
    await schedule(bot, { when: "daily 12:00", items: "one|two", title: "Morning", hours: 20, remind: 0 });
    await bot.clock.advance(HOUR);
    await settled(bot, 3);
    const first = channelPosts(bot).map(({ card }) => cardText(card));
    expect(first).toHaveLength(3);
    expect(first[0]).toContain("Morning\nOpen until Tue 6 Oct, 08:00.");
    expect(first[0]).not.toContain("The last review");
    expect(first[1]).toContain("Question one?");
    expect(first[2]).toContain("Question two?");
    await answer(bot, "anna", "one", "one right");
    await answer(bot, "anna", "two", "two wrong");
    await answer(bot, "ben", "one", "one right");
    await bot.clock.advance(21 * HOUR);
    await settled(bot);
    // Closed, and what is right is kept for the next one.
    expect(cardText(channelPosts(bot)[1]!.card)).toContain("The results are not shown yet.");

    await bot.clock.advance(3 * HOUR);
    await settled(bot, 6);
    await bot.clock.advance(1_000);
    await settled(bot);
    const next = cardText(channelPosts(bot)[3]!.card);
    expect(next).toContain("The last review. 2 people took part.");
    expect(next).toContain("Question one? 2 100 %\nQuestion two? 1 0 %");
    expect(next).toContain("one right Explained: one.");
    expect(cardText(channelPosts(bot)[1]!.card)).toContain("one right: 2 (100 %, right)");
  });

  test("reminds by direct message, once, those who have not answered everything and want it", async () => {
    const bot = rig();
    await schedule(bot, { when: "Oct 5 at 12:00", items: "one|two", hours: 10, remind: 3 });
    for (const who of ["anna", "ben", "cara", "dora"]) await bot.as(who).command("link");
    await bot.as("dora").command("review reminders", { on: false });
    await bot.clock.advance(HOUR);
    await settled(bot, 3);
    await answer(bot, "anna", "one", "one wrong");
    await answer(bot, "anna", "two", "two right");
    await answer(bot, "ben", "one", "one right");
    await bot.clock.advance(7 * HOUR);
    for (let i = 0; i < 5; i++) {
      await settled(bot);
      await bot.clock.advance(2_000);
    }
    const told = () => directs(bot).map(({ ref, card }) => `${ref.channel.id}: ${cardText(card)}`);
    expect(told()).toHaveLength(2);
    expect(told().find((each) => each.startsWith("dm-ben"))).toContain("One question is waiting");
    expect(told().find((each) => each.startsWith("dm-cara"))).toContain(
      "2 questions are waiting for your answer in NLP, until 22:00.",
    );
    // A restart in the time before the end reminds nobody again.
    const later = bot.restart();
    await resumeActivities(later.services);
    await later.clock.advance(1_000);
    await settled(later);
    expect(told()).toHaveLength(2);
    const off = await pressOn(later.as("ben"), directs(bot)[0]!.card, "No more reminders");
    expect(off.text).toContain("not reminded");
  });

  test("can be paused, resumed, skipped once, run now, changed and deleted", async () => {
    const bot = rig();
    const teacher = teacherOf(bot);
    const id = await schedule(bot, { when: "daily 12:00", items: "one", remind: 0, hours: 1 });
    expect((await teacher.command("review skip", { review: id })).text).toBe("12:00 is left out.");
    await bot.clock.advance(2 * HOUR);
    await settled(bot);
    expect(channelPosts(bot)).toHaveLength(0);
    await teacher.command("review run", { review: id.toLowerCase() });
    await settled(bot, 2);
    expect(channelPosts(bot)).toHaveLength(2);
    await teacher.command("review pause", { review: id });
    expect((await teacher.command("review pause", { review: id })).code).toBe("review-paused");
    await bot.clock.advance(48 * HOUR);
    await settled(bot);
    expect(channelPosts(bot)).toHaveLength(2);
    await teacher.command("review resume", { review: id });
    await settled(bot);
    expect(channelPosts(bot)).toHaveLength(2);
    const edited = await teacher.command("review edit", { review: id, when: "daily 14:00", items: "two" });
    await pressOn(teacher, edited.card, "Save");
    await bot.clock.advance(HOUR / 2);
    await settled(bot);
    expect(channelPosts(bot)).toHaveLength(2);
    await bot.clock.advance(HOUR);
    await settled(bot, 4);
    expect(cardText(channelPosts(bot)[3]!.card)).toContain("Question two?");
    await bot.clock.advance(2 * HOUR);
    expect(cardText(channelPosts(bot)[3]!.card)).toContain("The results are not shown yet.");
    await teacher.command("review delete", { review: id });
    await bot.clock.advance(48 * HOUR);
    await settled(bot);
    // No next one comes that could bring the answers.
    expect(cardText(channelPosts(bot)[3]!.card)).toContain("Explained: two.");
    expect(channelPosts(bot)).toHaveLength(4);
    expect((await teacher.command("review run", { review: id })).code).toBe("review-unknown");
  });

  test("asks by direct message about a time that was missed, and posts it when told to", async () => {
    const bot = rig();
    await schedule(bot, { when: "Oct 5 at 12:00", items: "one", missed: "ask", grace: 3, remind: 0 });
    // Stopped: the clock goes on without this process.
    const clock = handClock(bot.clock.now() + 2 * HOUR);
    const later = botRig({
      commands: allCommands,
      actions: allActions,
      courses: [small.course],
      store: bot.services.store,
      clock,
    });
    await resumeActivities(later.services);
    await settled(later, 1);
    expect(channelPosts(later)).toHaveLength(0);
    const question = directs(later)[0]!;
    expect(question.ref.channel.id).toBe("dm-teacher");
    expect(cardText(question.card)).toContain(
      "planned for 12:00 and Cloze was not running. It can still be posted until 15:00.",
    );
    expect((await pressOn(teacherOf(later), question.card, "Post it now")).code).toBeUndefined();
    await settled(later, 3);
    expect(channelPosts(later)).toHaveLength(2);
    expect((await pressOn(teacherOf(later), question.card, "Leave it out")).code).toBe("review-decided");
  });

  test("can be a think–pair–share, whose model answer comes with the next", async () => {
    const bot = rig();
    await schedule(bot, { when: "daily 12:00", ask: "pair-share", items: "talk", think: 600 });
    await bot.clock.advance(HOUR);
    await settled(bot, 2);
    expect(cardText(channelPosts(bot)[1]!.card)).toContain("Which method when?");
    await bot.clock.advance(24 * HOUR);
    const introduced = () => channelPosts(bot).filter(({ card }) => card.title === "Review");
    for (let i = 0; i < 2_000 && introduced().length < 2; i++) await turns(5);
    const introductions = introduced();
    expect(cardText(introductions[1]!.card)).toContain(
      "Last time: Which method when?\nIt depends on what the text is for.",
    );
  });
});
