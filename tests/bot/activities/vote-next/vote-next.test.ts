import { afterAll, describe, expect, test } from "vitest";
import { resumeActivities } from "../../../../src/bot/activities/resume.ts";
import { PACE_MS } from "../../../../src/bot/activities/show-paced.ts";
import { chosen } from "../../../../src/bot/activities/vote-next/chosen.ts";
import {
  type VoteNextRecord,
  voteNextRecords,
} from "../../../../src/bot/activities/vote-next/vote-next-record.ts";
import type { Button, Card } from "../../../../src/bot/cards/card.ts";
import { allActions, allCommands } from "../../../../src/bot/commands/all-commands.ts";
import { type BotRig, botRig, buttons, COURSE, cardText } from "../../bot-rig.ts";
import { classEngine } from "../class-engine.ts";
import { newest, pressOn, settle } from "../press.ts";

const { engine, close } = classEngine();
afterAll(close);
const course = { ...COURSE, limits: { perPersonPerMinute: 1_000, perChannelPerMinute: 1_000 } };
const rig = () => botRig({ engine, commands: allCommands, actions: allActions, courses: [course] });
const teacherOf = (bot: BotRig) => bot.as("teacher", "discord", "teacher");
const card = (bot: BotRig) => newest(bot, "d1").card;
const text = (bot: BotRig) => cardText(card(bot));

async function start(bot: BotRig, options: Record<string, unknown> = {}): Promise<string[]> {
  const done = await teacherOf(bot).command("vote-next", {
    prompt: "The nice",
    steps: 3,
    candidates: 4,
    ...options,
  });
  expect(done.code, done.text).toBeUndefined();
  const { data } = done.replies.at(-1) as {
    readonly data?: { readonly texts: readonly { readonly id: string }[] };
  };
  return data!.texts.map(({ id }) => id);
}
const recordOf = async (bot: BotRig, id: string): Promise<VoteNextRecord> =>
  (await voteNextRecords(bot.services.store).get(`nlp/${id}`))!;
/** The buttons that vote, in their order. */
const tokens = (shown: Card): Button[] =>
  (shown.actions ?? []).flatMap((row) =>
    "buttons" in row ? row.buttons.filter(({ action }) => action === "poll.vote") : [],
  );
const voteFor = (bot: BotRig, who: string, at: number, shown: Card = card(bot)) => {
  const { action, record, value } = tokens(shown)[at]!;
  return bot.as(who).press(action, record, value);
};
const count = (bot: BotRig) => pressOn(teacherOf(bot), card(bot), "Count and go on");
/** log p of each token after the prompt, by the engine's scoring rather than by its decoding. */
const score = async ({ promptIds }: VoteNextRecord, ids: readonly number[]) =>
  (await engine.scoreContinuations({ prefixIds: promptIds, continuations: [ids] }))[0]!;

