import { describe, expect, test } from "vitest";
import { classActivities } from "../../../src/bot/activities/class-view.ts";
import { allActions, allCommands } from "../../../src/bot/commands/all-commands.ts";
import { botRig, COURSE, cardText } from "../bot-rig.ts";

const rig = () => botRig({ commands: allCommands, actions: allActions });
const view = (bot: ReturnType<typeof rig>) => classActivities(bot.services, COURSE.id);
const ask = (bot: ReturnType<typeof rig>, question: string, rest: object = {}) =>
  bot.as("teacher", "discord", "teacher").command("poll", { question, choices: "yes | no", ...rest });

describe("what a room's screen shows of the class", () => {
  test("of an open poll: question, choices and how many answered, but no counts and no buttons", async () => {
    const bot = rig();
    await ask(bot, "Is BERT a decoder?");
    const [before] = await view(bot);
    await bot.as("Anna").press("poll.vote", before!.controls[0]!.record, "a");
    const [activity, ...others] = await view(bot);
    expect(others).toEqual([]);
    expect(activity).toMatchObject({
      id: before!.id,
      running: true,
      question: "Is BERT a decoder?",
      choices: ["yes", "no"],
      answers: 1,
    });
    expect(activity!.card.blocks.map(({ type }) => type)).not.toContain("bars");
    expect(activity!.card).not.toHaveProperty("actions");
  });

  test("the controls are the buttons of teachers and assistants only", async () => {
    const bot = rig();
    await ask(bot, "Is BERT a decoder?");
    const [open] = await view(bot);
    expect(open!.controls.map(({ action }) => action)).toEqual(["poll.close", "poll.view"]);
    await bot.as("teacher", "discord", "teacher").press("poll.close", open!.controls[0]!.record);
    const [closed] = await view(bot);
    expect(closed).toMatchObject({ id: open!.id, running: false, choices: [] });
    expect(cardText(closed!.card)).toContain("yes: 0 (0 %)");
  });

  test("choices stand once: where counts are shown live, the bars name them", async () => {
    const bot = rig();
    await ask(bot, "Is BERT a decoder?", { results: "live" });
    const [activity] = await view(bot);
    expect(activity!.choices).toEqual([]);
    expect(activity!.card.blocks.map(({ type }) => type)).toContain("bars");
  });

  test("the newest stands first; what closed more than three hours ago is left out", async () => {
    const bot = rig();
    await ask(bot, "Old?");
    const [old] = await view(bot);
    await bot.as("teacher", "discord", "teacher").press("poll.close", old!.controls[0]!.record);
    await bot.clock.advance(2 * 60 * 60_000);
    await ask(bot, "New?");
    expect((await view(bot)).map(({ question }) => question)).toEqual(["New?", "Old?"]);
    await bot.clock.advance(61 * 60_000);
    expect((await view(bot)).map(({ question }) => question)).toEqual(["New?"]);
  });

  test("a think–pair–share is one activity whose phase ends at a time, and a minute more is a minute more", async () => {
    const bot = rig();
    const teacher = bot.as("teacher", "discord", "teacher");
    await teacher.command("think-pair-share", { question: "Which?", choices: "greedy | top-p", think: 60 });
    const [think] = await view(bot);
    expect(think).toMatchObject({ running: true, endsAt: bot.clock.now() + 60_000 });
    const more = think!.controls.find(({ action }) => action === "pair.more")!;
    await teacher.press(more.action, more.record, more.value);
    const [later] = await view(bot);
    expect(later!.endsAt).toBe(think!.endsAt! + 60_000);
    expect(later!.card.title).toBe("Think");
  });
});

describe("more time for a quiz's question", () => {
  test("an open poll without an end gets one a minute from now; a closed one is refused", async () => {
    const bot = rig();
    await ask(bot, "Is BERT a decoder?");
    const teacher = bot.as("teacher", "discord", "teacher");
    const [{ controls }] = (await view(bot)) as [Awaited<ReturnType<typeof view>>[number]];
    const { record } = controls[0]!;
    await teacher.press("poll.more", record);
    expect((await view(bot))[0]!.endsAt).toBe(bot.clock.now() + 60_000);
    await bot.clock.advance(60_000);
    expect((await view(bot))[0]).toMatchObject({ running: false });
    expect((await teacher.press("poll.more", record)).code).toBe("poll-closed");
  });

  test("students can't give it", async () => {
    const bot = rig();
    await ask(bot, "Is BERT a decoder?");
    const { record } = (await view(bot))[0]!.controls[0]!;
    expect((await bot.as("Anna").press("poll.more", record)).code).toBe("role-needed");
  });
});
