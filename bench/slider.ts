/**
 * How long the playground takes from a moved slider to the painted distribution, in Chromium, with the model that
 * ships: `node bench/slider.ts [moves]`. Keys are pressed as a held arrow key sends them, 30 a second.
 */
import { availableParallelism, loadavg } from "node:os";
import { chromium } from "playwright-core";
import { startCloze } from "../tests/e2e/cloze-process.ts";

const MOVES = Number(process.argv[2] ?? 200);
const INTERVAL_MS = 33;

const cloze = startCloze(["start", "--port", "0"]);
const [, link] = await cloze.says(/students +(\S+)/);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.goto(link!);
  await page.getByLabel("Your name").fill("Bench");
  await page.getByRole("button", { name: "Join" }).click();
  await page.getByRole("textbox", { name: /^Message/ }).waitFor();
  for (const [slider, at] of [
    ["temperature", 0.5],
    ["top-k", 40],
    ["top-p", 0.5],
  ] as const) {
    await page.goto(`${new URL(link!).origin}/playground#tool=next&prompt=The nice woman&${slider}=${at}`);
    await page.reload();
    await page.locator(".tokens li").first().waitFor();
    const measured = page.evaluate(
      ([label, moves]) =>
        new Promise<number[]>((resolve) => {
          const times: number[] = [];
          const input = document.getElementById(`slider-${label}`)!;
          input.addEventListener("input", (event) => {
            // The frame that shows it has been handed over when the task after it begins.
            requestAnimationFrame(() => {
              const { port1, port2 } = new MessageChannel();
              port1.onmessage = () => {
                times.push(performance.now() - event.timeStamp);
                if (times.length === moves) resolve(times);
              };
              port2.postMessage(0);
            });
          });
        }),
      [slider, MOVES] as const,
    );
    await page.locator(`#slider-${slider}`).focus();
    for (let move = 0; move < MOVES; move++) {
      const next = new Promise((resolve) => setTimeout(resolve, INTERVAL_MS));
      await page.keyboard.press(move % 20 < 10 ? "ArrowRight" : "ArrowLeft");
      await next;
    }
    const times = (await measured).sort((a, b) => a - b);
    const at_ = (share: number) => `${times[Math.floor(share * (times.length - 1))]!.toFixed(0)} ms`;
    console.log(
      `${slider}: median ${at_(0.5)}, 95 % within ${at_(0.95)}, longest ${at_(1)} (${times.length} moves)`,
    );
  }
  console.log(
    `load ${loadavg()[0]!.toFixed(1)} on ${availableParallelism()} processors, ${browser.version()}`,
  );
} finally {
  await browser.close();
  cloze.crash();
}
