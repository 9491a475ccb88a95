import type { ForgettingChart, LearningCurvesChart, ReadingTimeChart } from "../chart.ts";
import { inUnit, type Unit } from "../numbers.ts";
import { numberAxis } from "./axes.ts";
import { type Look, lineHeight, MARGIN, TEXT } from "./look.ts";
import { type Drawing, openPage, SHAPES } from "./page.ts";

const HEIGHT = 220;
const DASHES = ["solid", "dashed", "dotted"] as const;

export function drawLearningCurves(chart: LearningCurvesChart, look: Look): Drawing {
  const { x, y, series, chance, stoppedAt } = chart;
  return drawCurves(
    {
      ...chart,
      series: series.map(({ name, points, n }) => ({ name: `${name} (n = ${n})`, points })),
      xName: x.name,
      yName: y.name,
      unit: y.unit,
      log: false,
      ...(chance === undefined ? {} : { level: { value: chance, name: "guessing" } }),
      ...(stoppedAt === undefined ? {} : { mark: { x: stoppedAt, name: "stopped" } }),
    },
    look,
  );
}

export function drawForgetting(chart: ForgettingChart, look: Look): Drawing {
  const { series, score, chance } = chart;
  const trials = series.flatMap(({ points }) => points.map(({ n }) => n));
  const [least, most] = [Math.min(...trials), Math.max(...trials)];
  return drawCurves(
    {
      ...chart,
      series: series.map(({ name, points }) => ({
        name,
        points: points.map((point) => [point.distance, point.score] as const),
      })),
      xName: "distance in tokens",
      yName: `${score.name}; n = ${least === most ? least : `${least} to ${most}`} trials a point`,
      unit: score.unit,
      log: true,
      ...(chance === undefined ? {} : { level: { value: chance, name: "guessing" } }),
    },
    look,
  );
}

/** Times grow by orders of magnitude from model to model, so both axes are logarithmic. */
export function drawReadingTime(chart: ReadingTimeChart, look: Look): Drawing {
  return drawCurves(
    {
      ...chart,
      series: chart.series.flatMap(({ name, points, oneByOne }) => [
        {
          name: `${name}, tokens together`,
          points: points.map(({ tokens, msPerToken }) => [tokens, msPerToken] as const),
        },
        {
          name: `${name}, one token a pass`,
          points: points.map(({ tokens }) => [tokens, oneByOne] as const),
        },
      ]),
      xName: "tokens of the prompt",
      yName: "time a token, each measured once",
      unit: "ms",
      log: true,
      logY: true,
    },
    look,
  );
}

interface Curves {
  readonly title: string;
  readonly source?: string;
  readonly series: readonly {
    readonly name: string;
    readonly points: readonly (readonly [number, number])[];
  }[];
  readonly xName: string;
  readonly yName: string;
  readonly unit: Unit;
  readonly log: boolean;
  readonly logY?: boolean;
  readonly level?: { readonly value: number; readonly name: string };
  readonly mark?: { readonly x: number; readonly name: string };
}

/** Lines told apart by colour, shape and dash. */
function drawCurves(curves: Curves, look: Look): Drawing {
  const { series, xName, yName, unit, log, logY, level, mark } = curves;
  const { colours } = look;
  const page = openPage(curves, look);
  page.paragraph(`${yName}${unit === "share" ? "" : `, in ${unit}`}`, { colour: colours.soft });
  const style = (index: number) => colours.series[index % colours.series.length]!;
  for (const [index, { name }] of series.entries()) {
    page.mark(SHAPES[index % SHAPES.length]!, MARGIN + 7, page.y + lineHeight(TEXT.plain) / 2, style(index));
    page.paragraph(name, { x: MARGIN + 20 });
  }
  if (level) {
    page.line([MARGIN, page.y + 9], [MARGIN + 14, page.y + 9], colours.ink);
    page.paragraph(`${level.name}: ${inUnit(level.value, unit)}`, { x: MARGIN + 20 });
  }
  if (mark)
    page.paragraph(`Upright line: ${mark.name} at ${xName} ${mark.x}.`, {
      size: TEXT.small,
      colour: colours.soft,
    });
  page.y += 10;
  const left = MARGIN + 44;
  const grid = { left, top: page.y, width: look.width - MARGIN - 14 - left, height: HEIGHT };
  page.y += HEIGHT + 8 + lineHeight(TEXT.small);
  page.word(xName, grid.left + grid.width / 2, page.y, {
    size: TEXT.small,
    colour: colours.soft,
    align: "center",
  });
  page.y += lineHeight(TEXT.small) + 4;
  const axis = numberAxis(look);
  const xs = series.flatMap(({ points }) => points.map(([x]) => x));
  const format = (value: number) =>
    unit === "share" ? `${Math.round(100 * value)} %` : String(Number(value.toFixed(2)));
  return page.finish({
    grid,
    xAxis: {
      ...axis,
      type: log ? "log" : "value",
      ...(log ? { logBase: 2 } : {}),
      min: Math.min(...xs),
      max: Math.max(...xs),
      splitLine: { show: false },
    },
    yAxis: {
      ...axis,
      ...(logY ? { type: "log", logBase: 10 } : { type: "value" }),
      ...(unit === "share" ? { min: 0, max: 1, interval: 0.25 } : { scale: true, splitNumber: 4 }),
      axisLabel: { ...axis.axisLabel, formatter: format },
    },
    series: series.map(({ name, points }, index) => ({
      type: "line",
      name,
      symbol: SHAPES[index % SHAPES.length],
      symbolSize: points.length > 40 ? 4 : 8,
      showAllSymbol: true,
      lineStyle: { color: style(index), width: 2, type: DASHES[index % DASHES.length] },
      itemStyle: { color: style(index) },
      tooltip: {
        formatter: ({ value }: { value: [number, number] }) =>
          `${name}\n${xName} ${value[0]}: ${inUnit(value[1], unit)}`,
      },
      ...(index === 0
        ? {
            markLine: {
              silent: true,
              symbol: "none",
              label: { show: false },
              lineStyle: { color: colours.ink, type: "solid", width: 1 },
              data: [...(level ? [{ yAxis: level.value }] : []), ...(mark ? [{ xAxis: mark.x }] : [])],
            },
          }
        : {}),
      data: points.map((point) => [...point]),
    })),
  });
}
