import { afterAll, describe, expect, test } from "vitest";
import { resumeActivities } from "../../../../src/bot/activities/resume.ts";
import { PACE_MS } from "../../../../src/bot/activities/show-paced.ts";
import { allActions, allCommands } from "../../../../src/bot/commands/all-commands.ts";
import { UserError } from "../../../../src/bot/errors.ts";
import { type BotRig, botRig, buttons, cardText, type RigOptions } from "../../bot-rig.ts";
import { classEngine } from "../class-engine.ts";
import { chooseOn, newest, pressOn, settle } from "../press.ts";
import { smallCourse } from "../small-course.ts";

const { engine, close } = classEngine();
const small = smallCourse([
  {
    id: "draws",
    kind: "single",
    question: "Which one draws?",
    choices: [
      { text: "sampling", correct: true },
      { text: "greedy", misconception: "Greedy takes the likeliest." },
      { text: "beam", misconception: "Beam search keeps the best few." },
    ],
  },
  {
    id: "talk",
    kind: "discussion",
    question: "When would you sample?",
    modelAnswer: "Where many continuations are good.",
    points: ["How open the task is"],
  },
]);
afterAll(async () => {
  await close();
  small.remove();
});

const rig = (options: RigOptions = {}) =>
  botRig({ engine, commands: allCommands, actions: allActions, courses: [small.course], ...options });
const teacherOf = (bot: BotRig) => bot.as("teacher", "discord", "teacher");
const CHANNEL = "d1";
const card = (bot: BotRig) => newest(bot, CHANNEL).card;
const text = (bot: BotRig) => cardText(card(bot));
const note = (bot: BotRig, who: string) => cardText(newest(bot, `dm-${who}`).card);

async function start(bot: BotRig, options: Record<string, unknown> = { item: "draws" }): Promise<void> {
  const done = await teacherOf(bot).command("think-pair-share", options);
  expect(done.code, done.text).toBeUndefined();
}
async function answer(bot: BotRig, answers: Record<string, string>): Promise<void> {
  for (const [who, choice] of Object.entries(answers)) {
    expect((await pressOn(bot.as(who), card(bot), choice)).code).toBeUndefined();
  }
}
async function write(bot: BotRig, answers: Record<string, string>): Promise<void> {
  for (const [who, words] of Object.entries(answers)) {
    const form = await pressOn(bot.as(who), card(bot), "Answer");
    const [reply] = form.replies;
    if (reply?.kind !== "modal") throw new Error(form.text);
    await bot.as(who).press(reply.modal.action, reply.modal.record, undefined, { fields: { answer: words } });
  }
}
const FOUR = { anna: "sampling", ben: "greedy", cara: "greedy", dora: "beam" };

