import { Resvg } from "@resvg/resvg-js";
import type { Chart } from "../chart.ts";
import type { Theme } from "../drawing/look.ts";
import { chartSvg } from "./chart-svg.ts";
import { FONT_FAMILY, fontFilesFor } from "./fonts.ts";

/** 1,200 pixels wide: sharp on a phone of three pixels a point, and large enough for a projector. */
const ZOOM = 2.5;

export interface DrawingTask {
  readonly chart: Chart;
  readonly theme: Theme;
}

/** A chart as PNG. Takes some tens of milliseconds of computing: call it in a worker. */
export default function drawPng({ chart, theme }: DrawingTask): Uint8Array {
  const svg = chartSvg(chart, theme);
  const rendered = new Resvg(svg, {
    fitTo: { mode: "zoom", value: ZOOM },
    font: { loadSystemFonts: false, fontFiles: fontFilesFor(svg), defaultFontFamily: FONT_FAMILY },
  }).render();
  return rendered.asPng();
}
