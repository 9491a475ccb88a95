import type { types } from "@slack/bolt";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { escapeMarkdown, inert } from "../../../src/adapters/slack/inert.ts";
import { renderCard } from "../../../src/adapters/slack/pages.ts";
import { cutAt, divideRuns, runs } from "../../../src/adapters/slack/rich-text.ts";
import type { Block, Card, Text } from "../../../src/bot/cards/card.ts";
import { checkBlocks, textLength } from "../../fakes/slack/blocks/layout.ts";
import { effects, visibleText } from "../../fakes/slack/people/visible-text.ts";

const HOSTILE =
  "<!channel> <@U1> @everyone *bold* _it_ `code` ~x~ <https://evil.example|safe> https://evil.example :wave: &lt; \u202eabc";

const words = fc.oneof(fc.string(), fc.constantFrom(HOSTILE, "", "\u202e\u2066", "\ud800", "x".repeat(3100)));
const inline = fc.oneof(
  words,
  words.map((bold) => ({ bold })),
  words.map((code) => ({ code })),
  words.map((person) => ({ person })),
  words.map((label) => ({ link: "https://example.org", label })),
);
const text: fc.Arbitrary<Text> = fc.oneof(words, fc.array(inline, { maxLength: 4 }));
const block: fc.Arbitrary<Block> = fc.oneof(
  text.map((t): Block => ({ type: "text", text: t })),
  text.map((t): Block => ({ type: "quote", text: t })),
  fc.array(text, { maxLength: 5 }).map((items): Block => ({ type: "list", items })),
  words.map((code): Block => ({ type: "code", code })),
  fc.record({ name: words, value: text }).map((field): Block => ({ type: "fields", fields: [field] })),
  fc
    .array(fc.tuple(words, words), { maxLength: 120 })
    .map((rows): Block => ({ type: "table", columns: [{ name: "a" }, { name: "b", align: "right" }], rows })),
  fc
    .array(fc.record({ label: words, value: fc.nat(40) }), { maxLength: 6 })
    .map((bars): Block => ({ type: "bars", unit: "count", bars })),
  fc.constant<Block>({ type: "divider" }),
  fc.nat(12).map((done): Block => ({ type: "progress", label: "Done", done, total: 10 })),
);
const button = fc.record({ label: words, action: fc.constant("a.b"), record: fc.constant("r1") });
const card: fc.Arbitrary<Card> = fc.record(
  {
    title: words,
    tone: fc.constantFrom("plain" as const, "success" as const, "warning" as const, "error" as const),
    blocks: fc.array(block, { maxLength: 12 }),
    actions: fc.array(
      fc.array(button, { minLength: 1, maxLength: 5 }).map((buttons) => ({ buttons })),
      { maxLength: 5 },
    ),
    footer: text,
  },
  { requiredKeys: ["blocks"] },
);

