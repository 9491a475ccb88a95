import type { SimilarityChart } from "../chart.ts";
import { pixelAxes } from "./axes.ts";
import type { Look } from "./look.ts";
import { drawMatrix, shadeKey } from "./matrix.ts";
import { type Drawing, openPage } from "./page.ts";

/** One matrix of cosines for each kind of vectors, in the same shades. */
export function drawSimilarity(chart: SimilarityChart, look: Look): Drawing {
  const { labels, matrices } = chart;
  const page = openPage(chart, look);
  page.paragraph(`Cosine of every pair; ${labels.length} words or texts.`, { colour: look.colours.soft });
  const letters = labels.map((_, index) => String.fromCharCode(65 + index));
  const named = labels.map((label, index) => `${letters[index]} ${label}`);
  const series = matrices.map(({ name, cosines }) => {
    page.y += 12;
    page.paragraph(name, { bold: true });
    return drawMatrix(page, look, {
      labels: { rows: named, columns: letters },
      shares: cosines.map((row) => row.map((cosine) => Math.max(0, cosine))),
      text: (row, column) => cosines[row]![column]!.toFixed(2).replace("-", "−"),
      tip: (row, column) =>
        `${named[row]} and ${named[column]}\n${name}: ${cosines[row]![column]!.toFixed(3)}`,
    });
  });
  shadeKey(page, look, "cosine 0 or less", "1");
  return page.finish({ ...pixelAxes(page), series });
}
