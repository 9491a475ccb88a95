import { crc32, deflateSync } from "node:zlib";
import type { Action } from "../../../src/bot/actions.ts";
import { textCard } from "../../../src/bot/cards/card.ts";
import { type AnyCommand, defineCommand } from "../../../src/bot/commands/spec.ts";
import { UserError } from "../../../src/bot/errors.ts";

/** Words that a test hands out one by one, and a command that writes them as they come. */
export function createWriter() {
  const waiting: (string | undefined)[] = [];
  let wake: (() => void) | undefined;
  const give = (word: string | undefined) => {
    waiting.push(word);
    wake?.();
  };
  const write = defineCommand({
    name: "write",
    description: "Writes on with the words that the test hands out",
    help: "Takes a prompt, and writes a word whenever the test gives one.",
    options: {
      prompt: {
        type: "string",
        main: true,
        required: true,
        multiline: true,
        maxLength: 500,
        description: "The text to write on from",
      },
      strategy: {
        type: "string",
        description: "The decoding method",
        choices: [
          { name: "greedy: always the likeliest token", value: "greedy" },
          { name: "beam: keep the best few sequences", value: "beam" },
        ],
      },
      topP: {
        type: "number",
        min: 0,
        aboveMin: true,
        max: 1,
        description: "Draw from the fewest tokens that reach p",
      },
      maxNewTokens: {
        type: "integer",
        min: 1,
        max: 1000,
        default: 60,
        description: "Longest continuation, in tokens",
      },
      trace: { type: "boolean", default: false, description: "Show each step" },
      model: {
        type: "string",
        description: "Which model writes",
        autocomplete: async (typed) =>
          ["smollm2-135m-instruct", "gpt2"]
            .filter((id) => id.includes(typed))
            .map((id) => ({ name: id, value: id })),
      },
      stop: { type: "string", advanced: true, description: "Stop after one of these texts" },
    },
    examples: ["/write The nice woman"],
    ack: "deferred",
    visibility: "channel",
    async *run({ options }, { signal }) {
      let text = "";
      const stopped = new Promise<void>((resolve) =>
        signal.addEventListener("abort", () => resolve(), { once: true }),
      );
      const card = () => ({
        blocks: [{ type: "quote" as const, text: [{ bold: options.prompt }, text] }],
        footer: `${options.strategy ?? "sample"}, ${options.maxNewTokens} tokens at most`,
      });
      while (!signal.aborted) {
        if (waiting.length === 0) {
          const given = new Promise<void>((resolve) => {
            wake = resolve;
          });
          await Promise.race([given, stopped]);
          continue;
        }
        const word = waiting.shift();
        if (word === undefined) break;
        text += word;
        yield { kind: "message", card: card() };
      }
      yield { kind: "message", card: card(), data: { text } };
    },
  });
  return {
    command: write as AnyCommand,
    /** Lets the command write one more piece. */
    give,
    /** Lets the command finish. */
    finish: () => give(undefined),
  };
}

/** A picture of one colour, as small as a PNG gets. */
export function onePixelPng(): Uint8Array {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    const check = Buffer.alloc(4);
    check.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, check]);
  };
  const header = Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0]);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(Buffer.from([0, 13, 107, 94]))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** A card with every kind of block. */
export const show: AnyCommand = defineCommand({
  name: "show",
  description: "A card with every kind of block",
  options: {},
  examples: ["/show"],
  ack: "instant",
  visibility: "channel",
  async *run() {
    yield {
      kind: "message",
      card: {
        title: "Everything a card can hold",
        blocks: [
          {
            type: "text",
            text: [
              "Plain, ",
              { bold: "bold" },
              ", ",
              { italic: "italic" },
              ", ",
              { strike: "struck" },
              ", ",
              { code: "top_p" },
              ", ",
              { person: "Anna" },
              " and ",
              { link: "https://arxiv.org/abs/1904.09751", label: "a paper" },
              ".",
            ],
          },
          {
            type: "quote",
            text: [
              { bold: "The nice woman" },
              " who lives next door has a garden, and in the garden there is a tree older than the house.",
            ],
          },
          {
            type: "fields",
            fields: [
              { name: "Strategy", value: "nucleus sampling" },
              { name: "top-p", value: "0.9" },
              { name: "Log-probability", value: "−14.62" },
            ],
          },
          {
            type: "list",
            ordered: true,
            items: ["Keep the likeliest tokens", "Renormalise", ["Draw one: ", { code: "seed 7" }]],
          },
          {
            type: "code",
            language: "python",
            code: "model.generate(**inputs, do_sample=True, top_p=0.9)\n# one line that is long enough to scroll on a telephone held upright",
          },
          {
            type: "table",
            columns: [{ name: "Token" }, { name: "p", align: "right" }, { name: "Kept" }],
            rows: [
              [" house", "0.412", "yes"],
              [" garden", "0.207", "yes"],
              [" مرحبا", "0.001", "no"],
            ],
          },
          {
            type: "bars",
            unit: "probability",
            bars: [
              { label: " house", value: 0.412, marked: true, note: "chosen" },
              { label: " garden", value: 0.207 },
              { label: " street", value: 0.0893 },
              { label: " antidisestablishmentarianism", value: 0.000012, note: "cut by top-p" },
            ],
          },
          {
            type: "bars",
            unit: "count",
            bars: [
              { label: "Greedy", value: 4 },
              { label: "Beam", value: 11, marked: true },
            ],
          },
          { type: "progress", label: "Answers", done: 17, total: 24 },
          { type: "picture", png: onePixelPng(), fileName: "dot.png", alt: "A green dot" },
          {
            type: "file",
            fileName: "results.csv",
            mediaType: "text/csv",
            bytes: new TextEncoder().encode("a,b\n1,2\n"),
            alt: "All results",
          },
          { type: "divider" },
          { type: "text", text: "After the line." },
        ],
        actions: [
          {
            buttons: [
              { label: "Greedy", action: "trial.vote", record: "p1", value: "greedy", style: "primary" },
              { label: "Beam", action: "trial.vote", record: "p1", value: "beam" },
              { label: "Answer in words", action: "trial.form", record: "p1" },
              { label: "Close", action: "trial.close", record: "p1", style: "danger" },
              {
                label: "Reveal",
                action: "trial.vote",
                record: "p1",
                value: "reveal",
                style: "success",
                disabled: true,
              },
            ],
          },
          {
            select: {
              action: "trial.vote",
              record: "p1",
              placeholder: "Choose a method",
              choices: [
                { label: "Greedy search", value: "g", description: "always the likeliest" },
                { label: "Beam search", value: "b" },
              ],
            },
          },
          {
            select: {
              action: "trial.vote",
              record: "p1",
              placeholder: "Choose two",
              min: 2,
              max: 2,
              choices: [
                { label: "BERT", value: "bert" },
                { label: "GPT-2", value: "gpt2" },
                { label: "T5", value: "t5" },
              ],
            },
          },
        ],
        footer: [
          "seed 7 · 96 tokens/s\nAgain: ",
          { code: '/write prompt:"The nice woman" top-p:0.9 seed:7' },
        ],
      },
      data: { shown: true },
    };
  },
});

