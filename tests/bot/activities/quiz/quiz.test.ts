import { afterAll, describe, expect, test } from "vitest";
import { closePoll } from "../../../../src/bot/activities/poll/close-poll.ts";
import { resumeActivities } from "../../../../src/bot/activities/resume.ts";
import { PACE_MS } from "../../../../src/bot/activities/show-paced.ts";
import type { Button, Select } from "../../../../src/bot/cards/card.ts";
import { allActions, allCommands } from "../../../../src/bot/commands/all-commands.ts";
import { turns } from "../../../fakes/hand-clock.ts";
import { type BotRig, botRig, buttons, cardText, type Outcome } from "../../bot-rig.ts";
import { classEngine } from "../class-engine.ts";
import { smallCourse } from "../small-course.ts";

const { engine, close } = classEngine();
const written = await greedy("The nice");
const small = smallCourse([
  {
    id: "one",
    kind: "single",
    question: "Which one draws?",
    choices: [
      { text: "sampling", correct: true },
      { text: "greedy", misconception: "Greedy takes the likeliest." },
      { text: "beam", misconception: "Beam search keeps the best few." },
    ],
  },
  {
    id: "several",
    kind: "multiple",
    question: "Which cut the tail?",
    choices: [
      { text: "top-p", correct: true },
      { text: "top-k", correct: true },
      { text: "temperature", misconception: "It reshapes and cuts nothing." },
    ],
  },
  {
    id: "number",
    kind: "numeric",
    question: "What is .4 of .9?",
    answer: 0.36,
    tolerance: 0.005,
    mistakes: [{ value: 1.3, feedback: "Multiply, don't add." }],
  },
  {
    id: "foretold",
    kind: "prediction",
    question: "What will the model write?",
    run: { prompt: "The nice", options: { strategy: "greedy", "max-new-tokens": 6 } },
    choices: [{ text: written }, { text: "something else", misconception: "It has no words." }],
  },
  {
    id: "undecided",
    kind: "prediction",
    question: "What will the model write now?",
    run: { prompt: "The nice", options: { strategy: "greedy", "max-new-tokens": 6 } },
    choices: [{ text: "a poem" }, { text: "a novel" }],
  },
]);
afterAll(async () => {
  await close();
  small.remove();
});

/** What the tiny model writes, as the runtime's own tests run it; bytes that are no letters are left out. */
async function greedy(prompt: string): Promise<string> {
  for await (const event of engine.generate({
    prompt,
    mode: "continuation",
    settings: { strategy: "greedy", maxNewTokens: 6 },
  })) {
    if (event.type === "generation-end") return event.outputs[0]!.text;
  }
  throw new Error("nothing was written");
}

const rig = () => botRig({ engine, commands: allCommands, actions: allActions, courses: [small.course] });
const teacherOf = (bot: BotRig) => bot.as("teacher", "discord", "teacher");

async function open(bot: BotRig, options: Record<string, unknown>): Promise<Outcome> {
  const done = await teacherOf(bot).command("quiz", options);
  expect(done.code, done.text).toBeUndefined();
  return done;
}
const data = (done: Outcome) => (done.replies.at(-1) as { readonly data?: unknown }).data as QuizData;
interface QuizData {
  readonly quiz: string;
  readonly items: readonly string[];
  readonly open: readonly string[];
  readonly leftOut: readonly { readonly itemId: string }[];
}

/** The button or menu of the newest post that does `action`. */
function control(bot: BotRig, action: string, label?: string): Button | Select {
  const rows = bot.posts.at(-1)?.card.actions ?? [];
  const all = rows.flatMap((row): (Button | Select)[] =>
    "buttons" in row ? [...row.buttons] : [row.select],
  );
  const found = all.find(
    (each) => each.action === action && (label === undefined || ("label" in each && each.label === label)),
  );
  if (!found) throw new Error(`no ${action} ${label ?? ""} in ${JSON.stringify(all)}`);
  return found;
}
async function vote(bot: BotRig, who: string, label: string): Promise<Outcome> {
  const button = control(bot, "poll.vote", label) as Button;
  return bot.as(who).press(button.action, button.record, button.value);
}
/** The newest post once everything that was set off is through. */
async function posted(bot: BotRig): Promise<string> {
  await bot.clock.advance(PACE_MS);
  await turns(10);
  await bot.clock.advance(PACE_MS);
  return cardText(bot.posts.at(-1)!.card);
}

