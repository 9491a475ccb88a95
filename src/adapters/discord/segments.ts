import {
  type BarsBlock,
  type Block,
  type Card,
  type FileBlock,
  fullBar,
  type PictureBlock,
  type TableBlock,
} from "../../bot/cards/card.ts";
import { escapeCode } from "./inert.ts";
import { LIMITS } from "./limits.ts";
import { type Line, linesOf } from "./markdown.ts";

/**
 * A stretch of a message's content: lines of text with what stands before each, or a block of code, whose lines
 * are already inert.
 */
export type Segment =
  | { readonly kind: "lines"; readonly prefix: string; readonly lines: readonly Line[] }
  | { readonly kind: "code"; readonly language: string; readonly lines: readonly string[] };

export interface CardFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly alt: string | undefined;
}

const TONE_SIGN = { plain: "", success: "✅ ", warning: "⚠️ ", error: "❌ " } as const;
const BAR_CELLS = 20;
const LONGEST_LABEL = 28;
/** With its label in one message. */
const LONGEST_LINK = LIMITS.content - 200;

/** A card as stretches of content, and the files that go with it. */
export function segmentsOf(card: Card): { segments: Segment[]; files: CardFile[] } {
  const segments: Segment[] = [];
  const files: CardFile[] = [];
  const sign = TONE_SIGN[card.tone ?? "plain"];
  if (card.title !== undefined)
    segments.push(lines([[`${sign}${card.title.replaceAll("\n", " ")}`]], "### "));
  else if (sign) segments.push(lines([[sign.trim()]]));
  for (const block of card.blocks) {
    if (block.type !== "picture" && block.type !== "file") segments.push(...blockSegments(block));
    else if (fileOf(block).bytes.length <= LIMITS.fileBytes) files.push(fileOf(block));
    else segments.push(tooLarge(fileOf(block)));
  }
  segments.push(...longLabels(card), ...longLinks(card));
  if (card.footer !== undefined) segments.push(lines(linesOf(card.footer), "-# "));
  return { segments: joinSign(segments, card), files };
}

/** The sign of the tone stands on the first line of text, where there is no title. */
function joinSign(segments: Segment[], card: Card): Segment[] {
  const sign = TONE_SIGN[card.tone ?? "plain"];
  const [first, second, ...rest] = segments;
  if (card.title !== undefined || !sign || second?.kind !== "lines" || !first) return segments;
  const [line = [], ...more] = second.lines;
  return [{ ...second, lines: [[sign, ...line], ...more] }, ...rest];
}

function blockSegments(block: Exclude<Block, PictureBlock | FileBlock>): Segment[] {
  switch (block.type) {
    case "text":
      return [lines(linesOf(block.text))];
    case "quote":
      return [lines(linesOf(block.text), "> ")];
    case "fields":
      return [
        lines(
          block.fields.flatMap(({ name, value }) => {
            const [first = [], ...more] = linesOf(value);
            return [[{ bold: `${name}:` }, " ", ...first], ...more];
          }),
        ),
      ];
    case "list":
      return block.items.flatMap((item, i) => {
        const [first = [], ...more] = linesOf(item);
        const mark = block.ordered ? `${i + 1}. ` : "- ";
        return [lines([first], mark), ...(more.length > 0 ? [lines(more, "  ")] : [])];
      });
    case "code":
      return [code(escapeCode(block.code).split("\n"), block.language)];
    case "table":
      return [code(tableLines(block))];
    case "bars":
      return [code(barLines(block))];
    case "chart":
      return block.inWords.flatMap(blockSegments);
    case "progress":
      return [
        lines([
          [
            `${block.label} `,
            { code: progressBar(block.done, block.total) },
            ` ${block.done} / ${block.total}`,
          ],
        ]),
      ];
    case "divider":
      return [lines([["─".repeat(BAR_CELLS)]], "-# ")];
  }
}

const lines = (all: readonly Line[], prefix = ""): Segment => ({ kind: "lines", prefix, lines: all });

