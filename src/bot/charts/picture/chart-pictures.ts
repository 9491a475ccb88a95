import { Tinypool } from "tinypool";
import type { ChartBlock, PictureBlock } from "../../cards/card.ts";
import { altText } from "../alt-text.ts";
import type { Theme } from "../drawing/look.ts";
import type { DrawingTask } from "./draw-png.ts";

/** The worker ends after this long without work; it starts again in half a second. */
const IDLE_MS = 60_000;

/** Draws charts as pictures, in a thread of its own. */
export interface ChartPictures {
  draw(block: ChartBlock, theme: Theme): Promise<PictureBlock>;
  close(): Promise<void>;
}

export function createChartPictures(): ChartPictures {
  let pool: Tinypool | undefined;
  const open = () =>
    new Tinypool({
      filename: new URL("draw-png.ts", import.meta.url).href,
      runtime: "worker_threads",
      minThreads: 0,
      maxThreads: 1,
      idleTimeout: IDLE_MS,
    });
  return {
    async draw({ chart }, theme) {
      pool ??= open();
      const task: DrawingTask = { chart, theme };
      const png: Uint8Array = await pool.run(task);
      return { type: "picture", png, fileName: `${chart.kind}.png`, alt: altText(chart) };
    },
    async close() {
      await pool?.destroy();
    },
  };
}
