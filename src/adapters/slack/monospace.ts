import { type BarsBlock, fullBar, type TableBlock } from "../../bot/cards/card.ts";
import { inert } from "./inert.ts";

const BAR_WIDTH = 20;
const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/** A table in monospaced text: columns aligned, a line under the head. */
export function tableText({ columns, rows }: TableBlock): string {
  const cells = [columns.map(({ name }) => name), ...rows].map((row) => row.map(oneLine));
  const widths = columns.map((_, i) => Math.max(...cells.map((row) => width(row[i] ?? ""))));
  const line = (row: readonly string[]) =>
    columns
      .map(({ align }, i) => pad(row[i] ?? "", widths[i]!, align === "right"))
      .join("  ")
      .trimEnd();
  const rule = widths.map((each) => "─".repeat(each)).join("  ");
  return [line(cells[0]!), rule, ...cells.slice(1).map(line)].join("\n");
}

/** Bars in monospaced text: label, bar, value, note; a marked one with ◀. */
export function barsText(block: BarsBlock): string {
  const { unit, bars } = block;
  const most = fullBar(block);
  const labels = bars.map(({ label }) => oneLine(label));
  const labelWidth = Math.max(...labels.map(width));
  return bars
    .map(({ value, marked, note }, i) => {
      const shown = unit === "probability" ? value.toFixed(3) : String(value);
      const parts = [pad(labels[i]!, labelWidth, false), pad(bar(value / most), BAR_WIDTH, false), shown];
      if (note !== undefined) parts.push(oneLine(note));
      if (marked) parts.push("◀");
      return parts.join(" ");
    })
    .join("\n");
}

export function progressText(done: number, total: number): string {
  const filled = total > 0 ? Math.round((10 * Math.min(done, total)) / total) : 0;
  return `${"▰".repeat(filled)}${"▱".repeat(10 - filled)} ${done} of ${total}`;
}

function bar(share: number): string {
  const eighths = Math.round(Math.min(1, Math.max(0, share)) * BAR_WIDTH * 8);
  return "█".repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8];
}

function oneLine(text: string): string {
  return inert(text).replaceAll("\n", "↵").replaceAll("\t", " ");
}

/** Columns that a text fills: characters of East Asia and emoji fill two. */
function width(text: string): number {
  let columns = 0;
  for (const { segment } of new Intl.Segmenter("en").segment(text)) {
    columns +=
      /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]/u.test(
        segment,
      )
        ? 2
        : 1;
  }
  return columns;
}

function pad(text: string, columns: number, right: boolean): string {
  const space = " ".repeat(Math.max(0, columns - width(text)));
  return right ? space + text : text + space;
}
