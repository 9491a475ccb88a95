import type { types } from "@slack/bolt";
import type { Block, Card, FileBlock, PictureBlock, TableBlock, Text } from "../../bot/cards/card.ts";
import { plainText as wordsOf } from "../../bot/cards/card.ts";
import { inert } from "./inert.ts";
import { ALT_TEXT, CONTEXT_TEXT, HEADER, RUN_TEXT, TABLE } from "./limits.ts";
import { barsText, progressText, tableText } from "./monospace.ts";
import { plainText, shorten } from "./render-actions.ts";
import { cutAt, divideRuns, richText, runLength, runs, section } from "./rich-text.ts";

/** A part of a card that stays in one message. */
export interface Piece {
  readonly block: types.KnownBlock;
  /** Characters it adds to a message's text. */
  readonly length: number;
  /** Slack takes one table a message. */
  readonly table?: true;
}

/** Gives the id of an uploaded picture. */
export type PictureIds = ReadonlyMap<PictureBlock, string>;

const TONE = { success: "white_check_mark", warning: "warning", error: "x" } as const;

/** Where a card is shown. Only messages take table blocks. */
export interface Surface {
  readonly nativeTables: boolean;
}
const MESSAGE: Surface = { nativeTables: true };

/** Everything of a card but its buttons, in order. Files are not among it: they are shared on their own. */
export function renderBlocks(card: Card, pictures: PictureIds, surface: Surface = MESSAGE): Piece[] {
  const pieces: Piece[] = [];
  const tone = card.tone && card.tone !== "plain" ? TONE[card.tone] : undefined;
  if (card.title !== undefined && inert(card.title) !== "") pieces.push(...title(card.title));
  for (const [index, block] of card.blocks.entries()) {
    const marked = index === 0 ? tone : undefined;
    pieces.push(...renderBlock(block, pictures, surface, marked));
  }
  if (tone && card.blocks.length === 0) pieces.push(...text("", (parts) => parts, tone));
  if (card.footer !== undefined) pieces.push(...footer(card.footer));
  return pieces;
}

export function filesOf(card: Card): FileBlock[] {
  return card.blocks.filter((block) => block.type === "file");
}

export function picturesOf(card: Card): PictureBlock[] {
  return card.blocks.filter((block) => block.type === "picture");
}

function title(words: string): Piece[] {
  const shown = inert(words);
  if (shown.length > HEADER || shown.includes("\n")) return text([{ bold: words }]);
  return [{ block: { type: "header", text: plainText(shown) }, length: shown.length }];
}

type Runs = ReturnType<typeof runs>;

/** A text as one piece for each of its parts that fit a message. */
function text(
  words: Text,
  wrap: (elements: Runs) => types.RichTextElement[] = (elements) => elements,
  tone?: string,
): Piece[] {
  const marks: Runs = tone
    ? [
        { type: "emoji", name: tone },
        { type: "text", text: " " },
      ]
    : [];
  return divideRuns([...marks, ...runs(words)], RUN_TEXT).map((group) => ({
    block: richText(section(wrap(group))),
    length: lengthOf(group),
  }));
}

function lengthOf(group: Runs): number {
  return group.reduce((sum, run) => sum + runLength(run), 0);
}

function renderBlock(
  block: Block,
  pictures: PictureIds,
  surface: Surface,
  tone: string | undefined,
): Piece[] {
  // Only texts bear the mark of a tone themselves; before anything else it stands alone.
  const mark = tone && block.type !== "text" ? text("", undefined, tone) : [];
  return [...mark, ...renderPlain(block, pictures, surface, tone)];
}

