import type { PollChart } from "../chart.ts";
import { inPercent, people } from "../numbers.ts";
import { HIDDEN } from "./axes.ts";
import { type Look, lineHeight, MARGIN, TEXT } from "./look.ts";
import { type Drawing, openPage } from "./page.ts";

const BAR = 18;
const VALUE_ROOM = 84;

/** A bar for each choice below its words; with two rounds, the earlier one above the later one. */
export function drawPoll(chart: PollChart, look: Look): Drawing {
  const { choices, n, nBefore } = chart;
  const { colours } = look;
  const page = openPage(chart, look);
  const twice = nBefore !== undefined;
  page.paragraph(twice ? `n = ${people(nBefore)} before, ${people(n)} after.` : `n = ${people(n)}.`, {
    colour: colours.soft,
  });
  if (twice) {
    page.rectangle(MARGIN, page.y + 3, 12, 12, colours.faint);
    page.word("before", MARGIN + 18, page.y, { size: TEXT.small });
    const x = MARGIN + 18 + page.width("before", { size: TEXT.small }) + 16;
    page.rectangle(x, page.y + 3, 12, 12, colours.accent);
    page.word("after", x + 18, page.y, { size: TEXT.small });
    page.y += lineHeight(TEXT.small) + 4;
  }
  const grids: object[] = [];
  const xAxes: object[] = [];
  const yAxes: object[] = [];
  const series: object[] = [];
  const most = Math.max(
    1,
    ...choices.flatMap(({ count, before = 0 }) => [
      count / Math.max(1, n),
      before / Math.max(1, nBefore ?? n),
    ]),
  );
  for (const { label, count, right, before } of choices) {
    page.y += 8;
    page.paragraph(right ? `${label} (right)` : label, { bold: right === true, mostLines: 3 });
    const gridIndex = grids.length;
    const bars = [
      ...(twice ? [{ round: "before", value: before ?? 0, of: nBefore, colour: colours.faint }] : []),
      { round: twice ? "after" : "", value: count, of: n, colour: colours.accent },
    ];
    const height = bars.length * BAR;
    grids.push({ left: MARGIN, top: page.y + 2, width: page.inner, height });
    xAxes.push({
      ...HIDDEN,
      gridIndex,
      type: "value",
      min: 0,
      max: (most * page.inner) / (page.inner - VALUE_ROOM),
    });
    yAxes.push({
      ...HIDDEN,
      gridIndex,
      type: "category",
      inverse: true,
      axisLine: { show: true, lineStyle: { color: colours.soft } },
      data: bars.map(({ round }) => round),
    });
    series.push({
      type: "bar",
      xAxisIndex: gridIndex,
      yAxisIndex: gridIndex,
      barCategoryGap: "15%",
      label: { show: true, position: "right", distance: 6, color: colours.ink, fontSize: TEXT.plain },
      tooltip: {
        formatter: ({ dataIndex }: { dataIndex: number }) => `${label}\n${words(bars[dataIndex]!)}`,
      },
      data: bars.map((bar) => ({
        value: bar.value / Math.max(1, bar.of),
        itemStyle: { color: bar.colour },
        label: { formatter: () => `${bar.value} · ${inPercent(bar.value / Math.max(1, bar.of))}` },
      })),
    });
    page.y += height + 4;
  }
  page.y += 4;
  return page.finish({ grid: grids, xAxis: xAxes, yAxis: yAxes, series });
}

function words({ round, value, of }: { round: string; value: number; of: number }): string {
  return `${round === "" ? "" : `${round}: `}${value} of ${people(of)}`;
}
