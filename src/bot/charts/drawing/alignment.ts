import { visible } from "../../decoding/visible-text.ts";
import type { AlignmentChart } from "../chart.ts";
import { inPercent } from "../numbers.ts";
import { pixelAxes } from "./axes.ts";
import { type Look, TEXT } from "./look.ts";
import { drawMatrix, shadeKey } from "./matrix.ts";
import { type Drawing, openPage } from "./page.ts";

/** What each output token attended to: a row for each, the input across. */
export function drawAlignment(chart: AlignmentChart, look: Look): Drawing {
  const { input, output, weights, attention } = chart;
  const page = openPage(chart, look);
  page.paragraph(`Cross-attention, ${attention}.`, { colour: look.colours.soft });
  page.y += 8;
  page.paragraph("Rows: output, from the first token down. Columns: input.", {
    size: TEXT.small,
    colour: look.colours.soft,
  });
  const [from, to] = [input.map(visible), output.map(visible)];
  const series = drawMatrix(page, look, {
    labels: { rows: to, columns: from },
    shares: weights,
    text: (row, column) =>
      weights[row]![column]! >= 0.1 ? `${Math.round(100 * weights[row]![column]!)}` : "",
    tip: (row, column) => `${to[row]} looks at ${from[column]}\n${inPercent(weights[row]![column]!)}`,
    tallest: 26,
  });
  shadeKey(page, look, "0 %", "100 % of the row; numbers in %");
  return page.finish({ ...pixelAxes(page), series });
}
