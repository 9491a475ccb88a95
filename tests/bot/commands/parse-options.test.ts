import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { allCommands } from "../../../src/bot/commands/all-commands.ts";
import { describeRange, parseOptions } from "../../../src/bot/commands/parse-options.ts";
import {
  type NumberOption,
  type OptionSpec,
  type OptionSpecs,
  optionName,
} from "../../../src/bot/commands/spec.ts";
import { UserError } from "../../../src/bot/errors.ts";

const number = (rest: Partial<NumberOption> = {}): OptionSpecs => ({
  topP: { type: "number", description: "d", ...rest },
});
const refusal = (specs: OptionSpecs, raw: Record<string, unknown>): string => {
  try {
    parseOptions(specs, raw);
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return (error as UserError).message;
  }
  throw new Error(`${JSON.stringify(raw)} was accepted`);
};

describe("options of a command", () => {
  test("are given in kebab-case and arrive in camelCase", () => {
    const specs: OptionSpecs = { maxNewTokens: { type: "integer", description: "d" } };
    expect(parseOptions(specs, { "max-new-tokens": "12" })).toEqual({ maxNewTokens: 12 });
    expect(refusal(specs, { maxNewTokens: 12 })).toBe(
      'There is no option "maxNewTokens". Did you mean max-new-tokens? Options: max-new-tokens.',
    );
  });

  test("that are left out get their default, and only then", () => {
    const specs = number({ default: 0.9 });
    for (const raw of [{}, { "top-p": undefined }, { "top-p": null }, { "top-p": "" }]) {
      expect(parseOptions(specs, raw)).toEqual({ topP: 0.9 });
    }
    expect(parseOptions(specs, { "top-p": 0 })).toEqual({ topP: 0 });
    expect(parseOptions(number(), {})).toEqual({ topP: undefined });
  });

  test("that are needed and missing are named with what they are for", () => {
    const specs: OptionSpecs = {
      prompt: { type: "string", required: true, description: "The text to write on" },
    };
    expect(refusal(specs, {})).toBe("prompt is missing: The text to write on");
    expect(refusal(specs, { prompt: "  " })).toBe('prompt is "  "; it must be some text.');
  });

  test.each<[unknown, string]>([
    ["1.4", 'top-p is "1.4"; it must be a number above 0 and at most 1.'],
    [0, 'top-p is "0"; it must be a number above 0 and at most 1.'],
    ["much", 'top-p is "much"; it must be a number above 0 and at most 1.'],
    ["0,9", 'top-p is "0,9"; it must be a number above 0 and at most 1. Write 0.9.'],
    ["0x1", 'top-p is "0x1"; it must be a number above 0 and at most 1.'],
    ["Infinity", 'top-p is "Infinity"; it must be a number above 0 and at most 1.'],
    [Number.NaN, 'top-p is "NaN"; it must be a number above 0 and at most 1.'],
    [true, 'top-p is "true"; it must be a number above 0 and at most 1.'],
    [{ a: 1 }, 'top-p is "{ a: 1 }"; it must be a number above 0 and at most 1.'],
    ["9".repeat(99), `top-p is "${"9".repeat(60)}…"; it must be a number above 0 and at most 1.`],
  ])("refuse %j for a number above 0 and at most 1", (given, message) => {
    expect(refusal(number({ min: 0, aboveMin: true, max: 1 }), { "top-p": given })).toBe(message);
  });

  test.each([
    ["1", 1],
    [" .9 ", 0.9],
    ["9e-1", 0.9],
    ["+0.5", 0.5],
    [0.001, 0.001],
  ])("take %j for a number above 0 and at most 1", (given, value) => {
    expect(parseOptions(number({ min: 0, aboveMin: true, max: 1 }), { "top-p": given })).toEqual({
      topP: value,
    });
  });

  test.each(["2.5", "1e3", "9007199254740993"])("%j is a whole number from 1 to 8: no", (given) => {
    const specs: OptionSpecs = { n: { type: "integer", min: 1, max: 8, description: "d" } };
    expect(refusal(specs, { n: given })).toContain("it must be a whole number from 1 to 8.");
  });

  test("take booleans as people write them", () => {
    const specs: OptionSpecs = { trace: { type: "boolean", description: "d" } };
    for (const yes of [true, "true", "Yes", "on", "1", 1])
      expect(parseOptions(specs, { trace: yes }).trace).toBe(true);
    for (const no of [false, "false", "NO", "off ", "0", 0])
      expect(parseOptions(specs, { trace: no }).trace).toBe(false);
    expect(refusal(specs, { trace: "maybe" })).toBe('trace is "maybe"; it must be true or false.');
  });

  test("take a choice by its value or its label, whatever the case, the value first", () => {
    const specs: OptionSpecs = {
      strategy: {
        type: "string",
        description: "d",
        choices: [
          { name: "sample", value: "top-p" },
          { name: "Beam search", value: "beam" },
          { name: "the other", value: "sample" },
        ],
      },
    };
    const read = (given: string) => parseOptions(specs, { strategy: given }).strategy;
    expect(["BEAM", "beam search", "sample", "top-p"].map(read)).toEqual(["beam", "beam", "sample", "top-p"]);
    expect(parseOptions(specs, { strategy: "" })).toEqual({ strategy: undefined });
    expect(refusal(specs, { strategy: "baem" })).toBe(
      'strategy is "baem"; it must be one of top-p, beam, sample. Did you mean beam?',
    );
  });

  test("keep text as it is, blanks and line breaks too, up to its length", () => {
    const specs: OptionSpecs = { prompt: { type: "string", maxLength: 8, description: "d" } };
    expect(parseOptions(specs, { prompt: " a\nb " })).toEqual({ prompt: " a\nb " });
    expect(parseOptions(specs, { prompt: "" })).toEqual({ prompt: "" });
    expect(parseOptions(specs, { prompt: 12 })).toEqual({ prompt: "12" });
    expect(refusal(specs, { prompt: "x".repeat(9) })).toBe(
      "prompt has 9 characters; at most 8 are allowed. Shorten it.",
    );
    expect(refusal(specs, { prompt: ["a"] })).toContain("it must be text");
  });

  test("a person and a channel come from the platform's picker, not from text", () => {
    const specs: OptionSpecs = {
      who: { type: "user", description: "d" },
      where: { type: "channel", description: "d" },
    };
    const who = { platform: "discord", id: "1", displayName: "anna" };
    expect(parseOptions(specs, { who })).toEqual({ who, where: undefined });
    expect(refusal(specs, { who: "@anna" })).toContain("a person, chosen with @");
    expect(refusal(specs, { where: "#general" })).toContain("a channel, chosen with #");
  });
});

