import { Tinypool } from "tinypool";
import type { ChartBlock, PictureBlock } from "../../cards/card.ts";
import { altText } from "../alt-text.ts";
import type { Chart } from "../chart.ts";
import type { Theme } from "../drawing/look.ts";
import type { DrawingTask } from "./draw-png.ts";

/** The worker ends after this long without work; it starts again in half a second. */
const IDLE_MS = 60_000;
const LONGEST_NAME = 60;

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
      return { type: "picture", png, fileName: fileNameOf(chart), alt: altText(chart) };
    },
    async close() {
      await pool?.destroy();
    },
  };
}

/** After the kind and the title: a card may show two charts of one kind. */
function fileNameOf({ kind, title }: Chart): string {
  const words = title.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  return `${[kind, ...words].join("-").slice(0, LONGEST_NAME)}.png`;
}
