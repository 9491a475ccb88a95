import { describe, expect, test } from "vitest";
import { readMore, suggestMore } from "../../../src/adapters/discord/more-option.ts";
import { type AnyCommand, defineCommand, type OptionSpecs } from "../../../src/bot/commands/spec.ts";

const plain = Object.fromEntries(
  Array.from({ length: 24 }, (_, i) => [`o${i}`, { type: "string", description: "d" }]),
) as OptionSpecs;

const write: AnyCommand = defineCommand({
  name: "write",
  description: "writes",
  options: {
    ...plain,
    typicalP: { type: "number", advanced: true, description: "Typical mass" },
    stop: { type: "string", advanced: true, description: "Stop after this text" },
    doSample: { type: "boolean", advanced: true, description: "Draw by chance" },
    mode: {
      type: "string",
      advanced: true,
      description: "How",
      choices: [
        { name: "chat", value: "chat" },
        { name: "plain", value: "plain" },
      ],
    },
  },
  examples: [],
  ack: "instant",
  visibility: "channel",
  async *run() {},
});

describe("reading more", () => {
  test("takes name:value and quoted values", () => {
    expect(readMore(write, 'typical-p:0.9 stop:"The end" do-sample:true')).toEqual({
      kind: "options",
      options: { "typical-p": "0.9", stop: "The end", "do-sample": "true" },
    });
  });

  test("takes the curly quotes that phones put in", () => {
    expect(readMore(write, "stop:“The end”")).toMatchObject({ options: { stop: "The end" } });
  });

  test.each([
    [
      "an option with a field of its own",
      "o1:x",
      'There is no option "o1" for more; it takes typical-p, stop, do-sample, mode.',
    ],
    ["words without a name", "just words", '"just words" belongs to no name'],
    ["one name twice", "stop:a stop:b", "stop is given twice in more; give it once."],
  ])("says what is wrong with %s", (_, text, message) => {
    const read = readMore(write, text);
    expect(read.kind).toBe("problem");
    expect(read).toMatchObject({ message: expect.stringContaining(message) });
  });
});

describe("suggestions for more", () => {
  const values = (typed: string) => suggestMore(write, typed).map(({ value }) => value);

  test("are the names at first, with what they do", () => {
    expect(suggestMore(write, "")).toEqual([
      { name: "typical-p: Typical mass", value: "typical-p:" },
      { name: "stop: Stop after this text", value: "stop:" },
      { name: "do-sample: Draw by chance", value: "do-sample:" },
      { name: "mode: How", value: "mode:" },
    ]);
  });

  test("keep what is written and leave out names that are used", () => {
    expect(values("mode:chat s")).toEqual(["mode:chat stop:", "mode:chat do-sample:"]);
  });

  test("are the choices of the name that is being given", () => {
    expect(values("mode:")).toEqual(["mode:chat", "mode:plain"]);
    expect(values("mode:p")).toEqual(["mode:plain"]);
    expect(values("do-sample:t")).toEqual(["do-sample:true"]);
  });

  test("are what is typed where a value is free", () => {
    expect(values("typical-p:0.9")).toEqual(["typical-p:0.9"]);
  });

  test("that Discord could not take are left out", () => {
    expect(values(`stop:"${"x".repeat(100)}" m`)).toEqual([]);
  });
});