describe("any spec and any input", () => {
  const words = fc.constantFrom("alpha", "topP", "maxNewTokens", "q");
  const option: fc.Arbitrary<OptionSpec> = fc.oneof(
    fc.record(
      {
        type: fc.constant("string" as const),
        description: fc.constant("d"),
        required: fc.boolean(),
        maxLength: fc.nat(20),
      },
      { requiredKeys: ["type", "description"] },
    ),
    fc.record({
      type: fc.constant("string" as const),
      description: fc.constant("d"),
      choices: fc.constant([
        { name: "Ay", value: "a" },
        { name: "Bee", value: "b" },
      ]),
    }),
    fc.record(
      {
        type: fc.constantFrom("integer" as const, "number" as const),
        description: fc.constant("d"),
        required: fc.boolean(),
        min: fc.integer({ min: -5, max: 5 }),
        max: fc.integer({ min: 5, max: 9 }),
        aboveMin: fc.boolean(),
      },
      { requiredKeys: ["type", "description"] },
    ),
    fc.record({
      type: fc.constantFrom("boolean" as const, "user" as const, "channel" as const),
      description: fc.constant("d"),
    }),
  );
  const specs = fc.dictionary(words, option, { noNullPrototype: true });
  const raw = fc.dictionary(
    fc.oneof(words.map(optionName), fc.string(), fc.constantFrom("__proto__", "constructor", "toString")),
    fc.oneof(
      fc.anything(),
      fc.string(),
      fc.double().map(String),
      fc.constantFrom("true", "a", "Bee", "1e400", "-0", " 5 "),
    ),
  );

  test("give values that fit the spec, or a UserError that names an option; never anything else", () => {
    fc.assert(
      fc.property(specs, raw, (given, input) => {
        let values: Record<string, unknown>;
        try {
          values = parseOptions(given, input);
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
          const { code, message, fields } = error as UserError;
          expect(code).toMatch(/^option-(unknown|missing|invalid)$/);
          expect(message).toContain(String(fields.option).slice(0, 60).toWellFormed());
          expect(message.length).toBeLessThan(400);
          return;
        }
        expect(Object.keys(values).toSorted()).toEqual(Object.keys(given).toSorted());
        for (const [key, spec] of Object.entries(given)) {
          const value = values[key];
          if (value === undefined) {
            expect(spec.required ?? false).toBe(false);
          } else if (spec.type === "integer" || spec.type === "number") {
            expect(value).toBeTypeOf("number");
            expect(Number.isFinite(value)).toBe(true);
            if (spec.type === "integer") expect(Number.isSafeInteger(value)).toBe(true);
            expect(value as number).toBeGreaterThanOrEqual(spec.min ?? -Infinity);
            expect(value as number).toBeLessThanOrEqual(spec.max ?? Infinity);
            if (spec.aboveMin) expect(value).not.toBe(spec.min);
          } else if (spec.type === "string") {
            expect(value).toBeTypeOf("string");
            if (spec.choices) expect(["a", "b"]).toContain(value);
            else expect((value as string).length).toBeLessThanOrEqual(spec.maxLength ?? Infinity);
          } else if (spec.type === "boolean") {
            expect(value).toBeTypeOf("boolean");
          } else {
            expect(value).toMatchObject({ platform: expect.anything(), id: expect.anything() });
          }
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test("reads a written number to the same value", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(parseOptions(number(), { "top-p": String(value) }).topP).toBe(
          value === 0 ? Number(String(value)) : value,
        );
      }),
    );
  });
});

describe("the range in words", () => {
  test.each<[Partial<NumberOption>, string]>([
    [{}, "a number"],
    [{ type: "integer", min: 1, max: 8 }, "a whole number from 1 to 8"],
    [{ min: 0, aboveMin: true, max: 1 }, "a number above 0 and at most 1"],
    [{ min: 0, aboveMin: true }, "a number above 0"],
    [{ min: 0 }, "a number of at least 0"],
    [{ max: 5 }, "a number of at most 5"],
    [
      {
        choices: [
          { name: "x", value: 1 },
          { name: "y", value: 4 },
        ],
      },
      "one of 1, 4",
    ],
  ])("of %j is %j", (rest, inWords) => {
    expect(describeRange({ type: "number", description: "d", ...rest })).toBe(inWords);
  });
});

describe("every real command's spec", () => {
  // Limits of Discord (documentation: Application Commands) and of Slack, which has shorter labels.
  test.each(allCommands.map((command) => [command.name, command] as const))(
    "/%s fits the platforms",
    (_, command) => {
      expect(command.name).toMatch(/^[a-z][a-z0-9-]{0,31}( [a-z][a-z0-9-]{0,31})?$/);
      expect(command.description.length).toBeLessThanOrEqual(100);
      expect(command.examples.length).toBeGreaterThan(0);
      const entries = Object.entries<OptionSpec>(command.options);
      expect(entries.filter(([, option]) => !option.advanced).length).toBeLessThanOrEqual(25);
      expect(
        entries.filter(([, option]) => option.type === "string" && option.main).length,
      ).toBeLessThanOrEqual(1);
      const required = entries.map(([, option]) => option.required ?? false);
      expect(required).toEqual(required.toSorted((a, b) => Number(b) - Number(a)));
      for (const [key, option] of entries) {
        expect(optionName(key)).toMatch(/^[a-z][a-z0-9-]{0,31}$/);
        expect(option.description.length, key).toBeLessThanOrEqual(100);
        if ("choices" in option && option.choices) {
          expect(option.choices.length, key).toBeLessThanOrEqual(25);
          for (const { name } of option.choices)
            expect(name.length, `${key}: ${name}`).toBeLessThanOrEqual(100);
        }
        if ("default" in option && option.default !== undefined) {
          const specs = { [key]: option };
          expect(parseOptions(specs, { [optionName(key)]: option.default })).toEqual({
            [key]: option.default,
          });
        }
      }
    },
  );

  test("no name is a command and the first word of another's: Discord has no such thing", () => {
    const names = allCommands.map(({ name }) => name);
    const groups = names.filter((name) => name.includes(" ")).map((name) => name.split(" ")[0]);
    expect(names.filter((name) => groups.includes(name))).toEqual([]);
  });
});
