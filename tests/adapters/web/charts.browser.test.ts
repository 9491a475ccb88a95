import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { defineCommand } from "../../../src/bot/commands/spec.ts";
import { SAMPLES } from "../../bot/charts/sample-charts.ts";
import {
  expectAccessible,
  expectNoSideways,
  joinAs,
  openBrowser,
  openPage,
  PATIENCE_MS,
  SIZES,
  send,
} from "./browser.ts";
import { type OpenClassroom, openWebClassroom } from "./web-classroom.ts";

const KINDS = Object.keys(SAMPLES).length;

const draw = defineCommand({
  name: "draw",
  description: "Shows one chart of each kind",
  options: {},
  examples: ["/draw"],
  ack: "deferred",
  visibility: "channel",
  async *run() {
    yield {
      kind: "message",
      card: {
        blocks: Object.values(SAMPLES).map((chart) => ({
          type: "chart" as const,
          chart,
          inWords: [{ type: "text" as const, text: `The words of ${chart.kind}` }],
        })),
      },
    };
  },
});

let browser: Browser;
let room: OpenClassroom;

beforeAll(async () => {
  browser = await openBrowser();
  room = await openWebClassroom({ commands: [draw], actions: [] });
});
afterAll(async () => {
  await browser.close();
  await room.stop();
});

test.each([["phone", SIZES.phone] as const, ["projector", SIZES.projector] as const])(
  "on a %s every kind of chart is drawn, by code of this server that is loaded with the first of them",
  async (_, viewport) => {
    const { page, complaints, hosts, close } = await openPage(browser, { viewport });
    const scripts: string[] = [];
    page.on("request", (request) => scripts.push(request.url()));
    await joinAs(page, room.studentLink, "Anna");
    const before = await page.locator("figure.chart").count();
    if (before === 0) expect(scripts.filter((url) => url.includes("chart-canvas"))).toEqual([]);
    await send(page, "/draw");
    const charts = page.locator("figure.chart canvas[style]");
    await charts.nth(before + KINDS - 1).waitFor();
    expect(scripts.filter((url) => url.includes("chart-canvas"))).toHaveLength(1);
    // Two different pixels: something is drawn on each.
    const painted = await charts.evaluateAll((canvases) =>
      (canvases as HTMLCanvasElement[]).map((canvas) => {
        const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
        return new Set(new Uint32Array(data.buffer)).size > 1;
      }),
    );
    expect(painted).toEqual(painted.map(() => true));
    expect(await page.getByRole("img", { name: /14, before 22/ }).count()).toBeGreaterThan(0);
    await page.locator("figure.chart summary").last().click();
    await page.getByText("The words of item-statistics").last().waitFor();
    await expectNoSideways(page);
    await expectAccessible(page);
    expect(complaints).toEqual([]);
    expect([...hosts]).toEqual([new URL(room.url).host]);
    await close();
  },
  4 * PATIENCE_MS,
);
