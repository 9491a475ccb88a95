/** The playground with the real models: what the sliders show is what the command line computes. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  expectAccessible,
  expectNoSideways,
  joinAs,
  openBrowser,
  openPage,
  PATIENCE_MS,
  SIZES,
  type WatchedPage,
} from "../adapters/web/browser.ts";
import { type ClozeProcess, startCloze } from "./cloze-process.ts";

/** The machine may be busy. */
const PATIENT = { timeout: PATIENCE_MS };
const MINUTES = { timeout: 8 * 60_000 };
let browser: Browser;
let cloze: ClozeProcess;
let watched: WatchedPage;
let page: Page;
let origin: string;

beforeAll(async () => {
  cloze = startCloze(["start", "--port", "0"]);
  browser = await openBrowser();
  const link = (await cloze.says(/students +(\S+)/))[1]!;
  origin = new URL(link).origin;
  watched = await openPage(browser, { viewport: SIZES.projector });
  page = watched.page;
  await joinAs(page, link, "Anna");
}, 8 * 60_000);
afterAll(async () => {
  await browser.close();
  cloze.crash();
});

async function openTool(hash: string): Promise<void> {
  await page.goto(`${origin}/playground#${hash}`);
  await page.reload();
}

async function expectFit(): Promise<void> {
  for (const size of [SIZES.phone, SIZES.projector]) {
    await page.setViewportSize(size);
    await expectAccessible(page);
    await expectNoSideways(page);
  }
}

const slide = (name: string, value: number) => page.getByLabel(name, { exact: true }).fill(String(value));
const tokens = () => page.locator(".tokens li");

test(
  "a slider changes the distribution without another forward pass, and stands in the address",
  MINUTES,
  async () => {
    await openTool("tool=next&prompt=The nice woman");
    await tokens().first().waitFor();
    let passes = 0;
    page.on("request", (request) => {
      if (request.url().endsWith("/api/playground/next")) passes++;
    });
    await slide("top-k", 2);
    await page.getByText("cut by top-k").first().waitFor();
    // Two are left, and share everything.
    const left = await page.locator(".tokens li:not(.cut) .token-numbers").allTextContents();
    const shares = left.map((text) => Number.parseFloat(text));
    expect(shares).toHaveLength(2);
    expect(shares[0]! + shares[1]!).toBeCloseTo(100, 0);
    expect(passes).toBe(0);
    await expect.poll(() => page.url(), PATIENT).toContain("top-k=2");
    await expectFit();
  },
);

test("drawing step by step writes what /generate writes with the same seed", MINUTES, async () => {
  await openTool("tool=next&prompt=The nice woman&top-p=0.9&seed=7");
  for (let written = 1; written <= 4; written++) {
    await page.getByRole("button", { name: "Draw one" }).click();
    await page
      .locator(".written button")
      .nth(written - 1)
      .waitFor();
    await expect.poll(() => page.getByRole("button", { name: "Draw one" }).isEnabled(), PATIENT).toBe(true);
    await expect.poll(() => page.locator(".run-note").textContent(), PATIENT).toBe("");
  }
  const chosen = () => new URLSearchParams(new URL(page.url()).hash.slice(1)).get("chosen")?.split(",") ?? [];
  await expect.poll(() => chosen().length, PATIENT).toBe(4);
  const byHand = chosen().map(Number);
  const inOneGo = await page.evaluate(async () => {
    const options = {
      prompt: "The nice woman",
      strategy: "sample",
      "top-p": "0.9",
      seed: "7",
      "max-new-tokens": "4",
    };
    const answer = await fetch("/api/playground/run", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ command: "generate", options }),
    });
    return ((await answer.json()) as { data: { outputs: { tokenIds: number[] }[] } }).data.outputs[0]!
      .tokenIds;
  });
  expect(byHand).toEqual(inOneGo);
});

test(
  "a click chooses a token, a click on it goes back, and the link brings all of it back",
  MINUTES,
  async () => {
    await openTool("tool=next&prompt=The nice woman");
    const third = tokens().nth(2);
    const name = (await third.locator(".token").textContent())!;
    await third.getByRole("button").click();
    const chosen = page.locator(".written button");
    await chosen.waitFor();
    expect((await chosen.textContent())!.replaceAll(" ", "·")).toBe(name);
    await page.reload();
    await chosen.waitFor();
    expect((await chosen.textContent())!.replaceAll(" ", "·")).toBe(name);
    await chosen.click();
    await chosen.waitFor({ state: "detached" });
  },
);

test("the lecture's tree grows step by step, and two beams find The dog has", MINUTES, async () => {
  await openTool("tool=tree&step=0");
  await page.getByText("Step 0 of 2").waitFor();
  expect(await page.locator(".tree path").count()).toBe(0);
  await page.getByRole("button", { name: "Grow" }).click();
  expect(await page.locator(".tree path").count()).toBe(3);
  await page.getByRole("button", { name: "Grow" }).click();
  await page.locator(".tree text").filter({ hasText: "has0.36" }).waitFor();
  await page.getByText("The branches as a list").click();
  await expectFit();
});

test("compare, words and blanks show what their commands find", MINUTES, async () => {
  await openTool("tool=compare&prompt=The nice woman&methods=greedy,top-p:0.9&length=8");
  await page.locator(".compared > li").nth(1).waitFor();
  await expectFit();
  await openTool("tool=words");
  await page.locator(".matrix").nth(1).waitFor();
  const contextual = await page.locator(".matrix").first().locator("tbody td").allTextContents();
  // A and B are two meanings of bat, B and C two animals that eat: the sentence decides.
  expect(Number(contextual[5])).toBeGreaterThan(Number(contextual[1]));
  await expectFit();
  await openTool("tool=blanks");
  await page.getByRole("button", { name: "capital", pressed: true }).waitFor();
  await tokens().filter({ hasText: "capital" }).waitFor();
  await page.getByRole("button", { name: "Paris", exact: true }).click();
  await page.getByRole("heading", { name: "Blank 2" }).waitFor();
  await expectFit();
});

test("nothing was asked of another host, and no console complained", () => {
  expect([...watched.hosts]).toEqual([new URL(origin).host]);
  expect(watched.complaints).toEqual([]);
});
