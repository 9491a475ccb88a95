/**
 * The pictures of docs/gallery.md, drawn from what the commands answer: real models, and a class of twelve that votes
 * through the real poll. Every one passes the automatic check; `MAKE_PICTURES=1` writes them and the page anew.
 */
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Card } from "../../src/bot/cards/card.ts";
import { altText } from "../../src/bot/charts/alt-text.ts";
import type { Chart, ChartKind } from "../../src/bot/charts/chart.ts";
import { chartSvg } from "../../src/bot/charts/picture/chart-svg.ts";
import drawPng from "../../src/bot/charts/picture/draw-png.ts";
import { allActions, allCommands } from "../../src/bot/commands/all-commands.ts";
import { createEngine } from "../../src/engine/create-engine.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { newest, pressOn } from "../bot/activities/press.ts";
import { smallCourse } from "../bot/activities/small-course.ts";
import { botRig } from "../bot/bot-rig.ts";
import { faultsOf } from "../bot/charts/check-picture.ts";

const DOCS = fileURLToPath(new URL("../../docs/", import.meta.url));
const PICTURES = `${DOCS}pictures/gallery/`;
const MOST_BYTES = 2_000_000;
const PATIENCE_MS = 240_000;

interface Entry {
  readonly name: string;
  readonly theme: "light" | "dark";
  readonly command: string;
  readonly options: Record<string, unknown>;
  /** What a reader should see in it. */
  readonly caption: string;
  readonly kind: ChartKind;
  /** Where a reply has several charts of the kind, a word of its title. */
  readonly titled?: string;
}

const NICE = "The nice woman";
const STORY = "Once upon a time, there was a nice woman who";
const ENTRIES: readonly Entry[] = [
  {
    name: "distribution",
    kind: "distribution",
    theme: "light",
    command: "distribution",
    options: { prompt: NICE, temperature: 1.5, "top-k": 6, "top-p": 0.8, top: 8 },
    caption:
      "What comes next, by the model and after each processor: what temperature flattens, what top-k and top-p cut, and the mass they keep.",
  },
  {
    name: "toy-tree",
    kind: "beam-tree",
    theme: "dark",
    command: "tree",
    options: { toy: true },
    caption: "The lecture's tree: greedy decoding would take The nice woman, two beams find The dog has.",
  },
  {
    name: "beam-tree",
    kind: "beam-tree",
    theme: "light",
    command: "tree",
    options: { prompt: NICE, "num-beams": 2, "max-new-tokens": 4 },
    caption: "The same by a real model, with the reason for each branch that was pruned.",
  },
  {
    name: "text-trace",
    kind: "text-trace",
    theme: "light",
    command: "generate",
    options: { prompt: STORY, temperature: 0.7, "top-p": 0.9, seed: 7, "max-new-tokens": 40, trace: true },
    caption: "How sure the model was along the text it drew: entropy, and the probability of each token.",
  },
  {
    name: "comparison",
    kind: "comparison",
    theme: "light",
    command: "compare",
    options: { prompt: STORY, methods: "greedy,beam:4,top-p:0.9", "max-new-tokens": 24, seed: 7 },
    caption: "Three methods on one prompt, and the first token where they part.",
  },
  {
    name: "words-in-context",
    kind: "similarity",
    theme: "dark",
    command: "words",
    options: {
      sentences: "My new **bat** broke. | The **bat** ate a moth. | The **cardinal** ate a moth.",
    },
    caption: "Static vectors can't tell one bat from the other; contextual ones can.",
  },
  {
    name: "learning-curves",
    kind: "learning-curves",
    theme: "light",
    command: "finetune",
    options: { task: "opinion" },
    caption: "A last layer trained in class on frozen sentence vectors.",
  },
  {
    name: "confusion",
    kind: "confusion",
    theme: "light",
    command: "finetune",
    options: { task: "opinion" },
    caption: "What the trained head takes for what, on examples it has not seen.",
  },
  {
    name: "overwriting",
    kind: "learning-curves",
    titled: "whole network",
    theme: "dark",
    command: "finetune",
    options: { task: "letters", whole: true, l2: 0, "early-stopping": false },
    caption:
      "A small network trained whole learns the examples by heart and overwrites what it had learned first.",
  },
  {
    name: "recorded-curves",
    kind: "learning-curves",
    theme: "light",
    command: "learning-curves",
    options: {},
    caption:
      "How the masked model was fine-tuned: a new head on the frozen encoder, then the upper layers too.",
  },
  {
    name: "forgetting",
    kind: "forgetting",
    theme: "light",
    command: "recurrent",
    options: { trials: 8 },
    caption: "How far back an LSTM and a transformer remember a word that they were told.",
  },
];

/** What each of twelve students chose before and after talking with a partner. */
const BEFORE = "The dog has|The dog has|The nice woman|The dog has|The car drives|The nice woman".split("|");
const AFTER = "The nice woman|The dog has|The nice woman|The nice woman|The nice woman|The nice woman".split(
  "|",
);
const CLASS_CAPTIONS: readonly Pick<Entry, "name" | "kind" | "theme" | "caption">[] = [
  {
    name: "both-rounds",
    kind: "poll",
    theme: "light",
    caption: "A think–pair–share: the votes before and after.",
  },
  {
    name: "transitions",
    kind: "transitions",
    theme: "light",
    caption: "Who changed their mind, and to what.",
  },
];