/** Answers to the buttons of `show`; `taken` is everything that arrived. */
export function createTrialActions() {
  const taken: {
    action: string;
    person: string;
    value?: string;
    values?: readonly string[];
    fields?: Readonly<Record<string, string>>;
  }[] = [];
  const note = (action: string, { person, value, values, fields }: Parameters<Action["run"]>[0]) => {
    taken.push({
      action,
      person: person.displayName,
      ...(value === undefined ? {} : { value }),
      ...(values === undefined ? {} : { values }),
      ...(fields === undefined ? {} : { fields }),
    });
  };
  const actions: readonly Action[] = [
    {
      name: "trial.vote",
      async *run(invocation) {
        note("vote", invocation);
        const vote = invocation.value ?? invocation.values?.join(" and ");
        yield { kind: "private", card: textCard(["Your vote: ", { bold: vote ?? "none" }]) };
      },
    },
    {
      name: "trial.form",
      opensModal: true,
      async *run() {
        yield {
          kind: "modal",
          modal: {
            title: "Your answer",
            action: "trial.answer",
            record: "p1",
            submitLabel: "Hand in",
            fields: [
              { id: "method", label: "Method", kind: "line", required: true, maxLength: 40 },
              {
                id: "why",
                label: "Why?",
                kind: "paragraph",
                maxLength: 300,
                placeholder: "One or two sentences",
              },
            ],
          },
        };
      },
    },
    {
      name: "trial.answer",
      async *run(invocation) {
        note("answer", invocation);
        yield { kind: "private", card: textCard(`Taken: ${invocation.fields?.method}`) };
      },
    },
    {
      name: "trial.close",
      role: "teacher",
      async *run(invocation) {
        note("close", invocation);
        yield { kind: "update", card: textCard("The vote is closed.", { tone: "success" }) };
      },
    },
  ];
  return { actions, taken };
}

/** Only the one who asks sees the answer. */
export const whisper: AnyCommand = defineCommand({
  name: "whisper",
  description: "Answers where nobody else sees it",
  options: { text: { type: "string", main: true, description: "What to say" } },
  examples: ["/whisper hello"],
  ack: "instant",
  visibility: "private",
  async *run({ options }) {
    yield { kind: "message", card: textCard(`For your eyes: ${options.text ?? "nothing"}`) };
  },
});

/** Fails the way commands do, and the way they should not. */
export const fail: AnyCommand = defineCommand({
  name: "fail",
  description: "Fails",
  options: {
    how: {
      type: "string",
      main: true,
      required: true,
      description: "user or fault",
      choices: [
        { name: "user", value: "user" },
        { name: "fault", value: "fault" },
        { name: "midway", value: "midway" },
      ],
    },
  },
  examples: ["/fail user"],
  ack: "deferred",
  visibility: "channel",
  async *run({ options }) {
    if (options.how === "midway") yield { kind: "message", card: textCard("As far as it came") };
    if (options.how === "user") throw new UserError("trial", "You can mend this.");
    throw new Error("a bug");
  },
});

/** For teachers, with a person as an option. */
export const pair: AnyCommand = defineCommand({
  name: "pair with",
  description: "Names a partner",
  options: { partner: { type: "user", required: true, description: "Who it is" } },
  examples: ["/pair with partner:@Anna"],
  role: "teacher",
  ack: "instant",
  visibility: "channel",
  async *run({ options }) {
    yield { kind: "message", card: textCard(["Partner: ", { person: options.partner.displayName }]) };
  },
});

/** Opens a form at once. */
export const ask: AnyCommand = defineCommand({
  name: "ask",
  description: "Opens a form",
  options: {},
  examples: ["/ask"],
  ack: "modal",
  visibility: "private",
  async *run() {
    yield {
      kind: "modal",
      modal: {
        title: "A question",
        action: "trial.answer",
        record: "q1",
        fields: [{ id: "method", label: "Method", kind: "line" }],
      },
    };
  },
});
