import { afterAll, describe, expect, test } from "vitest";
import { PACE_MS } from "../../../../src/bot/activities/show-paced.ts";
import type { Select } from "../../../../src/bot/cards/card.ts";
import { allActions, allCommands } from "../../../../src/bot/commands/all-commands.ts";
import { gradeShortAnswer } from "../../../../src/engine/encoding/grading/grade-short-answer.ts";
import { turns } from "../../../fakes/hand-clock.ts";
import { type BotRig, botRig, cardText } from "../../bot-rig.ts";
import { classEngine } from "../class-engine.ts";
import { smallCourse } from "../small-course.ts";

const { engine, close } = classEngine();
const REFERENCE = "A fixed number of tokens does not adapt to how certain the model is.";
const small = smallCourse([
  {
    id: "weakness",
    kind: "short",
    question: "What is the weakness of top-k?",
    references: [REFERENCE],
    ideas: ["a fixed number of tokens", "does not adapt to the distribution"],
    mistakes: [{ answer: "Top-k is too slow.", feedback: "Both are cheap next to the model." }],
  },
]);
afterAll(async () => {
  await close();
  small.remove();
});

const ANSWERS = {
  anna: "The number of tokens is fixed, so it does not adapt to how certain the model is.",
  ben: "the number of tokens is fixed so it does not adapt to how certain the model is",
  cara: "Top-k is much too slow.",
  dora: "It keeps a constant amount of candidates.",
  emil: "Bananas are yellow.",
} as const;

async function answered(): Promise<{ bot: BotRig; id: string }> {
  const bot = botRig({ engine, commands: allCommands, actions: allActions, courses: [small.course] });
  const done = await bot.as("teacher", "discord", "teacher").command("quiz", { items: "weakness" });
  const id = ((done.replies.at(-1) as { data?: { open: string[] } }).data?.open ?? [])[0]!;
  for (const [who, answer] of Object.entries(ANSWERS)) {
    const sent = await bot.as(who).press("poll.submit", id, undefined, { fields: { answer } });
    expect(sent.text).toBe(`Your answer:\n${answer}\nYou can change it until the poll closes.`);
  }
  return { bot, id };
}

async function closed(): Promise<{ bot: BotRig; id: string }> {
  const { bot, id } = await answered();
  await bot.as("teacher", "discord", "teacher").press("poll.close", id);
  // Grading is a model's work in another thread; the teacher's list waits for it.
  await list(bot, id);
  return { bot, id };
}

const teacher = (bot: BotRig) => bot.as("teacher", "discord", "teacher");
const list = (bot: BotRig, id: string) => teacher(bot).press("grade.list", id);
const mine = async (bot: BotRig, id: string, who: string) => (await bot.as(who).press("poll.mine", id)).text;

/** How many answers a grades card shows in each band. */
function bands(text: string): number[] {
  return ["right", "close", "not yet"].map((band) =>
    Number(text.match(new RegExp(`^${band}: (\\d+)$`, "m"))?.[1]),
  );
}

