import type { types } from "@slack/bolt";
import type { Inline, Text } from "../../bot/cards/card.ts";
import { inert } from "./inert.ts";

type Run = types.RichTextElement;

/** A text as runs of rich text. An empty text has no runs. */
export function runs(text: Text, style: { bold?: true; italic?: true } = {}): Run[] {
  const parts = typeof text === "string" ? [text] : text;
  return parts.flatMap((part) => run(part, style));
}

function run(part: Inline, style: { bold?: true; italic?: true }): Run[] {
  if (typeof part === "string") return plain(part, style);
  if ("bold" in part) return plain(part.bold, { ...style, bold: true });
  if ("italic" in part) return plain(part.italic, { ...style, italic: true });
  if ("strike" in part) return plain(part.strike, { ...style, strike: true });
  if ("code" in part) return plain(part.code, { ...style, code: true });
  // Bold, not a mention: a mention would notify.
  if ("person" in part) return plain(part.person, { ...style, bold: true });
  const label = inert(part.label);
  return /^https?:\/\//.test(part.link)
    ? [{ type: "link", url: inert(part.link), ...(label !== "" && { text: label }) }]
    : plain(label, style);
}

function plain(text: string, style: Exclude<types.RichTextText["style"], undefined>): Run[] {
  const shown = inert(text);
  if (shown === "") return [];
  return [{ type: "text", text: shown, ...(Object.keys(style).length > 0 && { style }) }];
}

/** Characters that a run shows. */
export function runLength(run: Run): number {
  return run.type === "text" ? run.text.length : run.type === "link" ? (run.text ?? run.url).length : 1;
}

/**
 * Divides runs into groups of at most `max` characters, at line ends or spaces where there are some. Nothing
 * is lost: the groups joined are the runs.
 */
export function divideRuns(all: readonly Run[], max: number): Run[][] {
  const groups: Run[][] = [];
  let group: Run[] = [];
  let left = max;
  const next = () => {
    if (group.length > 0) groups.push(group);
    group = [];
    left = max;
  };
  for (const one of all) {
    if (one.type !== "text") {
      if (runLength(one) > left) next();
      group.push(one);
      left -= runLength(one);
      continue;
    }
    let rest = one.text;
    while (rest.length > left) {
      const cut = cutAt(rest, left, left === max);
      if (cut > 0) group.push({ ...one, text: rest.slice(0, cut) });
      rest = rest.slice(cut);
      next();
    }
    if (rest !== "") {
      group.push({ ...one, text: rest });
      left -= rest.length;
    }
  }
  next();
  return groups;
}

/** Where to cut a text so that at most `max` characters come before: after a line end, else a space, else hard. */
export function cutAt(text: string, max: number, hard = true): number {
  const line = text.lastIndexOf("\n", max - 1) + 1;
  if (line > max / 2) return line;
  const space = text.lastIndexOf(" ", max - 1) + 1;
  if (space > max / 2) return space;
  if (!hard) return 0;
  // Never between the two halves of one character.
  return /[\ud800-\udbff]/.test(text[max - 1] ?? "") && max > 1 ? max - 1 : max;
}

export function section(elements: Run[]): types.RichTextSection {
  return { type: "rich_text_section", elements };
}

export function richText(...elements: types.RichTextBlockElement[]): types.RichTextBlock {
  return { type: "rich_text", elements };
}
