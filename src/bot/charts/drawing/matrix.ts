import type { Frame } from "./axes.ts";
import { inkOn, type Look, lineHeight, MARGIN, shade, TEXT } from "./look.ts";
import type { Page } from "./page.ts";

export interface MatrixLabels {
  readonly rows: readonly string[];
  readonly columns: readonly string[];
}

interface MatrixContent {
  readonly labels: MatrixLabels;
  /** From 0 to 1: how dark each cell is, by row and column. */
  readonly shares: readonly (readonly number[])[];
  /** What stands in a cell; left out where a cell has no room for it. */
  readonly text?: (row: number, column: number) => string;
  readonly tip: (row: number, column: number) => string;
  readonly tallest?: number;
}

const LONGEST_ROW_LABEL = 150;
const LONGEST_COLUMN_LABEL = 96;
const CELL = { least: 18, most: 56 } as const;

/** A shaded table, as a series on pixel axes, from `page.y` on; column names stand upright where they are wider than their column. */
export function drawMatrix(page: Page, look: Look, content: MatrixContent): object {
  const { labels, shares, text, tip } = content;
  const rows = labels.rows.map((label) => page.fit(label, LONGEST_ROW_LABEL));
  const labelWidth = Math.max(...rows.map((label) => page.width(label))) + 8;
  const columns = labels.columns.map((label) => page.fit(label, LONGEST_COLUMN_LABEL, { size: TEXT.small }));
  const widest = Math.max(...columns.map((label) => page.width(label, { size: TEXT.small })));
  const cellWidth = Math.min(
    Math.max(CELL.most, widest + 10),
    (page.inner - labelWidth) / labels.columns.length,
  );
  const cellHeight = Math.max(CELL.least, Math.min(cellWidth, content.tallest ?? 30));
  const upright = widest > cellWidth - 4;
  const head = (upright ? widest + 4 : lineHeight(TEXT.small)) + 6;
  const frame: Frame = {
    left: MARGIN + labelWidth,
    top: page.y + head,
    width: cellWidth * columns.length,
    height: cellHeight * rows.length,
  };
  for (const [row, label] of rows.entries()) {
    const y = frame.top + (row + 0.5) * cellHeight - lineHeight(TEXT.plain) / 2;
    page.word(label, frame.left - 8, y, { align: "right" });
  }
  for (const [column, label] of columns.entries()) {
    const x = frame.left + (column + 0.5) * cellWidth;
    const style = { size: TEXT.small, upright };
    if (upright) page.word(label, x - lineHeight(TEXT.small) / 2, frame.top - 5, style);
    else page.word(label, x, frame.top - lineHeight(TEXT.small) - 2, { ...style, align: "center" });
  }
  page.y = frame.top + frame.height;
  const cells = shares.flatMap((line, row) =>
    line.map((share, column) => {
      const fill = shade(look, share);
      const words = text?.(row, column) ?? "";
      const fits = page.width(words, { size: TEXT.small }) <= cellWidth - 4;
      return {
        value: [frame.left + (column + 0.5) * cellWidth, frame.top + (row + 0.5) * cellHeight],
        symbolSize: [cellWidth - 1, cellHeight - 1],
        itemStyle: { color: fill, opacity: 1 },
        label: { show: fits && words !== "", formatter: () => words, color: inkOn(fill) },
        tooltip: { formatter: () => tip(row, column) },
      };
    }),
  );
  return {
    type: "scatter",
    symbol: "rect",
    emphasis: { disabled: true },
    label: { fontSize: TEXT.small, fontFamily: look.fontFamily },
    data: cells,
  };
}

const STEPS = 5;
const STEP = 26;

/** What the shades mean: from one word to another. */
export function shadeKey(page: Page, look: Look, from: string, to: string): void {
  page.y += 8;
  const style = { size: TEXT.small, colour: look.colours.soft };
  page.word(from, MARGIN, page.y, style);
  const left = MARGIN + page.width(from, style) + 6;
  for (let step = 0; step < STEPS; step++) {
    page.rectangle(
      left + step * STEP,
      page.y + 1,
      STEP - 2,
      12,
      shade(look, step / (STEPS - 1)),
      look.colours.soft,
    );
  }
  page.word(to, left + STEPS * STEP + 4, page.y, style);
  page.y += lineHeight(TEXT.small);
}