describe("/quiz", () => {
  test("asks one question after the other, hides results until it closes, then explains", async () => {
    const bot = rig();
    const done = await open(bot, { items: "one|number" });
    expect(data(done).items).toEqual(["one", "number"]);
    expect(bot.posts).toHaveLength(1);
    await vote(bot, "anna", "sampling");
    await vote(bot, "ben", "greedy");
    await vote(bot, "cara", "sampling");
    expect(await posted(bot)).toMatch(/^Question 1 of 2\nWhich one draws\?\n3 votes so far/);
    expect(await posted(bot)).not.toMatch(/Greedy takes|Explained|: 2/);

    const [id] = data(done).open as [string];
    await teacherOf(bot).press("poll.close", id);
    const text = await posted(bot);
    expect(text).toContain("sampling: 2 (67 %, right)");
    expect(text).toContain("greedy: 1 (33 %)");
    expect(text).toContain("Why: Explained: one.");
    expect(text).toContain("greedy (1): Greedy takes the likeliest.");
    expect(text).not.toContain("Beam search keeps");
    expect(buttons(bot.posts.at(-1)?.card)).toEqual(["My answer", "Next question", "Teacher's view"]);

    const mine = await bot.as("ben").press("poll.mine", id);
    expect(mine.text).toContain("Not right.\ngreedy: Greedy takes the likeliest.");
    expect((await bot.as("anna").press("poll.mine", id)).text).toContain("Right.");
    expect((await bot.as("dora").press("poll.mine", id)).text).toContain("You did not answer this one.");
  });

  test("reads numbers as people write them, and tells known mistakes apart", async () => {
    const bot = rig();
    const done = await open(bot, { items: "number" });
    const [id] = data(done).open as [string];
    const form = await bot.as("anna").press("poll.write", id);
    expect(form.replies[0]).toMatchObject({ kind: "modal", modal: { action: "poll.submit", record: id } });
    const send = (who: string, answer: string) =>
      bot.as(who).press("poll.submit", id, undefined, { fields: { answer } });
    for (const [who, answer] of [
      ["anna", "0.36"],
      ["ben", ",362"],
      ["cara", "36 %"],
      ["dora", "9/25"],
      ["emil", "1.3"],
      ["finn", "7"],
    ] as const) {
      expect((await send(who, answer)).code).toBeUndefined();
    }
    expect((await send("gina", "a third")).text).toBe(
      '"a third" is no number that Cloze can read. Write it like 0.36, 36 % or 9/25.',
    );
    expect((await send("gina", "1/0")).code).toBe("number-unreadable");
    expect(await posted(bot)).toContain("6 answers so far");
    await teacherOf(bot).press("poll.close", id);
    const text = await posted(bot);
    expect(text).toContain("0.36: 4 (67 %, right)");
    expect(text).toContain("1.3: 1 (17 %)");
    expect(text).toContain("Right: 0.36 ± 0.005");
    expect(text).toContain("1.3 (1): Multiply, don't add.");
    expect((await bot.as("emil").press("poll.mine", id)).text).toContain("Multiply, don't add.");
  });

  test("wants every right choice and no wrong one where several are right", async () => {
    const bot = rig();
    const done = await open(bot, { items: "several" });
    const [id] = data(done).open as [string];
    const menu = control(bot, "poll.vote") as Select;
    expect(menu).toMatchObject({ min: 1, max: 3 });
    const take = (who: string, ...labels: string[]) =>
      bot.as(who).press("poll.vote", id, undefined, {
        values: menu.choices.filter(({ label }) => labels.includes(label)).map(({ value }) => value),
      });
    await take("anna", "top-p", "top-k");
    await take("ben", "top-p");
    await take("cara", "top-p", "top-k", "temperature");
    expect((await take("dora")).code).toBe("choice-unknown");
    await teacherOf(bot).press("poll.close", id);
    const text = await posted(bot);
    expect(text).toContain("top-p: 3 (100 %, right)");
    expect(text).toContain("temperature (1): It reshapes and cuts nothing.");
    const verdict = async (who: string) => (await bot.as(who).press("poll.mine", id)).text;
    expect(await verdict("anna")).toContain("\nRight.");
    expect(await verdict("ben")).toContain("Not right.");
    expect(await verdict("cara")).toContain("Not right.");
  });

  test("decides a prediction by running the model, and leaves out one that no choice foretells", async () => {
    const bot = rig();
    const done = await open(bot, { items: "foretold|undecided" });
    expect(data(done).items).toEqual(["foretold"]);
    expect(done.text).toContain(`The item undecided can't be asked: tiny-llama writes "${written}"`);
    await vote(bot, "anna", written.trim());
    await teacherOf(bot).press("poll.close", data(done).open[0]!);
    const text = await posted(bot);
    expect(text).toContain(`${written.trim()}: 1 (100 %, right)`);
    expect(text).toContain(`The model wrote\n${written}`);
    expect(text).toContain('/generate strategy:greedy max-new-tokens:6 prompt:"The nice"');
  });

  test("closes a question by its timer, on the second, also after a restart", async () => {
    let bot = rig();
    const done = await open(bot, { items: "one|number", seconds: 60 });
    expect(await posted(bot)).toContain("It closes at 11:01:00.");
    await bot.clock.advance(30_000);
    bot = bot.restart();
    await resumeActivities(bot.services);
    await bot.clock.advance(29_999 - 4 * PACE_MS);
    const at = bot.clock.now();
    expect((await vote(bot, "anna", "sampling")).code).toBeUndefined();
    expect(at).toBeLessThan(Date.UTC(2026, 9, 5, 9, 1));
    await bot.clock.advance(Date.UTC(2026, 9, 5, 9, 1) - at);
    const late = await bot.as("ben").press("poll.vote", data(done).open[0]!, "a");
    expect(late.text).toBe("This poll closed at 11:01. Your vote was not counted.");
    expect(await posted(bot)).toContain("Closed at 11:01. 1 vote.");
    const again = await teacherOf(bot).press("poll.close", data(done).open[0]!);
    expect(again.text).toBe("This poll was closed at 11:01 by its timer already.");
  });

  test("a vote in the moment the time is up is too late even while the timer has not run", async () => {
    const bot = rig();
    const done = await open(bot, { items: "one", seconds: 60 });
    const other = botRig({
      ...{ engine, commands: allCommands, actions: allActions, courses: [small.course] },
      store: bot.services.store,
    });
    await other.clock.advance(60_000);
    expect((await other.as("anna").press("poll.vote", data(done).open[0]!, "a")).code).toBe("poll-closed");
  });

  test("of two teachers asking for the next question one opens it, and none before the last has closed", async () => {
    const bot = rig();
    const done = await open(bot, { items: "one|number" });
    const { quiz } = data(done);
    const teacher = teacherOf(bot);
    expect((await teacher.press("quiz.next", quiz, "2")).code).toBe("quiz-question-open");
    expect((await teacher.press("quiz.next", quiz, "3")).code).toBe("quiz-question-unknown");
    await teacher.press("poll.close", data(done).open[0]!);
    const both = await Promise.all([
      teacher.press("quiz.next", quiz, "2"),
      bot.as("ta", "slack", "assistant").press("quiz.next", quiz, "2"),
    ]);
    expect(both.map(({ code }) => code).toSorted()).toEqual(["quiz-done", undefined]);
    expect(bot.posts).toHaveLength(2);
    expect(cardText(bot.posts[1]!.card)).toContain("Question 2 of 2");
  });

  test("sums up at the end, and tells each person their own result alone", async () => {
    const bot = rig();
    const done = await open(bot, { items: "one|number" });
    const { quiz, open: ids } = data(done);
    const teacher = teacherOf(bot);
    await vote(bot, "anna", "sampling");
    await vote(bot, "ben", "greedy");
    await teacher.press("poll.close", ids[0]!);
    await teacher.press("quiz.next", quiz, "2");
    await bot.as("anna").press("poll.submit", `${quiz}-2`, undefined, { fields: { answer: "1.3" } });
    await teacher.press("poll.close", `${quiz}-2`);
    await teacher.press("quiz.next", quiz, "3");
    const text = await posted(bot);
    // One of two is right, then none of one; the mean of .5 and 0 is .25.
    expect(text).toContain("1 Which one draws? 2 50 %");
    expect(text).toContain("2 What is .4 of .9? 1 0 %");
    expect(text).toContain("2 people took part. On average 25 % of the answers to a question are right.");
    expect(text).not.toMatch(/anna|ben/);
    expect((await bot.as("anna").press("quiz.mine", quiz)).text).toContain("1 of 2 right.");
    expect((await bot.as("ben").press("quiz.mine", quiz)).text).toContain("2  not answered");
    expect((await teacher.press("quiz.next", quiz, "3")).code).toBe("quiz-done");
  });

  test("opens all questions at once with together, and sums up only when all have closed", async () => {
    const bot = rig();
    const done = await open(bot, { topic: "decoding.top-p", n: 3, together: true, seconds: 600 });
    expect(bot.posts).toHaveLength(3);
    const { quiz } = data(done);
    expect((await teacherOf(bot).press("quiz.sum", quiz)).code).toBe("quiz-question-open");
    await bot.clock.advance(600_000);
    await turns(10);
    expect((await teacherOf(bot).press("quiz.sum", quiz)).code).toBeUndefined();
    expect(await posted(bot)).toContain("0 people took part.");
  });

  test("draws those asked least often first", async () => {
    const bot = rig();
    await open(bot, { items: "one|several" });
    await open(bot, { items: "several" });
    const drawn = data(await open(bot, { topic: "decoding", n: 2 })).items;
    expect(drawn).not.toContain("several");
    expect(drawn).not.toContain("one");
  });

  test("refuses what it can't ask, and says what it could", async () => {
    const bot = rig();
    const ask = (options: Record<string, unknown>) => teacherOf(bot).command("quiz", options);
    expect((await ask({})).code).toBe("quiz-of-what");
    expect((await ask({ topic: "decoding", items: "one" })).code).toBe("quiz-of-what");
    expect((await ask({ items: "onee" })).text).toContain("Did you mean one?");
    expect((await ask({ topic: "cooking" })).text).toContain("decoding.top-p");
    expect((await ask({ items: "undecided" })).code).toBe("quiz-empty");
    expect((await bot.as("anna").command("quiz", { topic: "decoding" })).code).toBe("role-needed");
    expect(bot.posts).toEqual([]);
  });

  test("opens after a restart the question that had been decided on", async () => {
    let bot = rig();
    const done = await open(bot, { items: "one|number" });
    const { quiz, open: ids } = data(done);
    await closePoll(bot.services, "nlp", ids[0]!, { personId: "t", at: bot.clock.now() });
    const { quizRecords } = await import("../../../../src/bot/activities/quiz/quiz-record.ts");
    await quizRecords(bot.services.store).update(`nlp/${quiz}`, (record) => ({ ...record!, opened: 2 }));
    bot = bot.restart();
    const resumed = resumeActivities(bot.services);
    await bot.clock.advance(PACE_MS);
    await resumed;
    expect(cardText(bot.posts.at(-1)!.card)).toContain("Question 2 of 2");
    expect(bot.posts).toHaveLength(2);
  });
});
