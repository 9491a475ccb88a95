import type { MapChart } from "../chart.ts";
import { inPercent } from "../numbers.ts";
import { type Frame, HIDDEN } from "./axes.ts";
import { type Look, lineHeight, MARGIN, TEXT } from "./look.ts";
import { type Drawing, openPage, type Page, SHAPES } from "./page.ts";

type Point = MapChart["points"][number];

const SIZE = 12;
/** Labels up to this width stand beside their points; if one is wider, all points bear letters. */
const LONGEST_LABEL = 110;
/** Height of the map, as a share of its width. */
const TALLEST = 0.8;
const FLATTEST = 0.4;

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Vectors in the plane of their first two principal components, at one scale along both. */
export function drawMap(chart: MapChart, look: Look): Drawing {
  const { points, explained, dimensions } = chart;
  const { colours } = look;
  const page = openPage(chart, look);
  page.paragraph(
    `n = ${points.length} vectors of ${dimensions} numbers. Along: ${inPercent(explained[0])} of the variance; upwards: ${inPercent(explained[1])}. The rest is not seen.`,
    { colour: colours.soft },
  );
  page.y += 8;
  const keyed = points.some(({ label }) => page.width(label) > LONGEST_LABEL);
  const names = points.map(({ label }, index) => (keyed ? nameOf(index) : label));
  const side = page.inner;
  const room = { x: keyed ? 30 : 80, y: 30 };
  const scale = fitScale(points, side - 2 * room.x, TALLEST * side - 2 * room.y);
  const height = Math.max(FLATTEST * side, spanOf(points.map(({ y }) => y)) * scale + 2 * room.y);
  const frame = { left: MARGIN, top: page.y, width: side, height };
  const middle = { x: mid(points.map(({ x }) => x)), y: mid(points.map(({ y }) => y)) };
  const at = points.map(({ x, y }) => [
    frame.left + side / 2 + (x - middle.x) * scale,
    frame.top + height / 2 - (y - middle.y) * scale,
  ]) as [number, number][];
  page.rectangle(frame.left, frame.top, frame.width, frame.height, colours.paper, colours.line);
  const left = placeLabels(page, names, at, frame);
  page.y = frame.top + height + 8;
  const groups = [...new Set(points.map(({ group }) => group ?? ""))];
  if (groups.length > 1 || groups[0] !== "") groupKey(page, look, groups);
  if (keyed) {
    for (const [index, { label }] of points.entries()) {
      page.word(nameOf(index), MARGIN, page.y, { bold: true });
      page.paragraph(label, { x: MARGIN + 26, mostLines: 2 });
      page.y += 2;
    }
  } else if (left.length > 0) {
    page.paragraph(`Too close to be named: ${left.map((index) => points[index]!.label).join(", ")}.`, {
      size: TEXT.small,
      colour: colours.soft,
    });
  }
  const styleOf = ({ group }: Point) => {
    const index = groups.indexOf(group ?? "");
    return { symbol: SHAPES[index % SHAPES.length], color: colours.series[index % colours.series.length] };
  };
  return page.finish({
    grid: frame,
    xAxis: { ...HIDDEN, type: "value", min: frame.left, max: frame.left + side },
    yAxis: { ...HIDDEN, type: "value", inverse: true, min: frame.top, max: frame.top + height },
    series: {
      type: "scatter",
      symbolSize: SIZE,
      tooltip: { formatter: ({ dataIndex }: { dataIndex: number }) => points[dataIndex]!.label },
      data: points.map((point, index) => {
        const { symbol, color } = styleOf(point);
        return { value: at[index], symbol, itemStyle: { color, opacity: 1 } };
      }),
    },
  });
}

function groupKey(page: Page, look: Look, groups: readonly string[]): void {
  let x = MARGIN;
  for (const [index, group] of groups.entries()) {
    const words = page.fit(group === "" ? "others" : group, page.inner - 20);
    const width = 18 + page.width(words) + 14;
    if (x + width > look.width - MARGIN && x > MARGIN) {
      x = MARGIN;
      page.y += lineHeight(TEXT.plain) + 2;
    }
    const colour = look.colours.series[index % look.colours.series.length]!;
    page.mark(SHAPES[index % SHAPES.length]!, x + 6, page.y + lineHeight(TEXT.plain) / 2, colour);
    page.word(words, x + 18, page.y);
    x += width;
  }
  page.y += lineHeight(TEXT.plain) + 6;
}

/** A, B … Z, A1, B1 … */
function nameOf(index: number): string {
  const round = Math.floor(index / 26);
  return String.fromCharCode(65 + (index % 26)) + (round === 0 ? "" : String(round));
}

const mid = (values: readonly number[]): number => (Math.min(...values) + Math.max(...values)) / 2;

function fitScale(points: readonly Point[], width: number, height: number): number {
  return Math.min(width / spanOf(points.map(({ x }) => x)), height / spanOf(points.map(({ y }) => y)));
}

/** More than 0 also for a single point. */
const spanOf = (values: readonly number[]): number => Math.max(...values) - Math.min(...values) || 1e-9;

/** Puts each name beside its point where it covers nothing. Returns the points that could not be named. */
function placeLabels(
  page: Page,
  names: readonly string[],
  at: readonly [number, number][],
  frame: Frame,
): number[] {
  const bounds: Box = { x: frame.left, y: frame.top, width: frame.width, height: frame.height };
  const taken: Box[] = at.map(([x, y]) => ({ x: x - SIZE / 2, y: y - SIZE / 2, width: SIZE, height: SIZE }));
  const unnamed: number[] = [];
  for (const [index, name] of names.entries()) {
    const [x, y] = at[index]!;
    const [width, height] = [page.width(name), lineHeight(TEXT.plain)];
    const near = SIZE / 2 + 4;
    const spots: [number, number][] = [
      [x + near, y - height / 2],
      [x - near - width, y - height / 2],
      [x - width / 2, y - near - height],
      [x - width / 2, y + near],
      [x + near, y - height],
      [x + near, y],
      [x - near - width, y - height],
      [x - near - width, y],
    ];
    const spot = spots
      .map(([left, top]) => ({ x: left, y: top, width, height }))
      .find((box) => inside(box, bounds) && !taken.some((other) => overlaps(box, other)));
    if (!spot) {
      unnamed.push(index);
      continue;
    }
    taken.push(spot);
    page.word(name, spot.x, spot.y + 1);
  }
  return unnamed;
}

function inside(box: Box, frame: Box): boolean {
  return (
    box.x >= frame.x &&
    box.y >= frame.y &&
    box.x + box.width <= frame.x + frame.width &&
    box.y + box.height <= frame.y + frame.height
  );
}

function overlaps(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}
