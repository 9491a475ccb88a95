import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openPoll } from "../../../src/bot/activities/poll/open-poll.ts";
import type { Block } from "../../../src/bot/cards/card.ts";
import type { LearningCurvesChart } from "../../../src/bot/charts/chart.ts";
import { allActions, allCommands } from "../../../src/bot/commands/all-commands.ts";
import { modelsFor } from "../../../src/bot/commands/prompt-modes.ts";
import { createEngine } from "../../../src/engine/create-engine.ts";
import type { Engine } from "../../../src/engine/engine.ts";
import { demonstrationTask } from "../../../src/engine/learning/tasks.ts";
import type { ModelDescription } from "../../../src/engine/models/catalogue.ts";
import { createTinyModelsDir } from "../../engine/tiny-models.ts";
import { classEngine } from "../activities/class-engine.ts";
import { type BotRig, botRig, COURSE, type Outcome } from "../bot-rig.ts";

let engine: Engine;
let close: () => Promise<void>;
beforeAll(() => {
  ({ engine, close } = classEngine());
});
afterAll(() => close());

const limits = { perPersonPerMinute: 1000, perChannelPerMinute: 1000 };
const classroom = () =>
  botRig({ commands: allCommands, actions: allActions, engine, courses: [{ ...COURSE, limits }] });
const teacher = (bot: BotRig) => bot.as("teacher", "discord", "teacher");
const dataOf = (done: Outcome) => (done.replies.at(-1) as { data?: Record<string, unknown> }).data!;

/** Praise and complaints as lines. */
const OPINIONS = demonstrationTask("opinion").examples;
const LINES = OPINIONS.map(({ text, label }) => `${label}: ${text}`).join("\n");

/** The row of the frozen encoder, from the numbers in models/. */
function recordedRow(): string {
  const { tokens, brown } = engine.learning.recordedCurves().head.at(-1)!;
  return `head trained, encoder frozen ${tokens.toLocaleString("en")} ${brown.perplexity.toFixed(0)}`;
}

async function withOpinions(): Promise<BotRig> {
  const bot = classroom();
  expect((await bot.as("anna").command("examples add", { set: "hotels", list: LINES })).code).toBeUndefined();
  return bot;
}

