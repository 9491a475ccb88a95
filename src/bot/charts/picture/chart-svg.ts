import { init, setPlatformAPI, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import type { Chart } from "../chart.ts";
import { drawChart } from "../drawing/draw-chart.ts";
import { registerParts } from "../drawing/echarts-parts.ts";
import { COLOURS, type Theme } from "../drawing/look.ts";
import { FONT_FAMILY, measureText } from "./fonts.ts";
import { markMissing } from "./mark-missing.ts";

/** Pixels of a picture's own measure; it is rendered larger. */
export const PICTURE_WIDTH = 480;

registerParts();
use([SVGRenderer]);
setPlatformAPI({
  measureText(text, font = "") {
    const size = Number(/([\d.]+)px/.exec(font)?.[1] ?? 12);
    return { width: measureText(text, size, font.includes("bold")) };
  },
});

/** A chart as SVG, laid out with the widths of the fonts it will be rendered with. */
export function chartSvg(chart: Chart, theme: Theme): string {
  const { option, height } = drawChart(markMissing(chart), {
    theme,
    colours: COLOURS[theme],
    width: PICTURE_WIDTH,
    fontFamily: FONT_FAMILY,
    measure: measureText,
  });
  const instance = init(null, null, { renderer: "svg", ssr: true, width: PICTURE_WIDTH, height });
  try {
    instance.setOption(option);
    return instance.renderToSVGString();
  } finally {
    // What is not disposed of keeps the process alive.
    instance.dispose();
  }
}
