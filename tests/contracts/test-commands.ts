import type { Action } from "../../src/bot/actions.ts";
import { textCard } from "../../src/bot/cards/card.ts";
import { type AnyCommand, defineCommand } from "../../src/bot/commands/spec.ts";

/** A grey pixel. */
export const PIXEL = Uint8Array.from(
  atob("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABc3UBGAAAAABJRU5ErkJggg=="),
  (character) => character.charCodeAt(0),
);

/** A place where handlers wait until the test lets them on. */
export interface Gate {
  readonly passed: Promise<void>;
  open(): void;
}

export function gate(): Gate {
  let open = () => {};
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open: () => open() };
}

/** What the test commands report to the test, and what it decides for them. */
export interface Stage {
  gate: Gate;
  /** Every handler that has begun, by name. */
  readonly begun: string[];
  /** Handlers whose signal was aborted while they waited at the gate. */
  readonly aborted: string[];
}

/** Tiny commands that each show one behaviour. Their words are chosen to be found again. */
export function testCommands(stage: Stage): { commands: readonly AnyCommand[]; actions: readonly Action[] } {
  const waitAtGate = async (name: string, signal: AbortSignal) => {
    await Promise.race([
      stage.gate.passed,
      new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true })),
    ]);
    if (signal.aborted) stage.aborted.push(name);
  };

  const echo = defineCommand({
    name: "echo",
    description: "Says what it is told",
    options: {
      text: { type: "string", main: true, required: true, maxLength: 1_500, description: "What to say" },
    },
    examples: ["/echo hello"],
    ack: "instant",
    visibility: "channel",
    async *run({ options }) {
      stage.begun.push("echo");
      yield {
        kind: "message",
        card: {
          title: "Echo",
          blocks: [
            { type: "quote", text: options.text },
            { type: "text", text: "after the quote" },
          ],
        },
      };
    },
  });

  const link = defineCommand({
    name: "link-to",
    description: "Shows a button that opens an address of this length",
    options: { length: { type: "integer", required: true, description: "Characters" } },
    examples: ["/link-to length:100"],
    ack: "instant",
    visibility: "channel",
    async *run({ options }) {
      const links = [{ label: "Open it", link: "https://example.org/".padEnd(options.length, "x") }];
      yield { kind: "message", card: { ...textCard("here it is"), links } };
    },
  });

  const slow = defineCommand({
    name: "slow",
    description: "Answers when the test lets it",
    options: {},
    examples: ["/slow"],
    ack: "deferred",
    visibility: "channel",
    async *run(_, { signal }) {
      stage.begun.push("slow");
      await waitAtGate("slow", signal);
      yield { kind: "message", card: textCard("slow is done") };
    },
  });

  const half = defineCommand({
    name: "half",
    description: "Writes half, waits, writes the rest",
    options: {},
    examples: ["/half"],
    ack: "deferred",
    visibility: "channel",
    async *run(_, { signal }) {
      stage.begun.push("half");
      yield { kind: "message", card: textCard("the first half") };
      await waitAtGate("half", signal);
      yield { kind: "message", card: textCard("the first half and the second") };
    },
  });

  const stream = defineCommand({
    name: "stream",
    description: "Writes on and on",
    options: {
      states: { type: "integer", min: 1, max: 200, default: 60, description: "How many states" },
    },
    examples: ["/stream states:60"],
    ack: "deferred",
    visibility: "channel",
    async *run({ options }) {
      for (let i = 1; i <= options.states; i++) {
        yield { kind: "message", card: textCard(i < options.states ? `state ${i} …` : `the end after ${i}`) };
        await null;
      }
    },
  });

  const whisper = defineCommand({
    name: "whisper",
    description: "Answers in private",
    options: {},
    examples: ["/whisper"],
    ack: "instant",
    visibility: "private",
    async *run({ person }) {
      yield { kind: "message", card: textCard(["for your eyes only, ", { person: person.displayName }]) };
    },
  });

  const aside = defineCommand({
    name: "aside",
    description: "Answers in the channel, and something more in private",
    options: {},
    examples: ["/aside"],
    ack: "instant",
    visibility: "channel",
    async *run() {
      yield { kind: "message", card: textCard("said aloud") };
      yield { kind: "private", card: textCard("said aside") };
    },
  });

  const count = defineCommand({
    name: "count",
    description: "Counts",
    options: { upTo: { type: "integer", required: true, min: 1, max: 5, description: "How far" } },
    examples: ["/count up-to:3"],
    ack: "instant",
    visibility: "channel",
    async *run({ options }) {
      stage.begun.push("count");
      yield { kind: "message", card: textCard(`counted to ${options.upTo}`) };
    },
  });

  const suggest = defineCommand({
    name: "suggest",
    description: "Suggests fruit",
    options: {
      fruit: {
        type: "string",
        main: true,
        required: true,
        description: "A fruit",
        autocomplete: async (typed) =>
          ["apple", "apricot", "banana"]
            .filter((name) => name.startsWith(typed))
            .map((name) => ({ name, value: name })),
      },
    },
    examples: ["/suggest apple"],
    ack: "instant",
    visibility: "channel",
    async *run({ options }) {
      yield { kind: "message", card: textCard(`a ${options.fruit}`) };
    },
  });

  const staff = defineCommand({
    name: "staff room",
    description: "Is for the teacher",
    options: {},
    examples: ["/staff room"],
    role: "teacher",
    ack: "instant",
    visibility: "channel",
    async *run() {
      stage.begun.push("staff room");
      yield { kind: "message", card: textCard("the staff room is open") };
    },
  });

  const costly = defineCommand({
    name: "costly",
    description: "Costs model time",
    options: {},
    examples: ["/costly"],
    ack: "deferred",
    visibility: "channel",
    costly: true,
    async *run() {
      yield { kind: "message", card: textCard("paid") };
    },
  });

  const broken = defineCommand({
    name: "broken",
    description: "Fails in the middle",
    options: {},
    examples: ["/broken"],
    ack: "deferred",
    visibility: "channel",
    async *run() {
      yield { kind: "message", card: textCard("written so far") };
      throw new Error("a fault made for the test");
    },
  });

  const long = defineCommand({
    name: "long",
    description: "Says more than fits",
    options: {
      words: { type: "integer", min: 1, max: 20_000, default: 4_000, description: "How many words" },
    },
    examples: ["/long words:4000"],
    ack: "deferred",
    visibility: "channel",
    async *run({ options }) {
      yield {
        kind: "message",
        card: {
          title: "Long",
          blocks: [
            { type: "quote", text: Array.from({ length: options.words }, (_, i) => `w${i}`).join(" ") },
          ],
          footer: "the long footer",
        },
      };
    },
  });

  const rich = defineCommand({
    name: "rich",
    description: "Shows every kind of block",
    options: {},
    examples: ["/rich"],
    ack: "deferred",
    visibility: "channel",
    async *run() {
      yield {
        kind: "message",
        card: {
          title: "Rich title",
          tone: "success",
          blocks: [
            { type: "text", text: ["plain ", { bold: "strongly" }, " ", { code: "x = `1`" }] },
            { type: "fields", fields: [{ name: "field name", value: "field value" }] },
            { type: "list", ordered: true, items: ["item one", "item two"] },
            { type: "code", code: "const fence = '```';\nsecond line", language: "ts" },
            {
              type: "table",
              columns: [{ name: "token" }, { name: "p", align: "right" }],
              rows: [
                ["the", "0.41"],
                ["a|b", "0.07"],
              ],
            },
            {
              type: "bars",
              unit: "count",
              bars: [
                { label: "greedy", value: 3 },
                { label: "top-p", value: 9, marked: true, note: "75 %" },
              ],
            },
            { type: "progress", label: "loading", done: 3, total: 4 },
            { type: "divider" },
            { type: "picture", png: PIXEL, fileName: "pixel.png", alt: "one grey pixel" },
            {
              type: "file",
              fileName: "scores.csv",
              mediaType: "text/csv",
              bytes: new TextEncoder().encode("token,p\nthe,0.41\n"),
            },
          ],
          footer: "seed 7",
        },
      };
    },
  });

  const knock = defineCommand({
    name: "knock",
    description: "Shows buttons and a menu",
    options: {},
    examples: ["/knock"],
    ack: "instant",
    visibility: "channel",
    async *run({ id }) {
      yield {
        kind: "message",
        card: {
          blocks: [{ type: "text", text: "who is there?" }],
          actions: [
            {
              buttons: [
                { label: "Press me", action: "test.press", record: "r1", value: "v1", style: "primary" },
                { label: "Ask me", action: "test.ask", record: "r1" },
                { label: "Not now", action: "test.press", record: "r2", disabled: true },
              ],
            },
            {
              select: {
                action: "test.choose",
                record: "r1",
                placeholder: "Choose two",
                min: 1,
                max: 2,
                choices: ["greedy", "beam", "top-p"].map((value) => ({ label: value, value })),
              },
            },
          ],
          footer: `event ${id ? "has an id" : "has none"}`,
        },
      };
    },
  });

  const form = defineCommand({
    name: "form",
    description: "Opens a form, unless it is told all",
    options: { all: { type: "string", main: true, description: "Everything, without the form" } },
    examples: ["/form"],
    ack: "modal",
    visibility: "private",
    async *run({ options }) {
      if (options.all) yield { kind: "message", card: textCard(`told at once: ${options.all}`) };
      else yield { kind: "modal", modal: askForm("from the command") };
    },
  });

  const askForm = (title: string) => ({
    title,
    action: "test.answer",
    record: "r9",
    fields: [
      { id: "short", label: "In a word", kind: "line" as const, required: true, maxLength: 40 },
      { id: "long", label: "In full", kind: "paragraph" as const, value: "so far" },
    ],
  });

  const press: Action = {
    name: "test.press",
    async *run({ person, record, value }) {
      stage.begun.push(`press by ${person.displayName}`);
      yield {
        kind: "update",
        card: textCard(`pressed by ${person.displayName}: ${record} ${value}`),
      };
    },
  };
  const ask: Action = {
    name: "test.ask",
    opensModal: true,
    async *run() {
      yield { kind: "modal", modal: askForm("from a button") };
    },
  };
  const choose: Action = {
    name: "test.choose",
    async *run({ values }) {
      yield { kind: "private", card: textCard(`chosen: ${values?.toSorted().join(" and ")}`) };
    },
  };
  const answer: Action = {
    name: "test.answer",
    visibility: "channel",
    async *run({ fields, record }) {
      yield { kind: "message", card: textCard(`answered ${record}: ${fields?.short} / ${fields?.long}`) };
    },
  };

  return {
    commands: [
      echo,
      link,
      slow,
      half,
      stream,
      whisper,
      aside,
      count,
      suggest,
      staff,
      costly,
      broken,
      long,
      rich,
      knock,
      form,
    ],
    actions: [press, ask, choose, answer],
  };
}