describe("/examples", () => {
  test("one example, lines and a table go into one set; what stands there is not added again", async () => {
    const bot = classroom();
    const anna = bot.as("anna");
    await anna.command("examples add", { set: "Mail", text: "You have won!", label: "spam" });
    await anna.command("examples add", { set: "mail", list: "spam: You have won!\nham: See you: at six." });
    const csv = 'id;Label;Text\n1;ham;"Lunch; tomorrow?"\n2;spam;Cheap pills\n';
    const done = await bot.as("ben", "slack").command("examples add", { set: "mail", list: csv });
    expect(dataOf(done)).toMatchObject({ set: "mail", added: 2, already: 0, total: 4 });
    const listed = dataOf(await anna.command("examples list", { set: "mail" }));
    expect(listed.examples).toEqual([
      { text: "You have won!", label: "spam" },
      { text: "See you: at six.", label: "ham" },
      { text: "Lunch; tomorrow?", label: "ham" },
      { text: "Cheap pills", label: "spam" },
    ]);
  });

  test("without examples a form opens, and its text is read like a list", async () => {
    const bot = classroom();
    const anna = bot.as("anna");
    const asked = await anna.command("examples add", { set: "mail" });
    expect(asked.replies[0]).toMatchObject({ kind: "modal", modal: { action: "examples.add" } });
    const done = await anna.press("examples.add", "-", undefined, {
      fields: { set: "mail", list: "spam: Win now\nham: Hello" },
    });
    expect(done.text).toContain("2 examples added to mail.");
  });

  test.each([
    [{ set: "a/b", list: "x: y" }, "name-invalid", /The set's name is "a\/b"/],
    [{ set: "x".repeat(41), list: "x: y" }, "name-invalid", /at most 40/],
    [{ set: "a", list: "spam: ok\nno label here" }, "examples-unreadable", /line 2 has no colon/],
    [{ set: "a", list: "text,label\nhello,\n" }, "examples-unreadable", /line 2 has no label/],
    [{ set: "a", list: 'text,label\n"broken,spam\n' }, "examples-unreadable", /as a table it is broken/],
    [{ set: "a", text: "hello" }, "option-missing", /label is missing/],
    [{ set: "a", list: `x: ${"y".repeat(1001)}` }, "example-invalid", /has 1001 characters/],
    [{ set: "a", list: `${"x".repeat(41)}: y` }, "example-invalid", /must have 1 to 40 characters/],
  ])("%o is refused", async (options, code, message) => {
    const bot = classroom();
    const done = await bot.as("anna").command("examples add", options);
    expect(done.code).toBe(code);
    expect(done.text).toMatch(message);
    expect(dataOf(await bot.as("anna").command("examples list"))).toEqual({ sets: [] });
  });

  test("a long set is shown by some of each label, with the counts of all", async () => {
    const bot = await withOpinions();
    await bot.as("anna").command("examples add", { set: "hotels", text: "Well.", label: "neither" });
    const { text } = await bot.as("anna").command("examples list", { set: "hotels" });
    expect(text).toContain("81 examples: 40 praise, 40 complaint, 1 neither.");
    const shown = ["praise", "complaint", "neither"].map((label) => {
      return OPINIONS.filter((example) => example.label === label && text.includes(example.text)).length;
    });
    expect(shown).toEqual([6, 6, 0]);
    expect(text).toContain("Well.");
    expect(text).toContain("and 68 more.");
  });

  test("students delete their own, staff the whole set", async () => {
    const bot = classroom();
    await bot.as("anna").command("examples add", { set: "mail", list: "spam: a\nham: b" });
    await bot.as("ben").command("examples add", { set: "mail", list: "spam: c" });
    expect(dataOf(await bot.as("ben").command("examples delete", { set: "mail" }))).toMatchObject({
      deleted: 1,
    });
    expect(dataOf(await teacher(bot).command("examples delete", { set: "mail" }))).toMatchObject({
      deleted: 2,
    });
    expect((await teacher(bot).command("examples delete", { set: "mail" })).code).toBe("set-unknown");
  });
});

describe("a student who spoils a set", () => {
  const flood = Array.from({ length: 30 }, (_, i) => `praise: Horrible thing number ${i}`).join("\n");

  test("the teacher sees who gave how many and takes one person's out; others can't", async () => {
    const bot = await withOpinions();
    const [anna, ben] = [bot.as("anna"), bot.as("ben", "slack")];
    await ben.command("examples add", { set: "hotels", list: flood });
    const seen = await teacher(bot).command("examples list", { set: "hotels" });
    expect(seen.text).toContain("Given by anna (80), ben (30).");
    expect((await anna.command("examples list", { set: "hotels" })).text).not.toContain("Given by");
    const refused = await anna.command("examples delete", { set: "hotels", from: ben.account });
    expect(refused.code).toBe("examples-not-yours");
    const cleaned = await teacher(bot).command("examples delete", { set: "hotels", from: ben.account });
    expect(cleaned.text).toContain("30 examples from ben deleted from hotels.");
    expect(dataOf(await anna.command("examples list", { set: "hotels" })).examples).toHaveLength(80);
    const nobody = bot.as("cleo").account;
    const none = await teacher(bot).command("examples delete", { set: "hotels", from: nobody });
    expect(dataOf(none)).toMatchObject({ deleted: 0 });
  });

  test("examples given before two accounts were joined are still their person's", async () => {
    const bot = await withOpinions();
    const [discord, slack] = [bot.as("ben"), bot.as("ben", "slack")];
    await slack.command("examples add", { set: "hotels", list: flood });
    await discord.command("examples add", { set: "hotels", list: "praise: Good." });
    const [, code] = /\b([0-9A-Z]{4,}(?:-[0-9A-Z]+)*)\b/.exec((await discord.command("link")).text)!;
    expect((await slack.command("link", { code: code! })).code).toBeUndefined();
    expect((await teacher(bot).command("examples list", { set: "hotels" })).text).toContain("ben (31)");
    expect(dataOf(await discord.command("examples delete", { set: "hotels" }))).toMatchObject({
      deleted: 31,
    });
  });

  test("what stands in the way of a training is told when examples are added", async () => {
    const anna = classroom().as("anna");
    const first = await anna.command("examples add", { set: "mail", text: "You won!", label: "spam" });
    expect(first.text).toContain('All examples are "spam". A classifier needs at least 2 labels');
    const clash = await anna.command("examples add", { set: "mail", list: `${LINES}\npraise: you won!` });
    expect(clash.text).toContain('the same text stands with different labels: "You won!" (spam, praise)');
  });
});

describe("/examples poll", () => {
  async function closedPoll(bot: BotRig): Promise<string> {
    const { poll } = await openPoll(bot.services, {
      courseId: "nlp",
      question: "Say something nice, or not.",
      answer: "text",
      choices: [],
      show: "closed",
      openedBy: "t",
      channels: [{ platform: "discord", id: "d1" }],
    });
    for (const [name, answer] of [
      ["anna", "praise: What a day!"],
      ["ben", "It rained: again"],
      ["cleo", "I like it\nhere"],
    ] as const) {
      const done = await bot.as(name).press("poll.submit", poll.id, undefined, { fields: { answer } });
      expect(done.code).toBeUndefined();
      await bot.clock.advance(1000);
    }
    return poll.id;
  }

  test("an open poll is not used, nor by students", async () => {
    const bot = classroom();
    const id = await closedPoll(bot);
    expect((await teacher(bot).command("examples poll", { set: "day", poll: id })).code).toBe(
      "poll-not-closed",
    );
    expect((await bot.as("anna").command("examples poll", { set: "day" })).code).toBe("role-needed");
  });

  test("its answers are labelled in a form, and the texts stay the students' own", async () => {
    const bot = classroom();
    const id = await closedPoll(bot);
    await teacher(bot).press("poll.close", id);
    const asked = await teacher(bot).command("examples poll", { set: "day" });
    const [reply] = asked.replies;
    if (reply?.kind !== "modal") throw new Error("no form");
    expect(reply.modal.fields[1]!.value).toBe(
      "1 praise: What a day!\n2 It rained: again\n3 : I like it here",
    );
    const lines = "1 praise: something else\n2 complaint: It rained: again\n3 : I like it here";
    const done = await teacher(bot).press("examples.label", reply.modal.record, undefined, {
      fields: { set: "day", lines },
    });
    expect(done.text).toContain("2 examples added to day.");
    const { examples } = dataOf(await teacher(bot).command("examples list", { set: "day" }));
    expect(examples).toEqual([
      { text: "What a day!", label: "praise" },
      { text: "again", label: "complaint" },
    ]);
    const wrong = await teacher(bot).press("examples.label", reply.modal.record, undefined, {
      fields: { set: "day", lines: "9 praise: x" },
    });
    expect(wrong.text).toMatch(/Numbers go from 1 to 3/);
  });
});

describe("/finetune and /classify", () => {
  test("a head is trained on a set, kept, used, and shows near examples as the reason", async () => {
    const bot = await withOpinions();
    const done = await bot.as("anna").command("finetune", { examples: "hotels" });
    expect(done.code).toBeUndefined();
    expect(done.text).toContain("80 examples from the examples of hotels: 40 praise, 40 complaint.");
    expect(done.text).toContain("Kept as head hotels.");
    const data = dataOf(done) as { frozenHead: { reading: { heldOut: number; verdict: string } } };
    expect(data.frozenHead.reading.heldOut).toBeGreaterThan(0.6);
    const kinds = done.card!.blocks.flatMap((block: Block) =>
      block.type === "chart" ? [block.chart.kind] : [],
    );
    expect(kinds).toEqual(["learning-curves", "confusion"]);

    const used = await bot.restart().as("ben").command("classify", {
      head: "hotels",
      text: "The waiter was rude and the food was cold.",
    });
    const { labels, nearest } = dataOf(used) as {
      labels: { label: string; probability: number }[];
      nearest: { text: string; label: string; cosine: number }[];
    };
    expect(labels[0]!.label).toBe("complaint");
    expect(labels.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 10);
    expect(nearest).toHaveLength(3);
    expect(OPINIONS).toContainEqual({ text: nearest[0]!.text, label: nearest[0]!.label });
  });

  test("what is wrong with the examples is told before any training", async () => {
    const bot = classroom();
    const anna = bot.as("anna");
    await anna.command("examples add", { set: "one", list: "spam: a\nspam: b" });
    const oneLabel = await anna.command("finetune", { examples: "one" });
    expect(oneLabel.code).toBe("one-label");
    expect(oneLabel.replies).toHaveLength(1);
    await anna.command("examples add", { set: "one", list: "ham: c" });
    expect((await anna.command("finetune", { examples: "one" })).code).toBe("too-few-examples");

    await anna.command("examples add", { set: "clash", list: `${LINES}\npraise: Hm.\ncomplaint: hm.` });
    const clash = await anna.command("finetune", { examples: "clash", epochs: 2 });
    const [first] = clash.replies as unknown as readonly { card: { blocks: Block[] } }[];
    expect(first!.card.blocks[1]).toEqual({
      type: "list",
      items: ['Left out, for the same text stands with different labels: "Hm." (praise, complaint).'],
    });
  });

  test.each([
    [{}, "examples-or-task", /examples:… for a set/],
    [{ examples: "x", task: "order" }, "examples-or-task", /not both/],
    [{ examples: "nothing" }, "set-unknown", /There is none yet/],
    [{ task: "order", head: "../x" }, "name-invalid", /The head's name is "\.\.\/x"/],
    [{ task: "order", "label-noise": 0.9 }, "option-invalid", /a number from 0 to 0\.5/],
  ])("%o is refused", async (options, code, message) => {
    const done = await classroom().as("anna").command("finetune", options);
    expect(done.code).toBe(code);
    expect(done.text).toMatch(message);
  });

  test("a demonstration is kept only under a name, and a name stays with who trained it", async () => {
    const bot = classroom();
    const [anna, ben] = [bot.as("anna"), bot.as("ben")];
    const loose = await anna.command("finetune", { task: "opinion", epochs: 2 });
    expect(loose.text).toContain("Not kept");
    await anna.command("finetune", { task: "opinion", epochs: 2, head: "mood" });
    expect((await ben.command("finetune", { task: "opinion", epochs: 2, head: "mood" })).code).toBe(
      "head-taken",
    );
    expect((await ben.command("heads delete", { head: "mood" })).code).toBe("head-not-yours");
    const listed = dataOf(await ben.command("heads list")) as { heads: { name: string }[] };
    expect(listed.heads.map(({ name }) => name)).toEqual(["mood"]);
    expect((await teacher(bot).command("heads delete", { head: "mood" })).code).toBeUndefined();
    expect((await ben.command("classify", { head: "mood", text: "x" })).code).toBe("head-unknown");
  });

  test("of two people who train on one set the second head is numbered", async () => {
    const bot = await withOpinions();
    await bot.as("anna").command("finetune", { examples: "hotels", epochs: 2 });
    const second = await bot.as("ben").command("finetune", { examples: "hotels", epochs: 2 });
    expect(dataOf(second)).toMatchObject({ head: "hotels-2" });
  });

  test("whole:true shows the small network, what it forgot, and the recorded curves", async () => {
    const options = { task: "opinion", whole: true, epochs: 30, "early-stopping": false };
    const done = await classroom().as("anna").command("finetune", options);
    const { network } = dataOf(done) as {
      network: Record<"frozen" | "whole", { drift: object; firstTask: Record<"before" | "after", object> }>;
    };
    expect(network.frozen.firstTask.after).toEqual(network.frozen.firstTask.before);
    expect(network.whole.firstTask.after).not.toEqual(network.whole.firstTask.before);
    expect(done.text).toMatch(/first task, loss before 0\.\d+ 0\.\d+/);
    expect(done.text).toContain(recordedRow());
    expect(done.text).toContain("Again: /finetune task:opinion whole:true epochs:30 early-stopping:false");
  });

  test("/learning-curves shows the recorded curves alone, with every value of the file in its chart", async () => {
    const done = await classroom().as("anna").command("learning-curves");
    expect(done.text).toContain(recordedRow());
    const { head, whole } = engine.learning.recordedCurves();
    expect(dataOf(done)).toEqual({ head, whole });
    const chart = done.card!.blocks.find((block) => block.type === "chart")!.chart as LearningCurvesChart;
    const [frozen, moving] = chart.series.map(({ points }) => points);
    expect(frozen).toEqual(
      head.map(({ tokens, brown }) => [Number((tokens / 1e6).toFixed(2)), Math.log(brown.perplexity)]),
    );
    expect(moving![0]).toEqual(frozen!.at(-1));
    expect(moving!.map(([, y]) => Math.exp(y).toFixed(2))).toEqual(
      whole.map(({ brown }) => brown.perplexity.toFixed(2)),
    );
  });

  test("who deletes their data takes their examples out of sets and heads", async () => {
    const bot = await withOpinions();
    // Some of them are held out, and only those that were trained on are shown.
    const secrets = ["one", "two", "three", "four", "five"].map(
      (word) => `praise: Ben's own secret word ${word}`,
    );
    await bot.as("ben").command("examples add", { set: "hotels", list: secrets.join("\n") });
    await bot.as("anna").command("finetune", { examples: "hotels", epochs: 2 });
    const ask = { head: "hotels", text: "Ben's own secret word" };
    expect((await bot.as("anna").command("classify", ask)).text).toContain("praise Ben's own secret word");
    const exported = dataOf(await bot.as("ben").command("mydata export")) as { examples: object[] };
    expect(exported.examples).toHaveLength(5);
    expect(exported.examples[0]).toMatchObject({ text: "Ben's own secret word one", label: "praise" });
    const asked = await bot.as("ben").command("mydata delete");
    const [row] = asked.card!.actions!;
    await bot.as("ben").press("mydata.delete", "buttons" in row! ? row.buttons[0]!.record : "");
    const { nearest } = dataOf(await bot.as("anna").command("classify", ask)) as {
      nearest: { text: string }[];
    };
    expect(nearest.filter(({ text }) => text.startsWith("Ben's"))).toEqual([]);
    expect(nearest).toHaveLength(3);
    const { examples } = dataOf(await bot.as("anna").command("examples list", { set: "hotels" }));
    expect(examples).toHaveLength(80);
  });
});

describe("/prompt-modes chooses its models", () => {
  const model = (id: string, kind: ModelDescription["kind"]) =>
    ({ id, kind, family: "decoder-only" }) as ModelDescription;
  const engineOf = (...models: ModelDescription[]) => ({ models: () => models });
  const smol = model("smollm2-135m-instruct", "instruct");

  test("one instruct model does both, and the card says that it is one", () => {
    const pair = modelsFor(engineOf(smol), undefined);
    expect([pair.continues.id, pair.answers.id]).toEqual([smol.id, smol.id]);
    expect(pair.about).toContain("was tuned to follow instructions");
  });

  test("a base and an instruct model of one family are compared, also when one is named", () => {
    const [base, instruct] = [model("org/Qwen3-0.6B-Base", "base"), model("org/Qwen3-0.6B", "instruct")];
    const engine = engineOf(smol, base, instruct);
    for (const wanted of [undefined, base.id, instruct.id]) {
      const pair = modelsFor(engine, wanted);
      expect([pair.continues.id, pair.answers.id]).toEqual([base.id, instruct.id]);
    }
    expect(modelsFor(engine, smol.id).continues.id).toBe(smol.id);
  });

  test("the model that comes with Cloze finds its base model from the Hub, and no other size of it", () => {
    const base = model("HuggingFaceTB/SmolLM2-135M", "base");
    const larger = model("HuggingFaceTB/SmolLM2-360M", "base");
    expect(modelsFor(engineOf(smol, larger, base), undefined).continues.id).toBe(base.id);
    expect(modelsFor(engineOf(smol, larger), undefined).continues.id).toBe(smol.id);
    const converted = model("onnx-community/SmolLM2-135M-ONNX", "base");
    expect(modelsFor(engineOf(smol, converted), smol.id).continues.id).toBe(converted.id);
  });

  test("a base model without its instruct model, and an unknown one, are refused", () => {
    const lonely = engineOf(model("gpt2", "base"));
    expect(() => modelsFor(lonely, "gpt2")).toThrow(/no instruct model of its family is installed/);
    expect(() => modelsFor(lonely, "gpt3")).toThrow(/There is no decoder-only model "gpt3"\. Choose gpt2\./);
  });
});

test("/prompt-modes with a base and an instruct model installed: each is run in its own mode", async () => {
  const { modelsDir, remove } = createTinyModelsDir();
  const manifest = join(modelsDir, "manifest.json");
  const [base] = JSON.parse(readFileSync(manifest, "utf8")).models;
  const instruct = { ...base, id: "tiny-llama-instruct", directory: "tiny-llama", kind: "instruct" };
  writeFileSync(manifest, JSON.stringify({ models: [base, instruct] }));
  const pair = createEngine({ modelsDir, threads: 1 });
  try {
    const bot = botRig({ commands: allCommands, engine: pair, courses: [{ ...COURSE, limits }] });
    const done = await bot.as("anna").command("prompt-modes", { prompt: "Why?", "max-new-tokens": 3 });
    const { runs } = dataOf(done) as { runs: Record<string, unknown>[] };
    expect(runs.map(({ mode, model, kind }) => [mode, model, kind])).toEqual([
      ["continuation", "tiny-llama", "base"],
      ["chat", "tiny-llama-instruct", "instruct"],
    ]);
    expect(runs[1]!.promptTokens).toBeGreaterThan(runs[0]!.promptTokens as number);
    expect(done.text).toContain("tiny-llama is a base model");
    expect(done.text).toContain("tiny-llama-instruct was made from it");
  } finally {
    await pair.close();
    remove();
  }
});

test("/prompt-modes with the model that comes with Cloze: both modes, one instruct model, and the template's tokens", async () => {
  const real = createEngine({ threads: 1 });
  try {
    const bot = botRig({ commands: allCommands, engine: real, courses: [{ ...COURSE, limits }] });
    const done = await bot
      .as("anna")
      .command("prompt-modes", { prompt: "Why is the sky blue?", "max-new-tokens": 6 });
    const { runs } = dataOf(done) as {
      runs: { mode: string; kind: string; text: string; promptTokens: number }[];
    };
    expect(runs.map(({ mode, kind }) => [mode, kind])).toEqual([
      ["continuation", "instruct"],
      ["chat", "instruct"],
    ]);
    expect(runs[1]!.promptTokens).toBeGreaterThan(runs[0]!.promptTokens);
    expect(runs[1]!.text).not.toBe("");
    expect(done.text).toContain("was tuned to follow instructions, and so it is in both modes");
  } finally {
    await real.close();
  }
});
