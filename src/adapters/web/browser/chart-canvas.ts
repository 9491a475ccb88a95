import { effect } from "@preact/signals";
import { init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import type { Chart } from "../../../bot/charts/chart.ts";
import { drawChart } from "../../../bot/charts/drawing/draw-chart.ts";
import { registerParts } from "../../../bot/charts/drawing/echarts-parts.ts";
import { COLOURS, type Look } from "../../../bot/charts/drawing/look.ts";
import { theme } from "./theme.ts";

registerParts();
use([CanvasRenderer]);

/** A chart is laid out for at most this width and enlarged beyond, so that its words grow with it. */
const WIDEST = 560;

/**
 * Draws a chart on a canvas as wide as the element around it, anew whenever that or the colours change.
 * @returns Ends it.
 */
export function showChart(canvas: HTMLCanvasElement, chart: Chart): () => void {
  // ECharts empties what it draws on by innerHTML, which the page's policy forbids; a canvas is empty anyway.
  Object.defineProperty(canvas, "innerHTML", { value: "", writable: true, configurable: true });
  const room = canvas.parentElement!;
  let width = 0;
  let dispose = () => {};
  const draw = () => {
    dispose();
    if (width === 0) return;
    const look = lookFor(canvas, Math.min(width, WIDEST));
    const scale = width / look.width;
    const { option, height } = drawChart(chart, look);
    const instance = init(canvas, null, {
      width: look.width,
      height,
      devicePixelRatio: devicePixelRatio * scale,
    });
    instance.setOption(option);
    canvas.style.width = `${look.width}px`;
    canvas.style.height = `${height}px`;
    canvas.style.transform = `scale(${scale})`;
    room.style.height = `${height * scale}px`;
    dispose = () => instance.dispose();
  };
  const resized = new ResizeObserver(([entry]) => {
    const now = Math.floor(entry!.contentRect.width);
    if (now === width) return;
    width = now;
    draw();
  });
  resized.observe(room);
  const dark = matchMedia("(prefers-color-scheme: dark)");
  dark.addEventListener("change", draw);
  const endTheme = effect(() => {
    theme.value;
    draw();
  });
  // The widths of words are known when the font is there.
  void document.fonts.ready.then(draw);
  return () => {
    resized.disconnect();
    dark.removeEventListener("change", draw);
    endTheme();
    dispose();
    width = 0;
  };
}

function lookFor(canvas: HTMLCanvasElement, width: number): Look {
  const dark =
    theme.peek() === "auto" ? matchMedia("(prefers-color-scheme: dark)").matches : theme.peek() === "dark";
  const { fontFamily } = getComputedStyle(canvas);
  const ruler = document.createElement("canvas").getContext("2d")!;
  return {
    theme: dark ? "dark" : "light",
    colours: COLOURS[dark ? "dark" : "light"],
    width,
    fontFamily,
    measure(text, size, bold) {
      ruler.font = `${bold ? "bold " : ""}${size}px ${fontFamily}`;
      return ruler.measureText(text).width;
    },
  };
}