const code = (all: readonly string[], language = ""): Segment => ({
  kind: "code",
  language: language.replace(/[^a-z0-9+#-]/gi, ""),
  lines: all,
});

function tableLines({ columns, rows }: TableBlock): string[] {
  const cells = [columns.map(({ name }) => name), ...rows].map((row) => row.map(oneLine));
  const widths = columns.map((_, i) => Math.max(...cells.map((row) => width(row[i] ?? ""))));
  const format = (row: readonly string[]): string =>
    columns
      .map(({ align }, i) => pad(row[i] ?? "", widths[i]!, align === "right"))
      .join("  ")
      .trimEnd();
  const [head = [], ...body] = cells;
  return [format(head), widths.map((w) => "─".repeat(w)).join("  "), ...body.map(format)];
}

function barLines(block: BarsBlock): string[] {
  const { unit, bars } = block;
  const most = fullBar(block);
  const labels = bars.map(({ label }) => oneLine(shorten(label)));
  const labelWidth = Math.max(...labels.map(width));
  const values = bars.map(({ value }) => (unit === "count" ? String(value) : probability(value)));
  const valueWidth = Math.max(...values.map(width));
  const whole = bars
    .filter(({ label }) => shorten(label) !== label)
    .map(({ label }) => `${oneLine(shorten(label))} is ${oneLine(label)}`);
  return [
    ...bars.map(({ value, marked, note }, i) => {
      const bar = pad("█".repeat(Math.round((value / most) * BAR_CELLS)), BAR_CELLS);
      const rest = [pad(values[i]!, valueWidth, true), marked ? "◀" : "", note ?? ""]
        .filter(Boolean)
        .join(" ");
      return `${pad(labels[i]!, labelWidth)} ${bar} ${rest}`;
    }),
    ...whole,
  ];
}

const probability = (value: number): string =>
  value === 0 || value >= 0.001 ? value.toFixed(3) : value.toExponential(1);

function progressBar(done: number, total: number): string {
  const filled = total > 0 ? Math.round((Math.min(done, total) / total) * BAR_CELLS) : 0;
  return "▓".repeat(filled) + "░".repeat(BAR_CELLS - filled);
}

/** A cell of a table: its line breaks shown, its direction kept from its neighbours. */
const oneLine = (text: string): string => escapeCode(text.replaceAll("\n", "⏎").replaceAll("\t", "⇥"));
/** Characters that take a column. */
const width = (text: string): number => [...text.replace(/[\u200b\u2068\u2069]/g, "")].length;
const pad = (text: string, to: number, right = false): string => {
  const space = " ".repeat(Math.max(0, to - width(text)));
  return right ? space + text : text + space;
};
const shorten = (label: string): string =>
  width(label) <= LONGEST_LABEL ? label : `${[...label].slice(0, LONGEST_LABEL - 1).join("")}…`;

function fileOf(block: PictureBlock | FileBlock): CardFile {
  const name = block.fileName.replace(/[^\w.-]/g, "_");
  return block.type === "picture"
    ? { name, bytes: block.png, alt: block.alt }
    : { name, bytes: block.bytes, alt: block.alt };
}

function tooLarge({ name, bytes }: CardFile): Segment {
  const size = (bytes.length / 1024 / 1024).toFixed(1);
  return lines([[`${name} has ${size} MiB and is not attached: Discord takes 10 MiB.`]], "-# ");
}

/** What is too long for a button or a choice is said in full beside it. */
function longLabels(card: Card): Segment[] {
  const labels = (card.actions ?? []).flatMap((row) =>
    "buttons" in row
      ? row.buttons.filter(({ label }) => label.length > LIMITS.buttonLabel).map(({ label }) => label)
      : row.select.choices.filter(({ label }) => label.length > LIMITS.selectText).map(({ label }) => label),
  );
  return labels.map((label) => lines([[label]], "- "));
}

/** An address that is too long for a button stands in the text; what no message holds is told. */
function longLinks({ links = [] }: Card): Segment[] {
  return links
    .filter(({ link }) => link.length > LIMITS.url)
    .map(({ label, link }) => {
      if (link.length <= LONGEST_LINK) return lines([[{ link, label }]]);
      const note = `${label}: the link has ${link.length.toLocaleString("en")} characters, more than a message holds.`;
      return lines([[note]], "-# ");
    });
}