describe("cards as Block Kit", () => {
  test("fit Slack's limits, whatever they hold", () => {
    fc.assert(
      fc.property(card, (one) => {
        for (const page of renderCard(one, new Map(), "Ada · /x").pages) {
          expect(checkBlocks(page.blocks, "/blocks", "message")).toEqual([]);
          expect(textLength(page.blocks)).toBeLessThan(11_000);
          expect(page.text.length).toBeLessThan(4000);
          expect(page.blocks.some(({ type }) => type === "rich_text")).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });

  test("notify nobody and link only where the card does, whatever they hold", () => {
    fc.assert(
      fc.property(card, (one) => {
        for (const { text: fallback, blocks } of renderCard(one).pages) {
          const seen = effects({ text: fallback, blocks: blocks as never });
          expect(seen.pings).toEqual([]);
          expect(seen.links.filter((link) => link !== "https://example.org")).toEqual([]);
        }
      }),
      { numRuns: 200 },
    );
  });

  test("lose no word of a long text over several messages", () => {
    const long = Array.from({ length: 3500 }, (_, i) => `word${i}`).join(" ");
    const { pages, files } = renderCard({ blocks: [{ type: "text", text: long }] });
    const shown = pages.map(({ blocks }) => visibleText({ text: "", blocks: blocks as never })).join("");
    expect(shown.replaceAll("\n", "")).toBe(long);
    expect([pages.length, files.length]).toEqual([4, 0]);
  });

  test("attach the whole as a file when five messages do not hold it", () => {
    const long = Array.from({ length: 9000 }, (_, i) => `word${i}`).join(" ");
    const { pages, files } = renderCard({ blocks: [{ type: "text", text: long }] });
    expect(pages).toHaveLength(5);
    expect(visibleText({ text: "", blocks: pages[4]!.blocks as never })).toContain(
      "the attached file has all of it",
    );
    expect(new TextDecoder().decode(files[0]!.bytes)).toContain("word8999");
  });

  test("show a table natively, a second one in another message, and one that is too large in monospaced text", () => {
    const table = (rows: number): Block => ({
      type: "table",
      columns: [{ name: "token" }, { name: "p", align: "right" }],
      rows: Array.from({ length: rows }, (_, i) => [`t${i}`, `0.${i}`]),
    });
    const types = (blocks: Block[]) =>
      renderCard({ blocks }).pages.map((page) => page.blocks.map(({ type }) => type));
    expect(types([table(2), table(2)])).toEqual([
      ["rich_text", "table"],
      ["rich_text", "table"],
    ]);
    expect(types([table(100)])).toEqual([["rich_text"]]);
  });

  test("keep text that looks like markup, character by character", () => {
    const shown = (blocks: Block[]) =>
      visibleText({ text: "", blocks: renderCard({ blocks }).pages[0]!.blocks as never });
    const visible = HOSTILE.replace("\u202e", "");
    expect(shown([{ type: "text", text: HOSTILE }])).toBe(visible);
    expect(shown([{ type: "quote", text: [{ bold: HOSTILE }] }])).toBe(visible);
    expect(shown([{ type: "code", code: HOSTILE }])).toBe(visible);
  });

  test("say in the notification that something went wrong, before its words", () => {
    expect(
      renderCard({ tone: "error", blocks: [{ type: "text", text: "Nothing <here>" }] }).pages[0]!.text,
    ).toBe("Error: Nothing &lt;here&gt;");
  });

  test("leave out disabled buttons and say so", () => {
    const buttons = [
      { label: "On", action: "a.b", record: "r" },
      { label: "Off", action: "a.b", record: "r", disabled: true },
    ];
    const { blocks } = renderCard({ blocks: [], actions: [{ buttons }] }).pages[0]!;
    const row = blocks.find(({ type }) => type === "actions") as types.ActionsBlock;
    expect(row.elements).toHaveLength(1);
    expect(visibleText({ text: "", blocks: blocks as never })).toContain("Not available now: Off");
  });
});

describe("dividing text", () => {
  test("joins to the same again, in parts of at most the size", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), fc.integer({ min: 2, max: 40 }), (whole, max) => {
        const groups = divideRuns(runs(whole), max);
        const parts = groups.map((group) =>
          group.map((run) => (run.type === "text" ? run.text : "")).join(""),
        );
        expect(parts.join("")).toBe(inert(whole));
        for (const part of parts) expect(part.length).toBeLessThanOrEqual(max);
      }),
    );
  });

  test("cuts after a line end, else after a space, and never inside a character", () => {
    expect(cutAt("one two\nthree four", 12)).toBe(8);
    expect(cutAt("one two three", 9)).toBe(8);
    expect(cutAt("aaaa😀", 5)).toBe(4);
  });
});

describe("inert text", () => {
  test("escaped Markdown reads as what it was, and a continuation of a text is one of its escape", () => {
    const plainOf = (markdown: string) =>
      markdown
        .replaceAll("  \n", "\n")
        .replace(/\\([!-/:-@[-`{-~])/g, "$1")
        .replaceAll("&lt;", "<")
        .replaceAll("&gt;", ">")
        .replaceAll("&amp;", "&");
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."a*_`[]()<>&#-\n") }), fc.string(), (start, more) => {
        expect(plainOf(escapeMarkdown(start))).toBe(start);
        expect(escapeMarkdown(start + more).startsWith(escapeMarkdown(start))).toBe(true);
      }),
    );
  });

  test("drops controls that reorder or hide, keeps letters of every script, joiners and line ends", () => {
    expect(inert("a\u202eb\u2066c\u0000d\u0007")).toBe("abcd");
    const kept = "שלום مرحبا 你好 नमस्ते 👩‍🔬 می‌خواهم\n\tend";
    expect(inert(kept)).toBe(kept);
    expect(inert("a\r\nb")).toBe("a\nb");
  });
});