describe("/think-pair-share with choices", () => {
  test("goes through think, pair, answer again and share by its timers, and compares both votes", async () => {
    const bot = rig();
    await start(bot);
    expect(text(bot)).toContain(
      "Answer alone. Nobody but your partner will see what you answered. Until 11:02:00.",
    );
    await answer(bot, FOUR);
    await settle(bot);
    expect(text(bot)).toContain("4 answers so far.");
    expect(text(bot)).not.toMatch(/greedy: 2|50 %/);

    await bot.clock.advance(120_000);
    await settle(bot);
    expect(text(bot)).toMatch(/^Pair\nWhich one draws\?\n4 people in 2 groups\. .*Until 11:05:00\.$/);
    // The first message says that it is over, and bears no button any more.
    expect(cardText(bot.posts.find(({ ref }) => ref.channel.id === CHANNEL)!.card)).toContain(
      "This phase is over",
    );
    expect(note(bot, "teacher")).toContain("25 % are right. Few know it");
    for (const who of ["anna", "ben", "cara", "dora"]) {
      const told = note(bot, who);
      expect(told).toMatch(/You talk with (anna|ben|cara|dora)\./);
      expect(told).toContain(`You: ${FOUR[who as keyof typeof FOUR]}`);
      expect(told).toMatch(/You answered "\w+" and "\w+"\. Each of you first gives the best reason/);
      expect(told).not.toContain(`You talk with ${who}`);
      expect(told).not.toMatch(/\(right|Greedy takes|% are right/);
    }

    await bot.clock.advance(180_000);
    await settle(bot);
    expect(text(bot)).toContain("Now that you have talked, answer again");
    await answer(bot, { anna: "sampling", ben: "sampling", cara: "sampling", dora: "greedy", late: "beam" });
    await bot.clock.advance(60_000);
    await settle(bot);
    // Before: 1 of 4 right; after, of the same four, 3: g = (.75 − .25)/(1 − .25) = .67.
    const shared = text(bot);
    expect(shared).toContain("sampling (right) 1 3");
    expect(shared).toContain("greedy 2 1");
    expect(shared).toContain("beam 1 1");
    expect(shared).toContain("right before 1 0\nwrong before 2 1");
    expect(shared).toContain(
      "4 people answered both times: 25 % were right before, 75 % after. Normalised gain g = (post − pre)/(100 − pre) = 0.67. 0 people went from right to wrong.",
    );
    expect(shared).toContain("Why: Explained: draws.");
    expect(buttons(card(bot))).toEqual(["My answer", "Teacher's view"]);
  });

  test("reports a loss as a loss", async () => {
    const bot = rig();
    await start(bot, { item: "draws", think: 0, pair: 0, revote: 0 });
    await answer(bot, { anna: "sampling", ben: "greedy" });
    await pressOn(teacherOf(bot), card(bot), "Pair up");
    await pressOn(teacherOf(bot), card(bot), "Answer again");
    await answer(bot, { anna: "greedy", ben: "greedy" });
    await pressOn(teacherOf(bot), card(bot), "Share");
    // From .5 to 0: g = −.5/.5.
    expect(text(bot)).toContain("= −1.00, a loss. 1 person went from right to wrong.");
  });

  test("the teacher gives more time, skips and ends; who is too late is told", async () => {
    const bot = rig();
    await start(bot);
    const first = card(bot);
    await pressOn(teacherOf(bot), first, "+1 minute");
    await bot.clock.advance(150_000);
    expect((await pressOn(bot.as("anna"), first, "greedy")).code).toBeUndefined();
    await pressOn(teacherOf(bot), first, "Pair up");
    expect((await pressOn(bot.as("ben"), first, "greedy")).code).toBe("poll-closed");
    expect((await pressOn(teacherOf(bot), first, "Pair up")).code).toBe("phase-over");
    expect((await pressOn(teacherOf(bot), first, "+1 minute")).code).toBe("phase-over");
    expect((await pressOn(bot.as("anna"), first, "End")).code).toBe("role-needed");
    await pressOn(teacherOf(bot), card(bot), "End");
    expect(text(bot)).toMatch(/^Share\n/);
    expect(text(bot)).toContain("greedy: 1 (100 %)");
    expect((await teacherOf(bot).press("poll.close", (await ids(bot))[0]!)).code).toBe("poll-part");
  });

  test("of the timer and a teacher at the same moment one goes on, by one phase", async () => {
    const bot = rig();
    await start(bot);
    await answer(bot, FOUR);
    const first = card(bot);
    const pressed = bot.clock.advance(120_000).then(() => pressOn(teacherOf(bot), first, "Pair up"));
    const both = await Promise.all([pressOn(teacherOf(bot), first, "Pair up"), pressed]);
    expect(both.map(({ code }) => code).filter(Boolean)).toEqual(["phase-over"]);
    expect(text(bot)).toMatch(/^Pair/);
  });

  test("keeps how sure people are, and asks anew when they change their mind", async () => {
    const bot = rig();
    await start(bot);
    const voted = await pressOn(bot.as("anna"), card(bot), "greedy");
    expect(buttons(voted.card)).toEqual(["I am sure", "I think so", "It is a guess"]);
    await pressOn(bot.as("anna"), voted.card, "I am sure");
    const view = async () => (await pressOn(teacherOf(bot), card(bot), "Teacher's view")).text;
    expect(await view()).toContain("First answers: 1 (sure 1, fairly 0, guess 0)");
    await pressOn(bot.as("anna"), card(bot), "greedy");
    expect(await view()).toContain("(sure 1,");
    await pressOn(bot.as("anna"), card(bot), "beam");
    expect(await view()).toContain("(sure 0, fairly 0, guess 0)");
    expect((await bot.as("ben").press("poll.confidence", (await ids(bot))[0]!, "sure")).code).toBe(
      "answer-first",
    );
  });

  test("who comes late joins, who opts out is left alone, who finds nobody gets somebody else after a minute", async () => {
    const bot = rig();
    await start(bot, { item: "draws", think: 0, pair: 0, revote: 0 });
    await answer(bot, { ...FOUR, emil: "beam" });
    await pressOn(bot.as("emil"), card(bot), "Don't pair me");
    await pressOn(teacherOf(bot), card(bot), "Pair up");
    await settle(bot);
    expect(text(bot)).toContain("4 people in 2 groups.");
    const shown = await pressOn(bot.as("late"), card(bot), "Show my partner");
    expect(shown.text).toMatch(/You talk with \w+ and \w+\./);
    expect(shown.text).toContain("You: no answer yet");
    expect((await pressOn(bot.as("anna"), card(bot), "My partner isn't here")).text).toContain(
      "Give them until 11:01:",
    );
    await bot.clock.advance(60_000);
    const before = (await pressOn(bot.as("anna"), card(bot), "Show my partner")).text;
    const after = (await pressOn(bot.as("anna"), card(bot), "My partner isn't here")).text;
    const partners = (words: string) => words.match(/You talk with (.*)\./)![1]!.split(" and ");
    expect(partners(after).some((each) => partners(before).includes(each))).toBe(false);
    const emil = await pressOn(bot.as("emil"), card(bot), "Show my partner");
    expect(emil.text).toMatch(/You talk with/);
  });

  test("does not put the same two together again when it need not", async () => {
    const bot = rig();
    const partnerOf = async (who: string) =>
      (await pressOn(bot.as(who), card(bot), "Show my partner")).text.match(/You talk with (\w+)/)![1];
    const met: (string | undefined)[] = [];
    for (let i = 0; i < 2; i++) {
      await start(bot, { item: "draws", think: 0, pair: 0, revote: 0 });
      await answer(bot, { anna: "sampling", ben: "sampling", cara: "greedy", dora: "greedy" });
      await pressOn(teacherOf(bot), card(bot), "Pair up");
      met.push(await partnerOf("anna"));
      await pressOn(teacherOf(bot), card(bot), "End");
    }
    expect(new Set(met)).toEqual(new Set(["cara", "dora"]));
  });

  test("says who could not be told directly, and opens rooms where all of a pair are on one platform", async () => {
    const rooms: string[][] = [];
    const bot = rig({
      onSend: (channel) => {
        if (channel.id === "dm-anna") throw new UserError("direct-closed", "No direct messages.");
      },
      openRoom: async (channel, accounts) => {
        rooms.push(accounts.map(({ id }) => id).toSorted());
        return { platform: channel.platform, id: `room${rooms.length}` };
      },
    });
    await start(bot, { item: "draws", think: 0, pair: 0, revote: 0, rooms: true, everywhere: true });
    await answer(bot, { anna: "sampling", ben: "greedy" });
    const slack = newest(bot, "s1").card;
    await pressOn(bot.as("sam", "slack"), slack, "sampling");
    await pressOn(bot.as("sue", "slack"), slack, "beam");
    await pressOn(bot.as("wil", "web"), newest(bot, "w1").card, "greedy");
    await pressOn(teacherOf(bot), card(bot), "Pair up");
    await settle(bot);
    const view = (await pressOn(teacherOf(bot), card(bot), "Teacher's view")).text;
    expect(view).toContain("4 were told by direct message, 1 could not be; the button tells everybody.");
    const [, open, none] = view.match(/(\d) rooms are open, (\d) groups have none/)!.map(Number);
    expect(open).toBe(rooms.length);
    expect(open! + none!).toBe(2);
    expect((await pressOn(bot.as("anna"), card(bot), "Show my partner")).text).toMatch(/You talk with/);
  });

  test("is taken up after a restart in any phase: timers, posts, partners", async () => {
    let bot = rig();
    const again = async () => {
      bot = bot.restart();
      const resumed = resumeActivities(bot.services);
      await bot.clock.advance(PACE_MS);
      await resumed;
    };
    await start(bot);
    await answer(bot, FOUR);
    await again();
    await bot.clock.advance(120_000);
    await settle(bot);
    expect(text(bot)).toMatch(/^Pair/);
    const before = (await pressOn(bot.as("anna"), card(bot), "Show my partner")).text;
    await again();
    expect((await pressOn(bot.as("anna"), card(bot), "Show my partner")).text).toBe(before);
    await bot.clock.advance(180_000);
    await settle(bot);
    await answer(bot, { anna: "greedy" });
    await again();
    await bot.clock.advance(60_000);
    await settle(bot);
    expect(text(bot)).toContain("1 person answered both times");
    const channelPosts = bot.posts.filter(({ ref }) => ref.channel.id === CHANNEL);
    expect(channelPosts).toHaveLength(4);
  });

  test("a phase that had begun and was not shown before a stop is shown after it", async () => {
    let bot = rig();
    await start(bot);
    await answer(bot, FOUR);
    const { pairShareRecords } = await import(
      "../../../../src/bot/activities/pair-share/pair-share-record.ts"
    );
    const [id] = await ids(bot);
    await pairShareRecords(bot.services.store).update(`nlp/${id}`, (record) => ({
      ...record!,
      phase: "pair",
    }));
    bot = bot.restart();
    const resumed = resumeActivities(bot.services);
    await bot.clock.advance(PACE_MS);
    await resumed;
    await settle(bot);
    expect(text(bot)).toContain("4 people in 2 groups.");
  });
});

/** Ids of all think–pair–shares. */
async function ids(bot: BotRig): Promise<string[]> {
  const { pairShareRecords } = await import("../../../../src/bot/activities/pair-share/pair-share-record.ts");
  const found: string[] = [];
  for await (const [, { id }] of pairShareRecords(bot.services.store).list("nlp/")) found.push(id);
  return found;
}

describe("/think-pair-share in free words", () => {
  const WORDS = {
    anna: "When many continuations are good, as in a story.",
    ben: "For stories, where lots of continuations are good.",
    cara: "Never for code that must run.",
    dora: "Code has to run, so one should never sample there.",
    emil: "Bananas are yellow.",
  };

  test("pairs those far apart in meaning and shares groups by meaning, with counts and nobody's name", async () => {
    const bot = rig();
    await start(bot, { item: "talk", think: 0, pair: 0 });
    await write(bot, WORDS);
    await pressOn(teacherOf(bot), card(bot), "Pair up");
    await settle(bot);
    const anna = note(bot, "anna");
    // Ben says the same as Anna; the others do not.
    expect(anna).toMatch(/You talk with (cara|dora|emil)/);
    expect(anna).toContain("Find a point that one of you makes and the other does not.");
    await pressOn(teacherOf(bot), card(bot), "Share");
    const shared = text(bot);
    expect(shared).toMatch(/\n2 (When many|For stories)/);
    expect(shared).toMatch(/\n2 (Never for code|Code has to run)/);
    expect(shared).toContain("Said by one\nBananas are yellow.");
    expect(shared).not.toMatch(/anna|ben|cara|dora|emil/);
    expect(shared).not.toContain("A model answer");
    await pressOn(teacherOf(bot), card(bot), "Model answer");
    await settle(bot);
    expect(text(bot)).toContain("A model answer: Where many continuations are good.\nHow open the task is");
  });

  test("the teacher merges, renames and hides groups, and everybody sees it", async () => {
    const bot = rig();
    await start(bot, { item: "talk", think: 0, pair: 0 });
    await write(bot, WORDS);
    await pressOn(teacherOf(bot), card(bot), "Pair up");
    await pressOn(teacherOf(bot), card(bot), "Share");
    const view = await pressOn(teacherOf(bot), card(bot), "Teacher's view");
    const list = await pressOn(teacherOf(bot), view.card, "Groups of answers");
    const one = await chooseOn(teacherOf(bot), list.card, "Look at a group", "Bananas");
    const hidden = await pressOn(teacherOf(bot), one.card, "Hide");
    await settle(bot);
    expect(text(bot)).not.toContain("Bananas");
    await pressOn(teacherOf(bot), hidden.card, "Show");
    const form = await pressOn(teacherOf(bot), one.card, "Rename");
    const [reply] = form.replies;
    if (reply?.kind !== "modal") throw new Error(form.text);
    await teacherOf(bot).press(reply.modal.action, reply.modal.record, undefined, {
      fields: { name: "Off topic" },
    });
    await settle(bot);
    expect(text(bot)).toContain("Off topic: Bananas are yellow.");
    const merged = await chooseOn(teacherOf(bot), await pickCode(bot, list.card), "Merge with", "Off topic");
    expect(merged.text).toMatch(/^Groups of answers\n3 Off topic/);
    await settle(bot);
    expect(text(bot)).toMatch(/\n3 Off topic: (Never for code|Code has to run)/);
    expect(text(bot)).not.toContain("Said by one");
    expect((await pressOn(teacherOf(bot), one.card, "Hide")).code).toBe("cluster-unknown");
  });

  test("refuses a question beside an item, and neither of both", async () => {
    const bot = rig();
    const ask = (options: Record<string, unknown>) => teacherOf(bot).command("think-pair-share", options);
    expect((await ask({})).code).toBe("question-or-item");
    expect((await ask({ question: "q", item: "talk" })).code).toBe("question-or-item");
    expect((await ask({ item: "talk", choices: "a|b" })).code).toBe("question-or-item");
    expect((await ask({ item: "talk", "discuss-from": 80 })).text).toContain(
      "discuss-from is 80 and discuss-to 70",
    );
    expect(bot.posts).toEqual([]);
  });
});

async function pickCode(bot: BotRig, list: Parameters<typeof chooseOn>[1]) {
  const label = cardText(list!).match(/Never for code|Code has to run/)![0];
  return (await chooseOn(teacherOf(bot), list, "Look at a group", label)).card;
}
