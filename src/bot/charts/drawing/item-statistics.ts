import type { ItemStatisticsChart } from "../chart.ts";
import { inPercent } from "../numbers.ts";
import { HIDDEN } from "./axes.ts";
import { type Look, lineHeight, MARGIN, TEXT } from "./look.ts";
import { type Drawing, openPage } from "./page.ts";

const ROW = 24;
const LABEL = 150;
const GAP = 14;
const VALUE_ROOM = 46;
/** Below it an item is to be looked at (Ebel & Frisbie 1991). */
const WEAK = 0.2;

/** A row for each item, hardest first: the share right as a bar, the discrimination as a point on its scale. */
export function drawItemStatistics(chart: ItemStatisticsChart, look: Look): Drawing {
  const { colours } = look;
  const items = chart.items.toSorted((a, b) => a.difficulty - b.difficulty);
  const page = openPage(chart, look);
  const told = items.some(({ discrimination }) => discrimination !== undefined);
  page.paragraph(
    told
      ? "Hardest first. D: the best 27 % less the weakest 27 %; below .2 it tells little."
      : "Hardest first.",
    { colour: colours.soft },
  );
  page.y += 8;
  const labels = items.map(({ label, flagged, n }) => {
    const tail = `${flagged ? " !" : ""} (n = ${n})`;
    return page.fit(label, LABEL - page.width(tail)) + tail;
  });
  const labelWidth = Math.max(...labels.map((label) => page.width(label))) + 8;
  const panel = told ? (page.inner - labelWidth - GAP) / 2 : page.inner - labelWidth;
  const [first, second] = [MARGIN + labelWidth, MARGIN + labelWidth + panel + GAP];
  page.word("mean score", first, page.y, { bold: true });
  if (told) page.word("D", second, page.y, { bold: true });
  page.y += lineHeight(TEXT.plain) + 2;
  const top = page.y;
  const height = items.length * ROW;
  for (const [row, label] of labels.entries()) {
    page.word(label, first - 8, top + row * ROW + (ROW - lineHeight(TEXT.plain)) / 2, { align: "right" });
  }
  page.y += height + 4;
  const small = { size: TEXT.small, colour: colours.soft };
  if (told) {
    page.word("−1", second, page.y, small);
    page.word("0", second + panel / 2, page.y, { ...small, align: "center" });
    page.word("1", second + panel, page.y, { ...small, align: "right" });
    page.y += lineHeight(TEXT.small) + 4;
  }
  if (items.some(({ flagged }) => flagged)) {
    page.paragraph("! something to look at: see the words beside.", small);
  }
  const category = {
    ...HIDDEN,
    type: "category" as const,
    inverse: true,
    data: labels.map((_, row) => String(row)),
  };
  const scores = {
    type: "bar",
    barCategoryGap: "35%",
    itemStyle: { color: colours.accent },
    label: {
      show: true,
      position: "right",
      distance: 4,
      color: colours.ink,
      fontSize: TEXT.small,
      formatter: ({ dataIndex }: { dataIndex: number }) => inPercent(items[dataIndex]!.difficulty),
    },
    tooltip: { formatter: ({ dataIndex }: { dataIndex: number }) => tip(items[dataIndex]!) },
    data: items.map(({ difficulty }) => difficulty),
  };
  const grid = { left: first, top, width: panel, height };
  const xAxis = { ...HIDDEN, type: "value", min: 0, max: panel / (panel - VALUE_ROOM) };
  const yAxis = { ...category, axisLine: { show: true, lineStyle: { color: colours.soft } } };
  if (!told) return page.finish({ grid, xAxis, yAxis, series: scores });
  return page.finish({
    grid: [grid, { ...grid, left: second }],
    xAxis: [
      xAxis,
      {
        ...HIDDEN,
        gridIndex: 1,
        type: "value",
        min: -1,
        max: 1,
        interval: 1,
        splitLine: { show: true, lineStyle: { color: colours.line } },
      },
    ],
    yAxis: [yAxis, { ...category, gridIndex: 1 }],
    series: [
      scores,
      {
        type: "scatter",
        xAxisIndex: 1,
        yAxisIndex: 1,
        symbolSize: 10,
        itemStyle: { opacity: 1 },
        tooltip: { formatter: ({ value }: { value: [number, number] }) => tip(items[value[1]]!) },
        data: items.flatMap(({ discrimination }, row) =>
          discrimination === undefined
            ? []
            : [
                {
                  value: [discrimination, row],
                  symbol: discrimination < WEAK ? "diamond" : "circle",
                  itemStyle: { color: discrimination < WEAK ? colours.series[1] : colours.series[0] },
                },
              ],
        ),
      },
    ],
  });
}

function tip({ label, n, difficulty, discrimination }: ItemStatisticsChart["items"][number]): string {
  const d = discrimination === undefined ? "too few answers for D" : `D = ${discrimination.toFixed(2)}`;
  return `${label}\nmean score ${inPercent(difficulty)}, n = ${n}\n${d}`;
}
