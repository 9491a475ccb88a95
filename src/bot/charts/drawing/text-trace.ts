import type { TextTraceChart } from "../chart.ts";
import { inPercent } from "../numbers.ts";
import { HIDDEN, numberAxis, pixelAxes } from "./axes.ts";
import { flow, tokenSeries } from "./flowing-tokens.ts";
import { inkOn, type Look, lineHeight, MARGIN, shade, TEXT } from "./look.ts";
import { type Drawing, openPage } from "./page.ts";

const PLOT = 84;
/** Classes of probability, from the least likely; each has a shade of its own. */
const CLASSES = [
  { below: 0.01, name: "<1 %", share: 1 },
  { below: 0.1, name: "1–10 %", share: 0.72 },
  { below: 0.5, name: "10–50 %", share: 0.36 },
  { below: Number.POSITIVE_INFINITY, name: "over 50 %", share: 0.08 },
] as const;
const SWATCH = 12;

/** Entropy and the tokens' probability along the text, and the text coloured by how unlikely each token was. */
export function drawTextTrace(chart: TextTraceChart, look: Look): Drawing {
  const { tokens, prompt } = chart;
  const { colours } = look;
  const page = openPage(chart, look);
  const grids: object[] = [];
  const xAxes: object[] = [];
  const yAxes: object[] = [];
  const series: object[] = [];
  const plot = (
    name: string,
    values: number[],
    max: number | undefined,
    colour: string,
    unit: (value: number) => string,
  ) => {
    const gridIndex = grids.length;
    page.paragraph(name, { size: TEXT.small, colour: colours.soft });
    grids.push({ left: MARGIN + 38, top: page.y + 8, width: page.inner - 46, height: PLOT });
    xAxes.push({
      ...HIDDEN,
      gridIndex,
      type: "category",
      boundaryGap: false,
      axisLine: { show: true, lineStyle: { color: colours.soft } },
      data: tokens.map((_, index) => index + 1),
    });
    yAxes.push({
      ...numberAxis(look),
      gridIndex,
      type: "value",
      min: 0,
      ...(max === undefined ? {} : { max }),
      splitNumber: 2,
      axisLabel: { ...numberAxis(look).axisLabel, formatter: unit },
    });
    series.push({
      type: "line",
      xAxisIndex: gridIndex,
      yAxisIndex: gridIndex,
      symbol: "circle",
      symbolSize: tokens.length > 60 ? 3 : 5,
      showAllSymbol: true,
      lineStyle: { color: colour, width: 2 },
      itemStyle: { color: colour },
      tooltip: { formatter: ({ dataIndex }: { dataIndex: number }) => tip(chart, dataIndex) },
      data: values,
    });
    page.y += PLOT + 22;
  };
  plot(
    "Entropy of the distribution, in nats",
    tokens.map(({ entropy }) => entropy),
    undefined,
    colours.series[1]!,
    String,
  );
  plot(
    "Probability of the chosen token, by the model",
    tokens.map(({ probability }) => probability),
    1,
    colours.series[0]!,
    (value) => `${Math.round(100 * value)} %`,
  );
  page.y -= 4;
  const axis = `token 1 to ${tokens.length}`;
  page.word(axis, look.width - MARGIN, page.y, { size: TEXT.small, colour: colours.soft, align: "right" });
  legend();
  const written = flow(page, [prompt, ...tokens.map(({ text }) => text)], look);
  const pixels = pixelAxes(page, grids.length);
  series.push({
    ...tokenSeries(written, look, (index) => {
      if (index === 0) return { fill: colours.paper, ink: colours.soft, tip: "the prompt" };
      const fill = shade(look, classOf(tokens[index - 1]!.probability).share);
      return { fill, ink: inkOn(fill), tip: tip(chart, index - 1) };
    }),
    xAxisIndex: grids.length,
    yAxisIndex: grids.length,
  });
  page.y += 4;
  return page.finish({
    grid: [...grids, pixels.grid],
    xAxis: [...xAxes, pixels.xAxis],
    yAxis: [...yAxes, pixels.yAxis],
    series,
  });

  function legend(): void {
    page.word("Token's probability", MARGIN, page.y, { size: TEXT.small, colour: colours.soft });
    page.y += lineHeight(TEXT.small) + 4;
    let x = MARGIN;
    for (const { name, share } of CLASSES) {
      page.rectangle(x, page.y + 2, SWATCH, SWATCH, shade(look, share), colours.soft);
      page.word(name, x + SWATCH + 5, page.y, { size: TEXT.small });
      x += SWATCH + 5 + page.width(name, { size: TEXT.small }) + 14;
    }
    page.y += lineHeight(TEXT.small) + 10;
  }
}

function classOf(probability: number) {
  return CLASSES.find(({ below }) => probability < below)!;
}

function tip({ tokens }: TextTraceChart, index: number): string {
  const { text, probability, entropy } = tokens[index]!;
  return `“${text}” ${inPercent(probability)}\nentropy ${entropy.toFixed(2)} nats`;
}
