import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isCommand, quoteValue, readCommand } from "../../../src/bot/commands/command-text.ts";
import { formatCommand } from "../../../src/bot/commands/format-command.ts";

const generate = {
  name: "generate",
  options: [
    { name: "prompt", type: "string", main: true },
    { name: "strategy", type: "string", main: false, choices: ["greedy", "beam"] },
    { name: "top-p", type: "number", main: false },
    { name: "stop", type: "string", main: false },
  ],
};
const schedule = { name: "review schedule", options: [{ name: "every", type: "string", main: false }] };
const review = { name: "review", options: [{ name: "topic", type: "string", main: true }] };
const commands = [generate, review, schedule];

const values = (text: string) =>
  Object.fromEntries(readCommand(text, commands).values.map(({ option, value }) => [option, value]));

describe("readCommand", () => {
  test.each([
    ["/generate The nice woman", { bare: "The nice woman", values: {} }],
    ["/generate The nice woman strategy:beam", { bare: "The nice woman", values: { strategy: "beam" } }],
    ["/generate strategy:beam The nice woman", { bare: "The nice woman", values: { strategy: "beam" } }],
    ['/generate "The nice woman" strategy:beam', { bare: "The nice woman", values: { strategy: "beam" } }],
    [
      '/generate prompt:"a strategy:beam b" top-p:0.9',
      { bare: "", values: { prompt: "a strategy:beam b", "top-p": "0.9" } },
    ],
    [
      "/generate prompt:The nice woman top-p:.9",
      { bare: "", values: { prompt: "The nice woman", "top-p": ".9" } },
    ],
    [
      "/generate prompt:“The nice woman” top-p:0.9",
      { bare: "", values: { prompt: "The nice woman", "top-p": "0.9" } },
    ],
    ["/generate\u00a0prompt:„Die Frau“", { bare: "", values: { prompt: "Die Frau" } }],
    ['/generate prompt:"say \\"no\\" and \\\\"', { bare: "", values: { prompt: 'say "no" and \\' } }],
    ["/generate Note: the time is 10:30", { bare: "Note: the time is 10:30", values: {} }],
    ["/generate STRATEGY:beam x", { bare: "x", values: { strategy: "beam" } }],
    ["/generate a\n\nb  c", { bare: "a\n\nb  c", values: {} }],
    ['/generate He said "stop:no" loudly', { bare: 'He said "stop:no" loudly', values: {} }],
  ])("%j", (text, expected) => {
    const { bare, name } = readCommand(text, commands);
    expect({ bare, values: values(text) }).toEqual(expected);
    expect(name).toBe("generate");
  });

  test("prefers the longest command name, and needs a blank after it", () => {
    expect(readCommand("/review schedule every:day", commands).name).toBe("review schedule");
    expect(readCommand("/review scheduled talks", commands)).toMatchObject({
      name: "review",
      bare: "scheduled talks",
    });
    expect(readCommand("/generated", commands)).toMatchObject({ name: "generated", bare: "" });
    expect(readCommand("/generated", commands).command).toBeUndefined();
  });

  test("reports words that look like options and are none, and leaves times and addresses alone", () => {
    expect(readCommand("/generate The stratgy:beam http://x.y Q: why", commands).strangers).toEqual([
      "stratgy",
    ]);
    expect(readCommand('/generate "The stratgy:beam"', commands).strangers).toEqual([]);
  });

  test("keeps both values of an option that is given twice", () => {
    expect(readCommand("/generate top-p:1 top-p:0.5", commands).values.map(({ value }) => value)).toEqual([
      "1",
      "0.5",
    ]);
  });

  test("tells where a value stands, and that its quote is still open", () => {
    const text = '/generate prompt:"The ni';
    expect(readCommand(text, commands).values).toEqual([
      { option: "prompt", value: "The ni", start: 10, end: text.length, valueStart: 18, open: true },
    ]);
  });

  test("reads back whatever formatCommand writes", () => {
    fc.assert(
      fc.property(
        fc.record({
          prompt: fc.string({ unit: "grapheme", minLength: 1 }),
          stop: fc.string({ unit: "binary" }),
        }),
        (options) => {
          expect(values(formatCommand("generate", options))).toEqual(options);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test("takes any text: positions stay inside it, and everything typed is a value, bare or blank", () => {
    const piece = fc.oneof(
      fc.constantFrom(" ", '"', "“", "”", "„", "\\", ":", "\n", "prompt:", "top-p:", "stop:", "x:", "/", "-"),
      fc.string({ unit: "binary", maxLength: 4 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 25 }), (pieces) => {
        const text = `/generate ${pieces.join("")}`;
        const read = readCommand(text, commands);
        let last = 0;
        for (const { start, end, valueStart } of read.values) {
          expect(start).toBeGreaterThanOrEqual(last);
          expect(valueStart).toBeGreaterThan(start);
          expect(end).toBeGreaterThanOrEqual(start + 1);
          expect(end).toBeLessThanOrEqual(text.length);
          last = end;
        }
      }),
      { numRuns: 1000 },
    );
  });
});

test("quoteValue quotes what would else be cut or read as another option", () => {
  expect(quoteValue("greedy")).toBe("greedy");
  expect(quoteValue("The nice")).toBe('"The nice"');
  expect(quoteValue("a:b")).toBe('"a:b"');
  expect(quoteValue('say "x"')).toBe('"say \\"x\\""');
  expect(quoteValue("")).toBe('""');
});

test("two slashes begin ordinary words", () => {
  expect(isCommand("/generate")).toBe(true);
  expect(isCommand("//generate")).toBe(false);
  expect(isCommand("and /or")).toBe(false);
});
