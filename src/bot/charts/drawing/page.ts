import type { EChartsOption } from "echarts";
import { type Look, lineHeight, MARGIN, TEXT } from "./look.ts";
import { shortened, wrapWords } from "./wrap-words.ts";

/** A chart ready to be drawn: what ECharts takes, and how high it is. */
export interface Drawing {
  readonly option: EChartsOption;
  readonly height: number;
}

interface WordStyle {
  readonly size?: number;
  readonly bold?: boolean;
  readonly colour?: string;
  readonly align?: "left" | "center" | "right";
  /** Written upwards, from (x, y) on. */
  readonly upright?: boolean;
}

/** Shapes tell series and groups apart for who can't tell the colours. */
export const SHAPES = ["circle", "rect", "triangle", "diamond"] as const;
export type Shape = (typeof SHAPES)[number];
const MARK = 11;

/** A picture from top to bottom: `y` is where the next thing goes. */
export interface Page {
  readonly look: Look;
  /** From the left to the right margin. */
  readonly inner: number;
  y: number;
  width(text: string, style?: WordStyle): number;
  /** The beginning of a text that fits. */
  fit(text: string, width: number, style?: WordStyle): string;
  /** One line of text, the top of the line at y; nothing is cut. */
  word(text: string, x: number, y: number, style?: WordStyle): void;
  /** Text in as many lines as it needs, and `y` after it. Returns the number of lines. */
  paragraph(text: string, style?: WordStyle & { readonly mostLines?: number; readonly x?: number }): number;
  rectangle(x: number, y: number, width: number, height: number, fill: string, border?: string): void;
  /** The mark of a series or a group in a key, its middle at (x, y). */
  mark(shape: Shape, x: number, y: number, colour: string): void;
  line(from: readonly [number, number], to: readonly [number, number], colour?: string): void;
  /** Adds the small print and closes the picture. */
  finish(parts: Parts): Drawing;
}

/** What a kind of chart adds to ECharts' option. Its series are plain data whose callbacks are narrower than ECharts' types. */
export interface Parts {
  readonly grid?: object | readonly object[];
  readonly xAxis?: object | readonly object[];
  readonly yAxis?: object | readonly object[];
  readonly series: object | readonly object[];
}

/** Begins a picture with its title. */
export function openPage({ title, source }: { title: string; source?: string }, look: Look): Page {
  const inner = look.width - 2 * MARGIN;
  const elements: object[] = [];
  const widthOf = (text: string, { size = TEXT.plain, bold = false }: WordStyle = {}) =>
    look.measure(text, size, bold);
  const page: Page = {
    look,
    inner,
    y: MARGIN,
    width: widthOf,
    fit: (text, width, style) => shortened(inert(text), width, (part) => widthOf(part, style)),
    word(
      text,
      x,
      y,
      { size = TEXT.plain, bold = false, colour = look.colours.ink, align = "left", upright } = {},
    ) {
      elements.push({
        type: "text",
        // In the middle of its line, like the words on a page.
        ...(upright ? { x: x + lineHeight(size) / 2, y } : { x, y: y + lineHeight(size) / 2 }),
        z: 10,
        ...(upright ? { rotation: Math.PI / 2 } : {}),
        silent: true,
        style: {
          text: inert(text),
          fill: colour,
          fontFamily: look.fontFamily,
          fontSize: size,
          fontWeight: bold ? "bold" : "normal",
          textAlign: align,
          textVerticalAlign: "middle",
        },
      });
    },
    paragraph(text, { mostLines, x = MARGIN, ...style } = {}) {
      const size = style.size ?? TEXT.plain;
      const room = look.width - MARGIN - x;
      const lines = wrapWords(inert(text), room, (part) => widthOf(part, style), mostLines);
      for (const [index, line] of lines.entries()) {
        page.word(line, x, page.y + index * lineHeight(size), style);
      }
      page.y += lines.length * lineHeight(size);
      return lines.length;
    },
    rectangle(x, y, width, height, fill, border) {
      elements.push({
        type: "rect",
        z: 1,
        silent: true,
        shape: { x, y, width, height, r: 3 },
        style: { fill, ...(border === undefined ? {} : { stroke: border, lineWidth: 1 }) },
      });
    },
    mark(shape, x, y, colour) {
      const r = MARK / 2;
      const outlines = {
        rect: [
          [x - r, y - r],
          [x + r, y - r],
          [x + r, y + r],
          [x - r, y + r],
        ],
        triangle: [
          [x, y - r],
          [x + r, y + r],
          [x - r, y + r],
        ],
        diamond: [
          [x, y - r],
          [x + r, y],
          [x, y + r],
          [x - r, y],
        ],
      };
      const shaped =
        shape === "circle"
          ? { type: "circle", shape: { cx: x, cy: y, r } }
          : { type: "polygon", shape: { points: outlines[shape] } };
      elements.push({ ...shaped, z: 1, silent: true, style: { fill: colour } });
    },
    line([x1, y1], [x2, y2], colour = look.colours.line) {
      elements.push({
        type: "line",
        z: 1,
        silent: true,
        shape: { x1, y1, x2, y2 },
        style: { stroke: colour, lineWidth: 1 },
      });
    },
    finish(parts) {
      if (source !== undefined) {
        page.y += 4;
        page.paragraph(source, { size: TEXT.small, colour: look.colours.soft });
      }
      return {
        height: Math.ceil(page.y + MARGIN - 4),
        option: {
          animation: false,
          backgroundColor: look.colours.paper,
          textStyle: { fontFamily: look.fontFamily, fontSize: TEXT.small, color: look.colours.ink },
          tooltip: tooltip(look),
          ...parts,
          graphic: elements,
        } as EChartsOption,
      };
    },
  };
  page.paragraph(title, { size: TEXT.title, bold: true });
  page.y += 4;
  return page;
}

/** Drawn on the canvas itself: the classroom's page lets nothing write HTML. */
function tooltip({ colours }: Look): EChartsOption["tooltip"] {
  return {
    renderMode: "richText",
    confine: true,
    transitionDuration: 0,
    backgroundColor: colours.ink,
    borderColor: colours.ink,
    textStyle: { color: colours.paper, fontSize: TEXT.plain },
  };
}

/** Text on one line, without what would turn or hide its neighbours. */
function inert(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r?\n/g, "⏎")
    .replace(/\t/g, " ")
    .replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, "");
}