function renderPlain(
  block: Block,
  pictures: PictureIds,
  surface: Surface,
  tone: string | undefined,
): Piece[] {
  switch (block.type) {
    case "text":
      return text(block.text, undefined, tone);
    case "quote":
      return divideRuns(runs(block.text), RUN_TEXT).map((group) => ({
        block: richText({ type: "rich_text_quote", elements: group }),
        length: lengthOf(group),
      }));
    case "fields":
      return block.fields.flatMap(({ name, value }) =>
        text([{ bold: `${name}: ` }, ...(typeof value === "string" ? [value] : value)]),
      );
    case "list":
      return list(block.items, block.ordered ?? false);
    case "code":
      return preformatted(block.code);
    case "table":
      return surface.nativeTables && fitsTable(block) ? [nativeTable(block)] : preformatted(tableText(block));
    case "bars":
      return block.bars.length > 0 ? preformatted(barsText(block)) : [];
    case "progress":
      return text([{ bold: block.label }, ` ${progressText(block.done, block.total)}`]);
    case "divider":
      return [{ block: { type: "divider" }, length: 0 }];
    case "chart":
      return block.inWords.flatMap((words) => renderPlain(words, pictures, surface, undefined));
    case "picture": {
      const id = pictures.get(block);
      const alt = shorten(inert(block.alt), ALT_TEXT);
      // Without its upload a picture still says what it shows.
      if (id === undefined) return text([{ italic: `[Picture: ${block.alt}]` }]);
      return [{ block: { type: "image", slack_file: { id }, alt_text: alt }, length: alt.length }];
    }
    case "file":
      return [];
  }
}

function list(items: readonly Text[], ordered: boolean): Piece[] {
  const pieces: Piece[] = [];
  let elements: types.RichTextSection[] = [];
  let length = 0;
  let offset = 0;
  const next = (index: number) => {
    if (elements.length > 0) {
      const style = ordered ? ("ordered" as const) : ("bullet" as const);
      const block = { type: "rich_text_list" as const, style, elements, ...(offset > 0 && { offset }) };
      pieces.push({ block: richText(block), length });
    }
    elements = [];
    length = 0;
    offset = ordered ? index : 0;
  };
  for (const [index, item] of items.entries()) {
    for (const group of divideRuns(runs(item), RUN_TEXT)) {
      if (length + lengthOf(group) > RUN_TEXT) next(index);
      elements.push(section(group));
      length += lengthOf(group);
    }
  }
  next(items.length);
  return pieces;
}

function preformatted(code: string): Piece[] {
  const pieces: Piece[] = [];
  let rest = inert(code).replace(/\n+$/, "");
  while (rest !== "") {
    const cut = rest.length <= RUN_TEXT ? rest.length : cutAt(rest, RUN_TEXT);
    const part = rest.slice(0, cut);
    rest = rest.slice(cut);
    const block = {
      type: "rich_text_preformatted" as const,
      elements: [{ type: "text" as const, text: part }],
    };
    pieces.push({ block: richText(block), length: part.length });
  }
  return pieces;
}

function fitsTable({ columns, rows }: TableBlock): boolean {
  const characters = rows.flat().reduce((sum, cell) => sum + cell.length, 0);
  return (
    rows.length > 0 &&
    rows.length < TABLE.rows &&
    columns.length > 0 &&
    columns.length <= TABLE.columns &&
    characters < TABLE.characters / 2
  );
}

function nativeTable({ columns, rows }: TableBlock): Piece {
  // A cell can't be empty.
  const cell = (words: string) => ({ type: "raw_text" as const, text: inert(words).trim() || "–" });
  const head = columns.map(({ name }) => cell(name));
  const body = rows.map((row) => columns.map((_, i) => cell(row[i] ?? "")));
  const cells = [head, ...body];
  return {
    table: true,
    length: cells.flat().reduce((sum, { text }) => sum + text.length, 0),
    block: {
      type: "table",
      rows: cells,
      column_settings: columns.map(({ align }) => ({ align: align ?? "left", is_wrapped: true })),
    },
  };
}

/** Small print. A text with a link needs rich text, which has one size only. */
function footer(words: Text): Piece[] {
  const linked =
    typeof words !== "string" && words.some((part) => typeof part === "object" && "link" in part);
  const shown = inert(wordsOf(words));
  if (linked || shown.length > CONTEXT_TEXT) return text(words);
  if (shown.trim() === "") return [];
  return [{ block: { type: "context", elements: [plainText(shown)] }, length: shown.length }];
}
