import type { Inline, Text } from "../../bot/cards/card.ts";
import { escapeMarkdown, inert } from "./inert.ts";

/** A line of a text: its parts hold no line breaks. */
export type Line = readonly Inline[];

/** Zero-width, so that the marks of two neighbouring parts are not read as one. */
const JOINT = "\u200b";

/** The lines of a text, each part cut at its line breaks and still formatted as before. */
export function linesOf(text: Text): Line[] {
  const parts = typeof text === "string" ? [text] : text;
  const lines: Inline[][] = [[]];
  for (const part of parts) {
    const [first = "", ...rest] = wordsOf(part).split("\n");
    lines.at(-1)!.push(withWords(part, first));
    for (const piece of rest) lines.push([withWords(part, piece)]);
  }
  return lines;
}

/** A line in Discord's markdown. */
export function renderLine(line: Line): string {
  let markdown = "";
  let afterMark = false;
  for (const part of line) {
    const piece = renderPart(part);
    if (piece === "") continue;
    const mark = typeof part !== "string";
    markdown += mark && afterMark ? JOINT + piece : piece;
    afterMark = mark;
  }
  return markdown;
}

/** The raw words of a part. */
export function wordsOf(part: Inline): string {
  if (typeof part === "string") return part;
  if ("bold" in part) return part.bold;
  if ("italic" in part) return part.italic;
  if ("strike" in part) return part.strike;
  if ("code" in part) return part.code;
  if ("person" in part) return part.person;
  return part.label;
}

/** The same part with other words. */
export function withWords(part: Inline, words: string): Inline {
  if (typeof part === "string") return words;
  if ("bold" in part) return { bold: words };
  if ("italic" in part) return { italic: words };
  if ("strike" in part) return { strike: words };
  if ("code" in part) return { code: words };
  if ("person" in part) return { person: words };
  return { link: part.link, label: words };
}

function renderPart(part: Inline): string {
  const words = wordsOf(part);
  if (typeof part === "string") return escapeMarkdown(words);
  if (words.trim() === "") return words;
  if ("bold" in part || "person" in part) return marked("**", words);
  if ("italic" in part) return marked("*", words);
  if ("strike" in part) return marked("~~", words);
  if ("code" in part) return codeSpan(words);
  return link(part.link, words);
}

/** Marks must touch the words they enclose, so white space goes outside. */
function marked(mark: string, words: string): string {
  const [, before = "", inner = "", after = ""] = /^(\s*)([\s\S]*?)(\s*)$/.exec(words) ?? [];
  return `${before}${mark}${escapeMarkdown(inner)}${mark}${after}`;
}

/** Fenced by one backtick more than the words hold in a row. */
function codeSpan(words: string): string {
  const longest = Math.max(0, ...[...words.matchAll(/`+/g)].map((run) => run[0].length));
  const fence = "`".repeat(longest + 1);
  const pad = longest > 0 ? " " : "";
  return `${fence}${pad}${inert(words)}${pad}${fence}`;
}

function link(target: string, label: string): string {
  if (!/^https?:\/\//.test(target) || !URL.canParse(target)) return escapeMarkdown(`${label} (${target})`);
  const url = new URL(target).href
    .replace(/[()<>\s]/g, encodeURIComponent)
    .replaceAll("(", "%28")
    .replaceAll(")", "%29");
  return `[${escapeMarkdown(label)}](<${url}>)`;
}