describe("/vote-next", () => {
  test("offers the model's likeliest tokens and hides how likely they are until the vote is over", async () => {
    const bot = rig();
    const [id] = await start(bot);
    const { candidates, promptIds } = await recordOf(bot, id!);
    const { logits } = await engine.nextTokenLogits({ prompt: "The nice", mode: "continuation" });
    const likeliest = [...logits.keys()].sort((a, b) => logits[b]! - logits[a]!).slice(0, 4);
    expect(candidates.map(({ tokenId }) => tokenId).toSorted()).toEqual(likeliest.toSorted());
    expect(promptIds.length).toBeGreaterThan(0);
    const labels = candidates.map(({ label }) => label);
    expect(labels).toEqual(labels.toSorted((a, b) => a.localeCompare(b)));
    expect(buttons(card(bot))).toEqual([...labels, "Count and go on", "End"]);
    await voteFor(bot, "anna", 0);
    await settle(bot);
    expect(text(bot)).toContain("Token 1 of 3: what comes next? 1 vote so far.");
    expect(text(bot)).not.toMatch(/\d %|0\.\d/);
  });

  test("appends what most voted for, shows its probability, and ends beside greedy and top-p with log-probabilities", async () => {
    const bot = rig();
    const [id] = await start(bot);
    for (let step = 0; step < 3; step++) {
      const before = await recordOf(bot, id!);
      await voteFor(bot, "anna", 1);
      await voteFor(bot, "ben", 1);
      await voteFor(bot, "cara", 2);
      await count(bot);
      await settle(bot);
      const after = await recordOf(bot, id!);
      const last = after.steps.at(-1)!;
      expect(last).toMatchObject({ ...pick(before.candidates[1]!), votes: 2, voters: 3, tied: false });
      const logProbs = await score(
        after,
        after.steps.map(({ tokenId }) => tokenId),
      );
      expect(Math.log(last.probability)).toBeCloseTo(logProbs.at(-1)!, 3);
      if (step < 2) {
        expect(text(bot)).toContain(
          `with 2 of 3 votes; the model gave it ${(100 * last.probability).toFixed(1)} %.`,
        );
      }
    }
    const record = await recordOf(bot, id!);
    expect(record.state).toBe("ended");
    expect(bot.posts.filter(({ ref }) => ref.channel.id === "d1")).toHaveLength(1);
    expect(buttons(card(bot))).toEqual([]);
    const greedy = await run(record.prompt, { strategy: "greedy" });
    const drawn = await run(record.prompt, { strategy: "sample", topP: 0.9, seed: record.seed });
    const shown = text(bot);
    for (const [name, ids] of [
      ["The class", record.steps.map(({ tokenId }) => tokenId)],
      ["greedy", greedy],
      [`top-p 0.9, seed ${record.seed}`, drawn],
    ] as const) {
      const logProb = (await score(record, ids)).reduce((a, b) => a + b, 0);
      const row = shown.split("\n").findLast((line) => line.startsWith(name))!;
      expect(row).toContain(` ${logProb.toFixed(2)} ${(logProb / ids.length).toFixed(2)}`);
    }
  });

  test("of two who count at once one does; an old button is told so, and nobody's vote moves on", async () => {
    const bot = rig();
    const [id] = await start(bot);
    expect((await count(bot)).code).toBe("step-empty");
    const first = card(bot);
    await voteFor(bot, "anna", 0);
    const both = await Promise.all([
      pressOn(teacherOf(bot), first, "Count and go on"),
      pressOn(bot.as("ta", "slack", "assistant"), first, "Count and go on"),
    ]);
    expect(both.map(({ code }) => code).toSorted()).toEqual(["step-over", undefined]);
    expect((await recordOf(bot, id!)).steps).toHaveLength(1);
    expect((await voteFor(bot, "ben", 0, first)).code).toBe("poll-closed");
    expect((await pressOn(bot.as("anna"), first, "End")).code).toBe("role-needed");
    expect((await pressOn(teacherOf(bot), first, "End")).code).toBe("step-over");
  });

  test("a timer counts each vote, waits again while nobody votes, and goes on after a restart", async () => {
    let bot = rig();
    const [id] = await start(bot, { seconds: 30 });
    await bot.clock.advance(30_000);
    await settle(bot);
    expect((await recordOf(bot, id!)).steps).toEqual([]);
    expect((await voteFor(bot, "anna", 0)).code).toBeUndefined();
    bot = bot.restart();
    const resumed = resumeActivities(bot.services);
    await bot.clock.advance(PACE_MS);
    await resumed;
    await bot.clock.advance(30_000);
    await until(bot, async () => (await recordOf(bot, id!)).steps.length === 1);
    expect((await recordOf(bot, id!)).state).toBe("voting");
  });

  test("a vote that had closed before a stop is counted after it", async () => {
    let bot = rig();
    const [id] = await start(bot);
    await voteFor(bot, "anna", 3);
    const expected = (await recordOf(bot, id!)).candidates[3]!;
    await voteNextRecords(bot.services.store).update(`nlp/${id}`, (now) => ({ ...now!, state: "counting" }));
    bot = bot.restart();
    const resumed = resumeActivities(bot.services);
    await bot.clock.advance(PACE_MS);
    await resumed;
    expect((await recordOf(bot, id!)).steps.map(({ tokenId }) => tokenId)).toEqual([expected.tokenId]);
  });

  test("teams write a text each, nobody votes with both, and both texts are compared at the end", async () => {
    const bot = rig();
    const ids = await start(bot, { teams: "likely | surprising", steps: 1 });
    const [likely, surprising] = bot.posts.filter(({ ref }) => ref.channel.id === "d1");
    expect(cardText(likely!.card)).toContain("team likely");
    await voteFor(bot, "anna", 0, likely!.card);
    expect((await voteFor(bot, "anna", 0, surprising!.card)).text).toBe(
      "You play with team likely; vote on its text.",
    );
    await voteFor(bot, "ben", 1, surprising!.card);
    await pressOn(teacherOf(bot), likely!.card, "Count and go on");
    expect(bot.posts.filter(({ ref }) => ref.channel.id === "d1")).toHaveLength(2);
    await pressOn(teacherOf(bot), surprising!.card, "Count and go on");
    await settle(bot);
    const compared = text(bot);
    expect(compared).toMatch(/^The teams' texts/);
    for (const [i, name] of ["likely", "surprising"].entries()) {
      const record = await recordOf(bot, ids[i]!);
      const logProb = (
        await score(
          record,
          record.steps.map(({ tokenId }) => tokenId),
        )
      )[0]!;
      expect(compared.split("\n").find((line) => line.startsWith(`Team ${name}`))).toContain(
        logProb.toFixed(2),
      );
    }
    expect((await teacherOf(bot).command("vote-next", { prompt: "x", teams: "a|a" })).code).toBe(
      "teams-invalid",
    );
  });
});

describe("the class's choice", () => {
  const candidates = [
    { choice: "a", tokenId: 1, label: "x", probability: 0.1 },
    { choice: "b", tokenId: 2, label: "y", probability: 0.6 },
    { choice: "c", tokenId: 3, label: "z", probability: 0.3 },
  ];
  const counted = (...votes: number[]) => ({
    voters: votes.reduce((a, b) => a + b, 0),
    counts: votes.map((count, i) => ({ choice: { id: "abc"[i]!, text: "" }, count, share: 0 })),
  });

  test("is what most voted for, however unlikely", () => {
    expect(chosen(candidates, counted(2, 1, 0))).toMatchObject({
      tokenId: 1,
      votes: 2,
      voters: 3,
      tied: false,
    });
  });

  test("of a tie is the likelier one, and says so", () => {
    expect(chosen(candidates, counted(2, 0, 2))).toMatchObject({ tokenId: 3, tied: true });
  });
});

function pick({ tokenId, label }: { readonly tokenId: number; readonly label: string }) {
  return { tokenId, label };
}

async function run(prompt: string, settings: object): Promise<readonly number[]> {
  const request = { prompt, mode: "continuation", settings: { ...settings, maxNewTokens: 3 } } as const;
  for await (const event of engine.generate(request)) {
    if (event.type === "generation-end") return event.outputs[0]!.tokenIds;
  }
  throw new Error("nothing was written");
}

async function until(bot: BotRig, done: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 2_000; i++) {
    if (await done()) return;
    await settle(bot);
  }
  throw new Error("It did not happen.");
}
