import { visible } from "../../decoding/visible-text.ts";
import type { DistributionChart } from "../chart.ts";
import { inPercent } from "../numbers.ts";
import { HIDDEN } from "./axes.ts";
import { type Look, lineHeight, MARGIN, TEXT } from "./look.ts";
import { type Drawing, openPage } from "./page.ts";

const ROW = 20;
const LONGEST_LABEL = 104;
/** Panels side by side; more go below. */
const MOST_COLUMNS = 3;
const GAP = 12;
const VALUE_ROOM = 46;

/** One panel of bars for the model and for each processor, over the same tokens and the same scale. */
export function drawDistribution(chart: DistributionChart, look: Look): Drawing {
  const { stages, tokens } = chart;
  const { colours } = look;
  const page = openPage(chart, look);
  page.paragraph(
    `Probability of each token; ${stages[0]!.keptCount.toLocaleString("en")} in the vocabulary.`,
    { colour: colours.soft },
  );
  page.y += 8;
  const labels = tokens.map(({ text }) => page.fit(visible(text), LONGEST_LABEL));
  const labelWidth = Math.max(...labels.map((label) => page.width(label))) + 8;
  const columns = stages.length === 4 ? 2 : Math.min(MOST_COLUMNS, stages.length);
  const panel = (page.inner - labelWidth - (columns - 1) * GAP) / columns;
  const most = Math.max(...tokens.flatMap(({ probabilities }) => probabilities), Number.MIN_VALUE);
  const grids: object[] = [];
  const series: object[] = [];
  const rows = tokens.length * ROW;
  const head = 3 * lineHeight(TEXT.small) + 4;
  for (const [index, stage] of stages.entries()) {
    const column = index % columns;
    if (column === 0 && index > 0) page.y += head + rows + GAP;
    const left = MARGIN + labelWidth + column * (panel + GAP);
    const top = page.y + head;
    page.word(page.fit(index === 0 ? "The model" : stage.name, panel, { bold: true }), left, page.y, {
      bold: true,
    });
    const facts =
      index === 0
        ? ["before any processor"]
        : stage.keptCount === stages[index - 1]!.keptCount
          ? ["cuts nothing"]
          : [`${stage.keptCount.toLocaleString("en")} kept`, `${inPercent(stage.keptMass)} of the mass`];
    for (const [line, fact] of facts.entries()) {
      page.word(
        page.fit(fact, panel, { size: TEXT.small }),
        left,
        page.y + (line + 1) * lineHeight(TEXT.small) + 2,
        {
          size: TEXT.small,
          colour: colours.soft,
        },
      );
    }
    if (column === 0) {
      for (const [row, label] of labels.entries()) {
        page.word(label, MARGIN + labelWidth - 8, top + row * ROW + 1, { align: "right" });
      }
    }
    grids.push({ left, top, width: panel, height: rows });
    series.push({
      type: "bar",
      xAxisIndex: index,
      yAxisIndex: index,
      barCategoryGap: "25%",
      itemStyle: { color: index === 0 ? colours.accent : colours.series[2] },
      label: {
        show: true,
        position: "right",
        distance: 4,
        fontSize: TEXT.small,
        color: colours.ink,
        formatter: ({ dataIndex }: { dataIndex: number }) => valueLabel(chart, dataIndex, index),
      },
      tooltip: {
        formatter: ({ dataIndex }: { dataIndex: number }) =>
          `${visible(tokens[dataIndex]!.text)}\n${index === 0 ? "model" : stage.name}: ${valueLabel(chart, dataIndex, index)}`,
      },
      data: tokens.map(({ probabilities }) => probabilities[index] ?? 0),
    });
  }
  page.y += head + rows;
  return page.finish({
    grid: grids,
    xAxis: stages.map((_, gridIndex) => ({
      ...HIDDEN,
      gridIndex,
      type: "value",
      min: 0,
      max: (most * panel) / (panel - VALUE_ROOM),
    })),
    yAxis: stages.map((_, gridIndex) => ({
      ...HIDDEN,
      gridIndex,
      type: "category",
      inverse: true,
      axisLine: { show: true, lineStyle: { color: colours.soft } },
      data: labels.map((_label, row) => String(row)),
    })),
    series,
  });
}

/** "cut" where this stage cut the token, "–" where an earlier one had. */
function valueLabel({ stages, tokens }: DistributionChart, row: number, stage: number): string {
  const { probabilities, cutBy } = tokens[row]!;
  const value = probabilities[stage] ?? 0;
  if (value > 0 || cutBy === undefined) return inPercent(value);
  return stages[stage]!.name === cutBy ? "cut" : "–";
}
