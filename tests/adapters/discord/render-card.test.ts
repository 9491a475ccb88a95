import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { renderCard } from "../../../src/adapters/discord/render-card.ts";
import { type Card, type Inline, textCard } from "../../../src/bot/cards/card.ts";
import { readMarkdown, withoutZeroWidth } from "./read-message.ts";

const contents = (card: Card, options = {}) => renderCard(card, options).map(({ content }) => content);
const numbered = (count: number) => Array.from({ length: count }, (_, i) => `w${i}`).join(" ");
const found = (text: string) => text.match(/\bw\d+\b/g) ?? [];
const button = (label: string, rest = {}) => ({ label, action: "test.press", record: "r1", ...rest });

describe("long cards", () => {
  test("go over several messages of at most 2,000 characters, cut between words", () => {
    const pages = contents(textCard(numbered(1_000)));
    expect(Math.max(...pages.map((p) => p.length))).toBeLessThanOrEqual(2_000);
    expect(pages.length).toBeGreaterThan(1);
    expect(found(pages.join("\n"))).toHaveLength(1_000);
  });

  test("keep the formatting of a part that is cut", () => {
    const pages = contents(textCard([{ bold: numbered(600) }]));
    expect(pages).toHaveLength(2);
    for (const page of pages)
      expect(readMarkdown(page).formatted.join("")).toBe(readMarkdown(page).text.trim());
  });

  test("close and open a block of code where it is cut", () => {
    const code = Array.from({ length: 200 }, (_, i) => `print("line ${i} of the program")`).join("\n");
    const pages = contents({ blocks: [{ type: "code", language: "python", code }] });
    expect(pages.length).toBeGreaterThan(1);
    for (const page of pages) expect(page).toMatch(/^```python\n[\s\S]*\n```$/);
    expect(pages.join("").match(/of the program/g)).toHaveLength(200);
  });

  test("go on in an attached file beyond five messages, with nothing lost and nothing twice", () => {
    const pages = renderCard(textCard(numbered(4_000)));
    expect(pages).toHaveLength(5);
    const last = pages.at(-1)!;
    expect(last.content).toMatch(/\n-# This goes on in the attached rest\.txt\.$/);
    const rest = new TextDecoder().decode(last.files[0]!.bytes);
    const all = found([...pages.map((p) => p.content), rest].join("\n"));
    expect(all).toEqual(numbered(4_000).split(" "));
  });

  test("announce what follows while they are still written, without a file", () => {
    const pages = renderCard(textCard(numbered(4_000)), { unfinished: true });
    expect(pages.at(-1)!.content).toMatch(/\n-# … more follows$/);
    expect(pages.flatMap((p) => p.files)).toEqual([]);
  });

  test("of any content keep to 2,000 characters and lose no word", () => {
    const word = fc.stringMatching(/^[a-z*_`>#-]{1,12}$/);
    const words = fc.array(word, { minLength: 1, maxLength: 400 }).map((w) => w.join(" "));
    const inline: fc.Arbitrary<Inline> = fc.oneof(
      words,
      words.map((bold) => ({ bold })),
      words.map((italic) => ({ italic })),
    );
    const blocks = fc.array(
      fc.oneof(
        fc.array(inline, { maxLength: 4 }).map((text) => ({ type: "text" as const, text })),
        words.map((text) => ({ type: "quote" as const, text })),
        words.map((code) => ({ type: "code" as const, code: code.replaceAll(" ", "\n") })),
      ),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(blocks, (all) => {
        const pages = renderCard({ blocks: all }, { mostMessages: 100 });
        for (const { content } of pages) expect(content.length).toBeLessThanOrEqual(2_000);
        const letters = (text: string) => withoutZeroWidth(text).replace(/[^a-z]/g, "");
        const given = all.flatMap((b) =>
          b.type === "text"
            ? b.text.map((part) => Object.values(typeof part === "string" ? [part] : part)[0])
            : b.type === "quote"
              ? b.text
              : b.code,
        );
        expect(letters(pages.map((p) => p.content).join(" "))).toBe(letters(given.join(" ")));
      }),
      { numRuns: 200 },
    );
  });
});

describe("looks", () => {
  test("a title is a heading with the tone's sign; a footer is small print", () => {
    expect(contents({ title: "Poll", tone: "success", blocks: [], footer: "seed 7" })).toEqual([
      "### ✅ Poll\n-# seed 7",
    ]);
  });

  test("without a title the tone's sign begins the text", () => {
    expect(contents(textCard("no such option", { tone: "error" }))).toEqual(["❌ no such option"]);
  });

  test("neighbouring formatted parts keep apart", () => {
    const [content] = contents(textCard([{ bold: "a" }, { italic: "b" }, { bold: "c" }]));
    expect(readMarkdown(content!).formatted).toEqual(["a", "b", "c"]);
  });

  test("a link shows its label and leads nowhere else", () => {
    const [content] = contents(
      textCard([{ link: "https://arxiv.org/abs/1904.09751?a=(b)", label: "a [paper](x)" }]),
    );
    expect(readMarkdown(content!)).toMatchObject({ text: "a [paper](x)" });
    expect(content).toMatch(/\]\(<https:\/\/arxiv\.org\/abs\/1904\.09751\?a=%28b%29>\)$/);
  });

  test("a link that is no web address is shown as text", () => {
    const [content] = contents(textCard([{ link: "javascript:alert(1)", label: "click" }]));
    expect(content).toBe("click (javascript:alert(1))");
  });

  test("code with backticks stays whole", () => {
    const [content] = contents(textCard([{ code: "a ``b`` c" }]));
    expect(content).toBe("``` a ``b`` c ```");
  });

  test("a table's columns stand under each other", () => {
    const [content] = contents({
      blocks: [
        {
          type: "table",
          columns: [{ name: "token" }, { name: "p", align: "right" }],
          rows: [
            ["the", "0.41"],
            ["a|b", "0.207"],
          ],
        },
      ],
    });
    expect(content).toBe("```\ntoken      p\n─────  ─────\nthe     0.41\na|b    0.207\n```");
  });

  test("bars are as long as their share of the longest, with the number beside", () => {
    const [content] = contents({
      blocks: [
        {
          type: "bars",
          unit: "probability",
          bars: [
            { label: "house", value: 0.5, marked: true },
            { label: "tree", value: 0.25, note: "cut" },
          ],
        },
      ],
    });
    expect(content).toBe(
      ["```", `house ${"█".repeat(20)} 0.500 ◀`, `tree  ${"█".repeat(10)}           0.250 cut`, "```"].join(
        "\n",
      ),
    );
  });
});

describe("buttons and files", () => {
  test("two components of one meaning get ids of their own", () => {
    const select = {
      action: "test.pick",
      record: "r1",
      placeholder: "Pick",
      choices: [{ label: "a", value: "a" }],
    };
    const [page] = renderCard({ blocks: [], actions: [{ select }, { select }] });
    const ids = page!.components
      .flatMap((row) => row.components)
      .map((c) => ("custom_id" in c ? c.custom_id : ""));
    expect(ids).toEqual(["test.pick:r1", "2|test.pick:r1"]);
  });

  test("more than five buttons of a row go to another row, more than five rows to another message", () => {
    const buttons = Array.from({ length: 27 }, (_, i) => button(`b${i}`, { value: `${i}` }));
    const pages = renderCard({ blocks: [{ type: "text", text: "choose" }], actions: [{ buttons }] });
    expect(pages.map(({ components }) => components.map((row) => row.components.length))).toEqual([
      [5, 5, 5, 5, 5],
      [2],
    ]);
  });

  test("a label too long for a button is said in full in the message", () => {
    const label = `Vote ${"for a very long choice ".repeat(5)}`.trim();
    const [page] = renderCard({ blocks: [], actions: [{ buttons: [button(label)] }] });
    expect(page!.content).toContain(label);
    expect(JSON.stringify(page!.components)).toContain("…");
  });

  test("an 11th file goes to another message", () => {
    const file = (i: number) => ({
      type: "file" as const,
      fileName: `${i}.csv`,
      mediaType: "text/csv",
      bytes: new Uint8Array(1),
    });
    const pages = renderCard({ blocks: Array.from({ length: 11 }, (_, i) => file(i)) });
    expect(pages.map(({ files }) => files.length)).toEqual([10, 1]);
  });

  test("a file beyond Discord's 10 MiB is named, not silently left out", () => {
    const bytes = new Uint8Array(11 * 1024 * 1024);
    const [page] = renderCard({
      blocks: [{ type: "file", fileName: "big.csv", mediaType: "text/csv", bytes }],
    });
    expect(page!.files).toEqual([]);
    expect(readMarkdown(page!.content).text).toContain("big.csv has 11.0 MiB and is not attached");
  });

  test("a card that shows nothing is still a message", () => {
    expect(contents({ blocks: [] })).toEqual(["\u200b"]);
  });
});