describe("short answers", () => {
  test("stay ungraded until the question closes; then everybody sees bands and no names", async () => {
    const { bot, id } = await closed();
    for (let i = 0; i < 4; i++) {
      await bot.clock.advance(PACE_MS);
      await turns(10);
    }
    const text = cardText(bot.posts[0]!.card);
    const score = async (answer: string) =>
      (await gradeShortAnswer(engine.encoders, [REFERENCE], answer, "What is the weakness of top-k?")).score;
    const scores = await Promise.all(Object.values(ANSWERS).map(score));
    // Cara's answer is a known mistake, whatever its score.
    const right = scores.filter((each, i) => each >= 0.65 && i !== 2).length;
    expect(right).toBeGreaterThanOrEqual(2);
    expect(text).toContain(`right: ${right} (${Math.round((100 * right) / 5)} %)`);
    expect(text).toContain(`A right answer: ${REFERENCE}`);
    expect(text).toContain('"Top-k is too slow." (1): Both are cheap next to the model.');
    expect(text).not.toMatch(/anna|ben|cara/);
    expect(id).toMatch(/-1$/);
  });

  test("come with score, nearest reference, missing ideas and reason; a known mistake with its feedback", async () => {
    const { bot, id } = await closed();
    const { score, reason } = await gradeShortAnswer(
      engine.encoders,
      [REFERENCE],
      ANSWERS.anna,
      "What is the weakness of top-k?",
    );
    const right = await mine(bot, id, "anna");
    expect(right).toContain(`Graded: right (score ${score.toFixed(2)} of 1)`);
    expect(right).toContain(`Nearest reference answer: ${REFERENCE}`);
    expect(right).toContain(`Why: ${reason}`);
    const mistaken = await mine(bot, id, "cara");
    expect(mistaken).toContain("Graded: not yet");
    expect(mistaken).toContain("It says a known mistake. Both are cheap next to the model.");
    const off = await mine(bot, id, "emil");
    expect(off).toContain("Graded: not yet");
    expect(off).toContain("Not found in it: a fixed number of tokens; does not adapt to the distribution");
  });

  test("the teacher sees each move of the thresholds applied to the real answers, and it is kept for the item", async () => {
    const { bot, id } = await closed();
    const before = bands((await list(bot, id)).text);
    expect(before.reduce((a, b) => a + b)).toBe(5);
    const move = (right: string, close: string) =>
      teacher(bot).press("grade.move", id, undefined, { fields: { right, close } });
    expect(bands((await move("0", "0")).text)).toEqual([4, 0, 1]);
    expect(bands((await move("1", "0")).text)).toEqual([0, 4, 1]);
    expect((await move("0.3", "0.6")).code).toBe("thresholds-invalid");
    expect((await move("x", "0.6")).code).toBe("number-unreadable");
    const shifted = await teacher(bot).press("grade.shift", id, "milder");
    expect(shifted.text).toContain("right from: 0.95");
    expect(shifted.text).toContain("close from: 0.00");
    const next = await teacher(bot).command("quiz", { items: "weakness" });
    const nextId = (next.replies.at(-1) as { data?: { open: string[] } }).data!.open[0]!;
    expect((await list(bot, nextId)).text).toContain("right from: 0.95");
  });

  test("overruled: the word holds for nearly identical answers at once, and for later ones as a reference", async () => {
    const { bot, id } = await closed();
    const menu = (await list(bot, id)).card!.actions!.flatMap((row) =>
      "select" in row ? [row.select] : [],
    )[0] as Select;
    const value = menu.choices.find(({ label }) => label.startsWith("The number of tokens is fixed"))!.value;
    const one = await teacher(bot).press("grade.pick", id, undefined, { values: [value] });
    expect(one.text).toContain("It holds for 2 answers that say nearly the same.");
    const ruled = await teacher(bot).press("grade.rule", id, `close:${value}`);
    expect(bands(ruled.text)[1]).toBeGreaterThanOrEqual(2);
    expect(await mine(bot, id, "anna")).toContain("Graded: close");
    expect(await mine(bot, id, "anna")).toContain("The teacher has judged this answer.");
    expect(await mine(bot, id, "ben")).toContain(`nearly the same: "${ANSWERS.anna}"`);
    // Another word on the same answer takes the first one's place.
    await teacher(bot).press("grade.rule", id, `right:${value}`);
    expect(await mine(bot, id, "ben")).toContain("Graded: right");

    const dora = menu.choices.find(({ label }) => label === ANSWERS.dora)!.value;
    await teacher(bot).press("grade.rule", id, `right:${dora}`);
    const next = await teacher(bot).command("quiz", { items: "weakness" });
    const nextId = (next.replies.at(-1) as { data?: { open: string[] } }).data!.open[0]!;
    await bot.as("finn").press("poll.submit", nextId, undefined, {
      fields: { answer: "It keeps a constant number of candidates!" },
    });
    await teacher(bot).press("poll.close", nextId);
    await list(bot, nextId);
    const later = await mine(bot, nextId, "finn");
    expect(later).toContain(`Nearest reference answer: ${ANSWERS.dora}`);
    expect(later).toContain("Graded: right");
  });

  test("the teacher's word does not spill over to the opposite or to another number", async () => {
    const { nearlyIdentical } = await import("../../../../src/bot/activities/grading/grade-answers.ts");
    expect(nearlyIdentical("It adapts.", "it adapts", 0)).toBe(true);
    expect(nearlyIdentical("It adapts to the model.", "It does not adapt to the model.", 0.99)).toBe(false);
    expect(nearlyIdentical("It keeps 3 tokens.", "It keeps 4 tokens.", 0.99)).toBe(false);
    expect(nearlyIdentical("It keeps few tokens.", "It keeps some tokens.", 0.96)).toBe(true);
    expect(nearlyIdentical("It keeps few tokens.", "It keeps some tokens.", 0.94)).toBe(false);
  });

  test("grades are for the teacher, and an answer that no model could read is refused while it can be changed", async () => {
    const { bot, id } = await answered();
    expect((await bot.as("anna").press("grade.list", id)).code).toBe("role-needed");
    const send = (answer: string) =>
      bot.as("gina").press("poll.submit", id, undefined, { fields: { answer } });
    expect((await send("深".repeat(600))).text).toContain("has 600 tokens");
    expect((await send("x".repeat(601))).text).toContain("has 601 characters; at most 600");
    expect((await send("   ")).code).toBe("answer-empty");
  });
});
