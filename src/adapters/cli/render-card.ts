import { type StyleTextOptions, styleText } from "node:util";
import stringWidth from "string-width";
import type { BarsBlock, Block, Card, Inline, TableBlock, Text } from "../../bot/cards/card.ts";
import { fullBar, plainText } from "../../bot/cards/card.ts";
import { wrap } from "./wrap.ts";

export interface RenderOptions {
  /** Columns; Infinity where lines are not broken (pipes and files). */
  readonly width: number;
  /** Colours and lines for people who look; without it, text for whatever reads it. */
  readonly styled: boolean;
}

type Style = Parameters<typeof styleText>[0];
type Paint = (style: Style, text: string) => string;

const ALWAYS: StyleTextOptions = { validateStream: false };
const BAR_COLUMNS = 24;
/** Where Unicode's pictures of the control characters begin. */
const PICTURES = 0x2400;

/** A card as text for a terminal. */
export function renderCard(card: Card, { width, styled }: RenderOptions): string {
  const paint: Paint = (style, text) => (styled ? styleText(style, text, ALWAYS) : text);
  const lines: string[] = [];
  if (card.title !== undefined) lines.push(...wrap(paint("bold", inert(card.title)), width), "");
  for (const [index, block] of card.blocks.entries()) {
    const before = card.blocks[index - 1];
    if (before && !(block.type === before.type && block.type === "text")) lines.push("");
    lines.push(...renderBlock(block, width, styled, paint));
  }
  if (card.footer !== undefined) {
    lines.push("", ...wrap(paint("dim", inert(plainText(card.footer))), width));
  }
  return lines.join("\n");
}

/** What can be pressed elsewhere and not here, and the addresses to open. */
export function renderActions(card: Card): string | undefined {
  const links = (card.links ?? []).map(({ label, link }) => inert(`${label}: ${link}`));
  const names = (card.actions ?? []).flatMap((row) =>
    "buttons" in row ? row.buttons.map(({ label }) => label) : [row.select.placeholder],
  );
  if (names.length > 0) links.push(inert(`In the classroom there are buttons here: ${names.join(", ")}.`));
  return links.length > 0 ? links.join("\n") : undefined;
}

function renderBlock(block: Block, width: number, styled: boolean, paint: Paint): string[] {
  switch (block.type) {
    case "text":
      return wrap(renderText(block.text, paint), width);
    case "quote": {
      const bar = styled ? `${paint("cyan", "│")} ` : "";
      return wrap(renderText(block.text, paint), width - stringWidth(bar)).map((line) => bar + line);
    }
    case "fields": {
      const column = Math.max(...block.fields.map(({ name }) => stringWidth(inert(name)))) + 2;
      return block.fields.flatMap(({ name, value }) =>
        hanging(paint("dim", pad(inert(name), column)), renderText(value, paint), column, width),
      );
    }
    case "list":
      return block.items.flatMap((item, index) => {
        const mark = block.ordered ? `${index + 1}. ` : styled ? "• " : "- ";
        return hanging(mark, renderText(item, paint), mark.length, width);
      });
    case "code":
      return inert(block.code)
        .split("\n")
        .map((line) => paint("green", `    ${line}`));
    case "table":
      return renderTable(block, paint);
    case "bars":
      return renderBars(block, styled, paint);
    case "chart":
      return block.inWords.flatMap((words, index) => [
        ...(index > 0 ? [""] : []),
        ...renderBlock(words, width, styled, paint),
      ]);
    case "picture":
      return wrap(`[picture ${inert(block.fileName)}: ${inert(block.alt)}]`, width);
    case "file":
      return wrap(`[file ${inert(block.fileName)}, ${block.bytes.byteLength} bytes]`, width);
    case "progress": {
      const share = block.total > 0 ? block.done / block.total : 0;
      return [`${inert(block.label)} ${bar(share, styled)} ${block.done}/${block.total}`];
    }
    case "divider":
      return [(styled ? "─" : "-").repeat(Math.min(width, 40))];
  }
}

function hanging(mark: string, text: string, column: number, width: number): string[] {
  return wrap(text, width - column).map((line, index) => (index === 0 ? mark : " ".repeat(column)) + line);
}

function renderTable({ columns, rows }: TableBlock, paint: Paint): string[] {
  const cells = [columns.map(({ name }) => inert(name)), ...rows.map((row) => row.map(oneLine))];
  const widths = columns.map((_, index) => Math.max(...cells.map((row) => stringWidth(row[index] ?? ""))));
  const lines = cells.map((row) =>
    widths
      .map((width, index) => pad(row[index] ?? "", width, columns[index]?.align === "right"))
      .join("  ")
      .trimEnd(),
  );
  const [head = "", ...body] = lines;
  return [paint("bold", head), widths.map((width) => "─".repeat(width)).join("  "), ...body];
}

function renderBars(block: BarsBlock, styled: boolean, paint: Paint): string[] {
  const { unit, bars } = block;
  const longest = fullBar(block);
  const column = Math.max(0, ...bars.map(({ label }) => stringWidth(oneLine(label))));
  return bars.map(({ label, value, marked, note }) => {
    const number = unit === "count" ? String(value) : probability(value);
    const words = [
      number,
      ...(marked && !styled ? ["*"] : []),
      ...(note === undefined ? [] : [oneLine(note)]),
    ];
    const line = `${pad(oneLine(label), column, true)}  ${bar(value / longest, styled)}  ${words.join(" ")}`;
    return marked ? paint("yellow", line) : line;
  });
}

function probability(value: number): string {
  return value === 0 || value >= 0.0005 ? value.toFixed(3) : value.toExponential(1);
}

function bar(share: number, styled: boolean): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * BAR_COLUMNS);
  const [on, off] = styled ? ["█", "·"] : ["#", "."];
  return on!.repeat(full) + off!.repeat(BAR_COLUMNS - full);
}

function renderText(text: Text, paint: Paint): string {
  if (typeof text === "string") return inert(text);
  return text.map((part) => renderInline(part, paint)).join("");
}

function renderInline(part: Inline, paint: Paint): string {
  if (typeof part === "string") return inert(part);
  if ("bold" in part) return paint("bold", inert(part.bold));
  if ("italic" in part) return paint("italic", inert(part.italic));
  if ("strike" in part) return paint("strikethrough", inert(part.strike));
  if ("code" in part) return paint("green", inert(part.code));
  if ("person" in part) return paint("cyan", inert(part.person));
  return `${inert(part.label)} (${inert(part.link)})`;
}

/**
 * Text without anything a terminal would obey: control characters become their pictures (␛ for escape), and
 * what turns the direction of writing is taken out.
 */
function inert(text: string): string {
  return text
    .replace(/\r\n?/g, "\n")
    .replace(/[\u202a-\u202e\u2066-\u2069]/g, "")
    .replace(/\p{Cc}/gu, (character) => {
      if (character === "\n" || character === "\t") return character;
      const code = character.charCodeAt(0);
      return code < 0x20 ? String.fromCharCode(PICTURES + code) : "\u2421";
    });
}

function oneLine(text: string): string {
  return inert(text).replaceAll("\n", "⏎").replaceAll("\t", " ");
}

function pad(text: string, width: number, right = false): string {
  const blanks = " ".repeat(Math.max(0, width - stringWidth(text)));
  return right ? blanks + text : text + blanks;
}
