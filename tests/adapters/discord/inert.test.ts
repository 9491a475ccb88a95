import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { escapeCode, escapeMarkdown, inert } from "../../../src/adapters/discord/inert.ts";
import { readMarkdown, withoutZeroWidth } from "./read-message.ts";

/** Text in which markup is likely. */
const markupSoup = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ..."*_~|`<>[]()#-+.:/\\@! \n",
        "**",
        "__",
        "~~",
        "||",
        "```",
        "https://",
        "@everyone",
        "@here",
        "<@1>",
        "<#2>",
        "<:e:3>",
        "<t:4>",
        "](https://a.b)",
        "\n# ",
        "\n> ",
        "\n- ",
        "\n1. ",
        "\n-# ",
        "discord.gg/x",
      ),
      fc.stringMatching(/^[a-z]{1,6}$/),
    ),
    { maxLength: 30 },
  )
  .map((parts) => parts.join(""));

const isolates = /[\u2068\u2069]/g;

describe("escaped text", () => {
  test("shows the words as they were, formats nothing, links nothing, mentions nobody", () => {
    fc.assert(
      fc.property(markupSoup, (words) => {
        const shown = readMarkdown(escapeMarkdown(words));
        expect(shown).toMatchObject({ links: [], formatted: [], mentions: [] });
        expect(shown.text.replace(isolates, "")).toBe(withoutZeroWidth(words));
      }),
      { numRuns: 2_000 },
    );
  });

  test("means nothing on a quoted line either", () => {
    fc.assert(
      fc.property(markupSoup, (words) => {
        const quoted = words
          .split("\n")
          .map((line) => `> ${escapeMarkdown(line)}`)
          .join("\n");
        expect(readMarkdown(quoted)).toMatchObject({ links: [], formatted: [], mentions: [] });
      }),
      { numRuns: 1_000 },
    );
  });

  test.each([
    ["an invitation without a scheme", "discord.gg/abc", "discord.gg\\/abc"],
    ["an address", "see https://a.b/c", "see https\\:\\/\\/a.b/c"],
    ["a numbered line", "1. one", "1\\. one"],
    ["a number with a point inside a line", "it is 1. one", "it is 1. one"],
    ["a word with underscores", "top_p", "top\\_p"],
  ])("%s", (_, words, markdown) => {
    expect(escapeMarkdown(words)).toBe(markdown);
  });
});

describe("invisible characters", () => {
  test("direction controls are shown by name", () => {
    expect(inert("abc\u202egnp.exe")).toBe("abc⟨U+202E⟩gnp.exe");
  });

  test("right-to-left words are isolated line by line, and kept", () => {
    expect(inert("one\nשלום 1\ntwo")).toBe("one\n\u2068שלום 1\u2069\ntwo");
  });

  test("the joiners that emoji and scripts need are kept", () => {
    expect(inert("👩‍💻 می‌خواهم")).toContain("👩‍💻");
    expect(inert("می‌خواهم")).toContain("می‌خواهم");
  });

  test("other control characters are left out", () => {
    expect(inert("a\u0000b\u001bc\td\ne")).toBe("abc\td\ne");
  });
});

describe("code", () => {
  test("never ends its block early", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("`", "``", "```", "a", "\n"), { maxLength: 20 }), (parts) => {
        expect(escapeCode(parts.join(""))).not.toContain("```");
      }),
    );
  });
});
