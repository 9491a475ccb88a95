import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readCommandText } from "../../../src/adapters/slack/command-text.ts";
import { readTypedText } from "../../../src/adapters/slack/typed-text.ts";
import { formatCommand } from "../../../src/bot/commands/format-command.ts";
import { type AnyCommand, defineCommand } from "../../../src/bot/commands/spec.ts";
import { UserError } from "../../../src/bot/errors.ts";

const options = {
  prompt: { type: "string", main: true, description: "x" },
  strategy: { type: "string", choices: [{ name: "Beam", value: "beam" }], description: "x" },
  numBeams: { type: "integer", description: "x" },
  to: { type: "user", description: "x" },
  room: { type: "channel", description: "x" },
} as const;
const command = (name: string, over: object = {}): AnyCommand =>
  defineCommand({
    name,
    description: "x",
    options,
    examples: [],
    ack: "instant",
    visibility: "private",
    async *run() {},
    ...over,
  });
const generate = command("generate");
const read = (text: string) => readCommandText("/generate", [generate], text).options;
const code = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    if (error instanceof UserError) return error.code;
    throw error;
  }
  return "accepted";
};

describe("what Slack sends of a typed text", () => {
  test.each([
    ["entities", "a &lt; b &amp;&amp; c &gt; d", "a < b && c > d"],
    ["an entity somebody typed", "&amp;lt;", "&lt;"],
    ["an address", "<https://example.org/?a=1&amp;b=2>", "https://example.org/?a=1&b=2"],
    ["an address that was typed shorter", "<http://example.org|example.org>", "example.org"],
    ["a mail address", "<mailto:a@b.org|a@b.org>", "a@b.org"],
    ["a person", "<@U12|ada>", "@ada"],
    ["a person without a name", "<@U12>", "@U12"],
    ["a channel", "<#C1|general>", "#general"],
    ["a user group", "<!subteam^S1|@teachers>", "@teachers"],
    ["a broadcast", "<!channel> <!here|here>", "@channel @here"],
    ["no-break and other odd spaces", "a\u00a0b\u202fc\u2003d", "a b c d"],
  ])("reads %s as it was typed", (_what, sent, text) => {
    expect(readTypedText(sent).text).toBe(text);
  });

  test("tells two people of one name apart", () => {
    const { text, mentions } = readTypedText("<@U1|ada> <@U2|ada> <@U1|ada>");
    expect(text).toBe("@ada @U2 @ada");
    expect([...mentions.values()].map(({ id }) => id)).toEqual(["U1", "U2"]);
  });

  test("gives back any text that Slack escapes", () => {
    const escaped = (text: string) =>
      text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."<>&;|@#!a lt") }), (typed) => {
        expect(readTypedText(escaped(typed)).text).toBe(typed);
      }),
    );
  });
});

describe("a command's text", () => {
  test.each([
    ["bare text", "The nice woman", { prompt: "The nice woman" }],
    ["quotes", 'prompt:"The nice woman" strategy:beam', { prompt: "The nice woman", strategy: "beam" }],
    [
      "curly quotes",
      "prompt:\u201cThe nice woman\u201d strategy:beam",
      { prompt: "The nice woman", strategy: "beam" },
    ],
    [
      "German quotes",
      "prompt:\u201eDie nette Frau\u201c num-beams:4",
      { prompt: "Die nette Frau", "num-beams": "4" },
    ],
    [
      "bare text before options",
      "The nice woman strategy:beam num-beams:4",
      { prompt: "The nice woman", strategy: "beam", "num-beams": "4" },
    ],
    [
      "a main option without quotes",
      "prompt:The nice woman strategy:beam",
      { prompt: "The nice woman", strategy: "beam" },
    ],
    ["escaped quotes", 'prompt:"She said \\"no\\""', { prompt: 'She said "no"' }],
    ["a colon that is no option", "To be: or not", { prompt: "To be: or not" }],
    [
      "a no-break space after an option",
      "prompt:\u201ca\u201d\u00a0strategy:beam",
      { prompt: "a", strategy: "beam" },
    ],
    ["line breaks", 'prompt:"a\nb"', { prompt: "a\nb" }],
    ["nothing", "", {}],
  ])("is read with %s", (_what, text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  test("knows when nothing was typed", () => {
    expect(readCommandText("/generate", [generate], " \u00a0 ").empty).toBe(true);
    expect(readCommandText("/generate", [generate], "x").empty).toBe(false);
  });

  test("takes people and channels where they belong, and their words elsewhere", () => {
    expect(read("<@U1|ada> writes to:<@U2|ben> room:<#C1|general>")).toEqual({
      prompt: "@ada writes",
      to: { kind: "user", id: "U2", name: "ben" },
      room: { kind: "channel", id: "C1", name: "general" },
    });
  });

  test.each([
    ["a name that nobody chose", "to:ben", "option-invalid"],
    ["a channel for a person", "to:<#C1|general>", "option-invalid"],
    ["an option given twice", "strategy:beam strategy:beam", "option-twice"],
    ["an option beside bare text of the same", "hello prompt:again", "option-twice"],
    ["a mistyped option", "hello stratgy:beam", "option-unknown"],
  ])("refuses %s", (_what, text, expected) => {
    expect(code(() => read(text))).toBe(expected);
  });

  test("refuses bare text where a command has no main option", () => {
    const plain = command("models", { options: { family: { type: "string", description: "x" } } });
    expect(code(() => readCommandText("/models", [plain], "big ones"))).toBe("text-unexpected");
  });

  test("chooses the subcommand by its first word", () => {
    const both = [command("review schedule"), command("review now")];
    const chosen = readCommandText("/review", both, "now strategy:beam");
    expect([chosen.command.name, chosen.options]).toEqual(["review now", { strategy: "beam" }]);
    expect(() => readCommandText("/review", both, "nwo")).toThrow(
      "/review needs one of these after it: schedule, now. Did you mean /review now?",
    );
  });

  test("gives back the options of every command that Cloze prints", () => {
    const text = fc.string({ unit: fc.constantFrom(...'ab :"\\|\n“”strategy'), minLength: 1 });
    fc.assert(
      fc.property(text, fc.nat(99), (prompt, beams) => {
        // Slack trims what was typed; a text of spaces alone is as good as none.
        fc.pre(prompt.trim() !== "");
        const printed = formatCommand("generate", { prompt, "num-beams": beams });
        expect(read(printed.slice("/generate ".length))).toEqual({ prompt, "num-beams": String(beams) });
      }),
    );
  });
});
