import { stripVTControlCharacters } from "node:util";
import * as fc from "fast-check";
import stringWidth from "string-width";
import { describe, expect, test } from "vitest";
import { renderActions, renderCard } from "../../../src/adapters/cli/render-card.ts";
import type { Block, Card } from "../../../src/bot/cards/card.ts";

const plain = (...blocks: Block[]) =>
  renderCard({ blocks }, { width: Number.POSITIVE_INFINITY, styled: false });

describe("without colours", () => {
  test("a table stands in columns, numbers to the right, wide characters counted as two", () => {
    expect(
      plain({
        type: "table",
        columns: [{ name: "token" }, { name: "p", align: "right" }],
        rows: [
          ["the", "0.4"],
          ["日本", "0.07"],
          ["a\nb", "1"],
        ],
      }).split("\n"),
    ).toEqual(["token     p", "─────  ────", "the     0.4", "日本   0.07", "a⏎b       1"]);
  });

  test("bars are as long as their share of the longest; the marked one has a star", () => {
    const [one, two] = plain({
      type: "bars",
      unit: "probability",
      bars: [
        { label: "yes", value: 0.5, marked: true, note: "chosen" },
        { label: "no", value: 0.25 },
      ],
    }).split("\n");
    expect(one).toBe(`yes  ${"#".repeat(24)}  0.500 * chosen`);
    expect(two).toBe(` no  ${"#".repeat(12)}${".".repeat(12)}  0.250`);
  });

  test("pictures and files are named, links show where they lead", () => {
    const text = plain(
      { type: "picture", png: new Uint8Array(3), fileName: "a.png", alt: "A tree" },
      { type: "file", fileName: "a.csv", mediaType: "text/csv", bytes: new Uint8Array(7) },
      { type: "text", text: [{ link: "https://x.y/z", label: "paper" }] },
    );
    expect(text).toBe("[picture a.png: A tree]\n\n[file a.csv, 7 bytes]\n\npaper (https://x.y/z)");
  });

  test("lists, fields, progress and code keep their order and their words", () => {
    const text = plain(
      { type: "list", ordered: true, items: ["one", "two"] },
      {
        type: "fields",
        fields: [
          { name: "k", value: "5" },
          { name: "temperature", value: ["0.7"] },
        ],
      },
      { type: "progress", label: "Votes", done: 1, total: 4 },
      { type: "code", code: "a\n  b" },
    );
    expect(text).toBe(
      `1. one\n2. two\n\nk            5\ntemperature  0.7\n\nVotes ${"#".repeat(6)}${".".repeat(18)} 1/4\n\n    a\n      b`,
    );
  });
});

test("buttons are named, since they can't be pressed", () => {
  const card: Card = {
    blocks: [],
    actions: [{ buttons: [{ label: "Another seed", action: "a.b", record: "r" }] }],
  };
  expect(renderActions(card)).toBe("In the classroom there are buttons here: Another seed.");
  expect(renderActions({ blocks: [] })).toBeUndefined();
});

const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc
    .array(
      fc.constantFrom("\u001b[31m", "\u0007", "\r", "\u009b2J", "\u202e", "日本", "a", " ", "\n", "👩‍🏫"),
      { maxLength: 20 },
    )
    .map((parts) => parts.join("")),
);
const anyCard = fc.record({
  title: anyText,
  footer: anyText,
  blocks: fc.array(
    fc.oneof(
      fc.record({ type: fc.constant("text" as const), text: anyText }),
      fc.record({
        type: fc.constant("quote" as const),
        text: fc.tuple(fc.record({ bold: anyText }), anyText),
      }),
      fc.record({ type: fc.constant("code" as const), code: anyText }),
      fc.record({ type: fc.constant("list" as const), items: fc.array(anyText, { maxLength: 3 }) }),
      fc.record({
        type: fc.constant("table" as const),
        columns: fc.constant([{ name: "a" }, { name: "b" }]),
        rows: fc.array(fc.tuple(anyText, anyText), { maxLength: 3 }),
      }),
      fc.record({
        type: fc.constant("bars" as const),
        unit: fc.constant("count" as const),
        bars: fc.array(fc.record({ label: anyText, value: fc.nat(50) }), { minLength: 1, maxLength: 3 }),
      }),
    ),
    { maxLength: 4 },
  ),
}) as fc.Arbitrary<Card>;

test("whatever a card says, a terminal is given no command that is not ours", () => {
  fc.assert(
    fc.property(anyCard, (card) => {
      const bare = renderCard(card, { width: Number.POSITIVE_INFINITY, styled: false });
      expect(bare).not.toMatch(/[^\P{Cc}\n\t]/u);
      expect(bare).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
      const styled = renderCard(card, { width: Number.POSITIVE_INFINITY, styled: true });
      expect(stripVTControlCharacters(styled)).not.toMatch(/[^\P{Cc}\n\t]/u);
    }),
    { numRuns: 1000 },
  );
});

test("prose fits the width", () => {
  const prose = fc.record({
    title: anyText,
    footer: anyText,
    blocks: fc.array(fc.record({ type: fc.constantFrom("text" as const, "quote" as const), text: anyText }), {
      maxLength: 3,
    }),
  });
  fc.assert(
    fc.property(prose, fc.integer({ min: 20, max: 60 }), (card, width) => {
      for (const line of renderCard(card as Card, { width, styled: true }).split("\n")) {
        // A tab's width is the terminal's affair.
        if (!line.includes("\t")) expect(stringWidth(line)).toBeLessThanOrEqual(width);
      }
    }),
    { numRuns: 300 },
  );
});
