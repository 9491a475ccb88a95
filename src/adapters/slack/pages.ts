import type { types } from "@slack/bolt";
import type { Block, Card, FileBlock } from "../../bot/cards/card.ts";
import { plainText as wordsOf } from "../../bot/cards/card.ts";
import { escapeEntities, inert } from "./inert.ts";
import { BLOCKS, FALLBACK_TEXT, PAGE_TEXT, PAGES } from "./limits.ts";
import { barsText, tableText } from "./monospace.ts";
import { renderActions, renderLinks, shorten } from "./render-actions.ts";
import { filesOf, type PictureIds, type Piece, renderBlocks } from "./render-card.ts";
import { richText, runs, section } from "./rich-text.ts";

/** What one message holds. */
export interface Page {
  /** For notifications and screen readers; escaped. */
  readonly text: string;
  readonly blocks: readonly types.KnownBlock[];
}

export interface RenderedCard {
  /** At least one. The buttons stand on the last. */
  readonly pages: readonly Page[];
  /** Shared beside the messages. */
  readonly files: readonly FileBlock[];
}

/** @param by Who asked, as a line above the reply where the platform does not show it. */
export function renderCard(card: Card, pictures: PictureIds = new Map(), by?: string): RenderedCard {
  const asked: Piece[] = by
    ? [
        {
          block: { type: "context", elements: [{ type: "plain_text", text: inert(by), emoji: false }] },
          length: by.length,
        },
      ]
    : [];
  const actions = [...renderActions(card.actions ?? []), ...renderLinks(card.links ?? [])];
  const groups = divide([...asked, ...renderBlocks(card, pictures)], actions.length);
  const files = [...filesOf(card)];
  const kept = groups.slice(0, PAGES);
  if (groups.length > PAGES) files.push(wholeText(card));
  const text = fallback(card);
  const pages = kept.map((pieces, index): Page => {
    const last = index === kept.length - 1;
    const more = groups.length > PAGES && last ? [restIsInFile()] : [];
    const blocks = [...pieces.map(({ block }) => block), ...more, ...(last ? actions : [])];
    return { text, blocks: withRichText(blocks) };
  });
  return { pages, files };
}

/** Divides pieces among messages; the last one keeps room for the buttons. */
function divide(pieces: readonly Piece[], actions: number): Piece[][] {
  const groups: Piece[][] = [];
  let group: Piece[] = [];
  let length = 0;
  for (const piece of pieces) {
    const full =
      group.length + 1 > BLOCKS - actions - 2 ||
      length + piece.length > PAGE_TEXT ||
      (piece.table && group.some(({ table }) => table));
    if (full && group.length > 0) {
      groups.push(group);
      group = [];
      length = 0;
    }
    group.push(piece);
    length += piece.length;
  }
  groups.push(group);
  return groups;
}

/**
 * Slack refuses to replace rich text by blocks without any, and blocks by none: every message holds some, so
 * that any card can follow any other.
 */
function withRichText(blocks: types.KnownBlock[]): types.KnownBlock[] {
  if (blocks.some(({ type }) => type === "rich_text")) return blocks;
  const empty = richText(section([{ type: "text", text: " " }]));
  return [empty, ...blocks];
}

function restIsInFile(): types.KnownBlock {
  return richText(section(runs([{ italic: "This reply is long: the attached file has all of it." }])));
}

const TONE_WORD = { plain: "", success: "", warning: "Warning: ", error: "Error: " } as const;

function fallback(card: Card): string {
  const words = [card.title ?? "", ...card.blocks.map(blockWords)].filter((part) => part.trim() !== "");
  const text = TONE_WORD[card.tone ?? "plain"] + words.join(" – ").replaceAll("\n", " ");
  // Shortened before it is escaped, so that no escape is cut in two.
  return escapeEntities(shorten(text.trim() === "" ? "Cloze" : text, FALLBACK_TEXT));
}

function wholeText(card: Card): FileBlock {
  const parts = [card.title ?? "", ...card.blocks.map(blockWords), card.footer ? wordsOf(card.footer) : ""];
  const text = parts.filter((part) => part !== "").join("\n\n");
  return {
    type: "file",
    fileName: "whole-reply.txt",
    mediaType: "text/plain",
    bytes: new TextEncoder().encode(`${inert(text)}\n`),
  };
}

/** A block's words. */
export function blockWords(block: Block): string {
  switch (block.type) {
    case "text":
    case "quote":
      return wordsOf(block.text);
    case "fields":
      return block.fields.map(({ name, value }) => `${name}: ${wordsOf(value)}`).join("\n");
    case "list":
      return block.items.map((item, i) => `${block.ordered ? `${i + 1}.` : "•"} ${wordsOf(item)}`).join("\n");
    case "code":
      return block.code;
    case "table":
      return tableText(block);
    case "bars":
      return block.bars.length > 0 ? barsText(block) : "";
    case "progress":
      return `${block.label} ${block.done} of ${block.total}`;
    case "chart":
      return block.inWords.map(blockWords).join("\n");
    case "picture":
      return block.alt;
    case "file":
      return block.alt ?? block.fileName;
    case "divider":
      return "";
  }
}
