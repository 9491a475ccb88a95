import { describe, expect, test } from "vitest";
import { findCommand, readArguments } from "../../../src/adapters/cli/command-arguments.ts";
import { type AnyCommand, defineCommand } from "../../../src/bot/commands/spec.ts";

const command: AnyCommand = defineCommand({
  name: "write",
  description: "Writes",
  options: {
    prompt: { type: "string", main: true, required: true, description: "What to write on from" },
    numBeams: { type: "integer", min: 2, description: "How many beams" },
    lengthPenalty: { type: "number", min: -10, description: "What length costs" },
    stop: { type: "string", description: "Where to stop" },
    trace: { type: "boolean", description: "Whether to show steps" },
  },
  examples: [],
  ack: "instant",
  visibility: "channel",
  async *run() {},
});
const without: AnyCommand = { ...command, name: "models", options: {} };
const sub: AnyCommand = { ...command, name: "write letter" };
const read = (...words: string[]) => readArguments(command, words).options;
const code = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    const { code: found, message } = error as { code: string; message: string };
    return `${found}: ${message}`;
  }
  return "nothing";
};

test("without a main option, as many texts as are still needed are taken in order, and no other number", () => {
  const text = { type: "string", required: true, description: "One" } as const;
  const pair: AnyCommand = { ...command, name: "similarity", options: { a: text, b: text } };
  expect(readArguments(pair, ["A cat", "A dog"]).options).toEqual({ a: "A cat", b: "A dog" });
  expect(readArguments(pair, ["A dog", "--a", "A cat"]).options).toEqual({ a: "A cat", b: "A dog" });
  expect(code(() => readArguments(pair, ["A cat"]))).toMatch(/^text-unexpected: .*It takes --a, --b/);
  expect(code(() => readArguments(pair, ["A", "B", "C"]))).toMatch(/^text-unexpected/);
});

describe("readArguments", () => {
  test.each([
    [["The nice woman"], { prompt: "The nice woman" }],
    [["The", "nice", "woman"], { prompt: "The nice woman" }],
    [["x", "--num-beams", "4"], { prompt: "x", "num-beams": "4" }],
    [["--num-beams=4", "x"], { prompt: "x", "num-beams": "4" }],
    [["--prompt", "a=b --c", "--trace"], { prompt: "a=b --c", trace: true }],
    [["x", "--no-trace"], { prompt: "x", trace: false }],
    [["x", "--trace=false"], { prompt: "x", trace: "false" }],
    [["--trace", "false", "x"], { prompt: "x", trace: "false" }],
    [["--trace", "falsehoods"], { prompt: "falsehoods", trace: true }],
    [["--trace", "--", "true"], { prompt: "true", trace: true }],
    [["x", "--length-penalty", "-1.5"], { prompt: "x", "length-penalty": "-1.5" }],
    [["x", "--stop", "-"], { prompt: "x", stop: "-" }],
    [["x", "--stop="], { prompt: "x", stop: "" }],
    [["--", "--trace", "-x"], { prompt: "--trace -x" }],
    [["-5", "degrees"], { prompt: "-5 degrees" }],
  ])("%j", (words, options) => {
    expect(read(...words)).toEqual(options);
  });

  test("keeps what every command understands apart from the command's own options", () => {
    expect(readArguments(command, ["x", "--json", "--save", "out", "-h"])).toEqual({
      options: { prompt: "x" },
      json: true,
      help: true,
      save: "out",
    });
  });

  test.each([
    [["--num-beam", "4"], /^option-unknown: .*Did you mean --num-beams\?/],
    [["x", "-t"], /^option-unknown: There is no option --t\./],
    [["x", "--num-beams"], /^option-missing: --num-beams needs a value after it: How many beams/],
    [["x", "--num-beams", "--trace"], /^option-missing/],
    [["x", "--num-beams", "2", "--num-beams=3"], /^option-twice/],
    [["x", "--prompt", "y"], /^option-twice: --prompt/],
    [["x", "--json=yes"], /^option-invalid: --json takes no value/],
  ])("refuses %j", (words, told) => {
    expect(code(() => read(...words))).toMatch(told);
  });

  test("refuses words where there is no main option, and says what there is", () => {
    expect(code(() => readArguments(without, ["x"]))).toMatch(/^text-unexpected: .*takes no options/);
  });
});

test("findCommand takes the longest name", () => {
  const commands = new Map([command, sub, without].map((one) => [one.name, one]));
  expect(findCommand(["write", "letter", "x"], commands)).toEqual({ command: sub, rest: ["x"] });
  expect(findCommand(["write", "letters"], commands)).toEqual({ command, rest: ["letters"] });
  expect(findCommand(["wrote"], commands)).toBeUndefined();
});
