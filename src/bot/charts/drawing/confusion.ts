import type { ConfusionChart } from "../chart.ts";
import { inPercent } from "../numbers.ts";
import { pixelAxes } from "./axes.ts";
import { type Look, TEXT } from "./look.ts";
import { drawMatrix, shadeKey } from "./matrix.ts";
import { type Drawing, openPage } from "./page.ts";

const LONGEST_LABEL = 110;

/** Counts by true and predicted label, shaded by their share of the true label. */
export function drawConfusion(chart: ConfusionChart, look: Look): Drawing {
  const { labels, counts, unit } = chart;
  const page = openPage(chart, look);
  const total = counts.flat().reduce((sum, count) => sum + count, 0);
  const right = labels.reduce((sum, _, index) => sum + counts[index]![index]!, 0);
  page.paragraph(`n = ${total} ${unit}; ${right} right (${inPercent(total === 0 ? 0 : right / total)}).`, {
    colour: look.colours.soft,
  });
  page.y += 8;
  page.paragraph("Rows: true label. Columns: predicted label.", {
    size: TEXT.small,
    colour: look.colours.soft,
  });
  const sums = counts.map((row) => row.reduce((sum, count) => sum + count, 0));
  const series = drawMatrix(page, look, {
    labels: {
      rows: labels.map((label, row) => `${page.fit(label, LONGEST_LABEL)} (${sums[row]})`),
      columns: labels,
    },
    shares: counts.map((row, i) => row.map((count) => (sums[i] ? count / sums[i]! : 0))),
    text: (row, column) => String(counts[row]![column]),
    tip: (row, column) =>
      `true: ${labels[row]}\npredicted: ${labels[column]}\n${counts[row]![column]} of ${sums[row]}`,
    tallest: 40,
  });
  shadeKey(page, look, "0 %", "100 % of the row");
  return page.finish({ ...pixelAxes(page), series });
}