let engine: Engine;
const drawn = new Map<string, Chart>();
const small = smallCourse([
  {
    id: "greedy",
    kind: "single",
    question: "What will greedy decoding write in the lecture's tree?",
    choices: [{ text: "The nice woman", correct: true }, { text: "The dog has" }, { text: "The car drives" }],
  },
]);

beforeAll(() => {
  engine = createEngine();
});
afterAll(async () => {
  await engine.close();
  small.remove();
});

function chartOf(card: Card | undefined, kind: ChartKind, titled = ""): Chart {
  const found = (card?.blocks ?? []).find(
    (block) => block.type === "chart" && block.chart.kind === kind && block.chart.title.includes(titled),
  );
  if (found?.type !== "chart") throw new Error(`There is no chart of kind ${kind}.`);
  return found.chart;
}

test.each(ENTRIES)(
  "$name: /$command draws it, and its texts can be read",
  async ({ name, command, options, kind, titled, theme }) => {
    const bot = botRig({ engine, commands: allCommands, actions: allActions });
    const answer = await bot.as("ada").command(command, options);
    expect(answer.code, answer.text).toBeUndefined();
    const chart = chartOf(answer.card, kind, titled);
    drawn.set(name, chart);
    expect(faultsOf(chartSvg(chart, theme))).toEqual([]);
  },
  PATIENCE_MS,
);

test(
  "a class that votes, talks and votes again is drawn, and its texts can be read",
  async () => {
    const bot = botRig({ engine, commands: allCommands, actions: allActions, courses: [small.course] });
    const teacher = bot.as("teacher", "discord", "teacher");
    const card = () => newest(bot, "d1").card;
    const vote = async (choices: readonly string[]) => {
      for (let i = 0; i < 12; i++) {
        const pressed = await pressOn(bot.as(`student ${i}`), card(), choices[i % choices.length]!);
        expect(pressed.code, pressed.text).toBeUndefined();
      }
    };
    const begun = await teacher.command("think-pair-share", { item: "greedy", think: 0, pair: 0, revote: 0 });
    expect(begun.code, begun.text).toBeUndefined();
    await vote(BEFORE);
    await pressOn(teacher, card(), "Pair up");
    await pressOn(teacher, card(), "Answer again");
    await vote(AFTER);
    await pressOn(teacher, card(), "Share");
    for (const { name, kind, theme } of CLASS_CAPTIONS) {
      const chart = chartOf(card(), kind);
      drawn.set(name, chart);
      expect(faultsOf(chartSvg(chart, theme))).toEqual([]);
    }
  },
  PATIENCE_MS,
);

test(
  "the gallery page shows all of them, in less than 2 MB",
  () => {
    const page = [...ENTRIES, ...CLASS_CAPTIONS];
    const missing = page.some(({ name }) => !existsSync(`${PICTURES}${name}.png`));
    if (process.env.MAKE_PICTURES || missing) {
      mkdirSync(PICTURES, { recursive: true });
      for (const { name, theme } of page) {
        writeFileSync(`${PICTURES}${name}.png`, drawPng({ chart: drawn.get(name)!, theme }));
      }
      writeFileSync(`${DOCS}gallery.md`, pageText(page));
    }
    const text = readFileSync(`${DOCS}gallery.md`, "utf8");
    for (const { name } of page) expect(text).toContain(`(pictures/gallery/${name}.png)`);
    const bytes = page.reduce((sum, { name }) => sum + statSync(`${PICTURES}${name}.png`).size, 0);
    expect(bytes).toBeLessThan(MOST_BYTES);
  },
  PATIENCE_MS,
);

function pageText(page: readonly (Pick<Entry, "name" | "caption"> & Partial<Entry>)[]): string {
  const parts = page.map(({ name, caption, command, options }) => {
    const typed =
      command === undefined ? "" : `\n\n\`${[`/${command}`, ...typedOptions(options!)].join(" ")}\``;
    const alt = altText(drawn.get(name)!).replaceAll(/[[\]]/g, "\\$&").replaceAll("\n", " ");
    return `## ${name.replaceAll("-", " ")}\n\n${caption}${typed}\n\n![${alt}](pictures/gallery/${name}.png)\n`;
  });
  return [
    "# Gallery\n",
    "What the commands draw. In Discord and Slack each picture comes with the reply, in the web classroom the same chart answers to the pointer, and the command line says it in words (`--save folder` keeps the picture). `MAKE_PICTURES=1 npx vitest run tests/e2e/gallery.test.ts` draws this page anew from the models' answers and from a class of twelve that votes through the real poll.\n",
    ...parts,
  ].join("\n");
}

function typedOptions(options: Record<string, unknown>): string[] {
  return Object.entries(options).map(([name, value]) => {
    const words = String(value);
    return `${name}:${/\s/.test(words) ? `"${words}"` : words}`;
  });
}
