/** Replies in chat and what their button opens: the playground must show the same, with the real models. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  expectAccessible,
  expectNoSideways,
  joinAs,
  openBrowser,
  openPage,
  SIZES,
  send,
  type WatchedPage,
} from "../adapters/web/browser.ts";
import { type ClozeProcess, startCloze } from "./cloze-process.ts";

const MINUTES = { timeout: 8 * 60_000 };
let browser: Browser;
let cloze: ClozeProcess;
let watched: WatchedPage;
let page: Page;
let studentLink: string;

beforeAll(async () => {
  cloze = startCloze(["start", "--port", "0"]);
  browser = await openBrowser();
  studentLink = (await cloze.says(/students +(\S+)/))[1]!;
  watched = await openPage(browser, { viewport: SIZES.phone });
  page = watched.page;
  await joinAs(page, studentLink, "Anna");
}, 8 * 60_000);
afterAll(async () => {
  await browser.close();
  cloze.crash();
});

/** Sends a command, and gives its finished reply and the page that the reply's button opens. */
async function ask(command: string) {
  await send(page, command);
  const reply = page.locator("li.message").filter({ hasText: command }).last();
  const button = reply.getByRole("link", { name: "Open in the playground" });
  await button.waitFor();
  const [opened] = await Promise.all([page.context().waitForEvent("page"), button.click()]);
  return { reply, opened };
}

async function expectFit(opened: Page): Promise<void> {
  for (const size of [SIZES.phone, SIZES.projector]) {
    await opened.setViewportSize(size);
    await expectAccessible(opened);
    await expectNoSideways(opened);
  }
}

/** "token share" of the rows of a list, tokens that were cut left out. */
async function sharesIn(opened: Page): Promise<[string, number][]> {
  const rows = opened.locator(".tokens li:not(.cut)");
  await rows.first().waitFor();
  return rows.evaluateAll((items) =>
    items.map((item) => [
      item.querySelector(".token")!.textContent!,
      Number.parseFloat(item.querySelector(".token-numbers")!.textContent!) / 100,
    ]),
  );
}

test("/distribution: the same tokens with the same shares", MINUTES, async () => {
  const { reply, opened } = await ask("/distribution The nice woman top-k:4 temperature:0.7");
  const shares = await sharesIn(opened);
  // Of the reply's two lists the second is after the settings.
  const bars = reply.locator(".bars").nth(1).locator("li");
  const told = await bars.evaluateAll((items) =>
    items.map((item) => [
      item.querySelector(".bar-label")!.textContent!,
      Number.parseFloat(item.querySelector(".bar-value")!.textContent!),
    ]),
  );
  expect(shares.map(([token]) => token)).toEqual(told.map(([token]) => token));
  for (const [i, [, share]] of shares.entries()) expect(share).toBeCloseTo(told[i]![1] as number, 2);
  await expectFit(opened);
  await opened.close();
});

test("/generate: the same text, with the sliders where the settings stood", MINUTES, async () => {
  const { reply, opened } = await ask("/generate The nice woman top-p:0.9 seed:7 max-new-tokens:12");
  const text = (await reply.locator("blockquote").textContent())!;
  await opened.locator(".written button").nth(11).waitFor();
  const written = (await opened.locator(".written").textContent())!.replace("▍", "");
  expect(written).toBe(text);
  expect(await opened.getByLabel("top-p", { exact: true }).inputValue()).toBe("0.9");
  await opened.close();
});

test("/compare: each method's text again, by the seed of the reply", MINUTES, async () => {
  const { reply, opened } = await ask("/compare The nice woman methods:greedy,top-p:0.9 max-new-tokens:10");
  await opened.locator(".compared > li").nth(1).waitFor();
  const texts = await opened.locator(".compared-text").allTextContents();
  const told = await reply.locator("blockquote").allTextContents();
  expect(texts).toEqual(told.map((text) => text.replace("‖", "")));
  await expectFit(opened);
  await opened.close();
});

test("/tree: as many nodes, and the link's other settings are shown", MINUTES, async () => {
  const { opened } = await ask("/tree The nice woman num-beams:3 max-new-tokens:2 length-penalty:2");
  await opened.getByText("Step 2 of 2").waitFor();
  await opened.getByRole("list", { name: "Also set by the link" }).getByText("length-penalty").waitFor();
  await expectFit(opened);
  await opened.close();
});

test("/words and /fillmask: the same cosines, the same words", MINUTES, async () => {
  const words = await ask("/words My new **bat** broke. | The **bat** ate a moth.");
  await words.opened.locator(".matrix").nth(1).waitFor();
  const cosines = await words.opened.locator(".matrix tbody td").allTextContents();
  const told = await words.reply.locator("table tbody td:not(:first-child)").allTextContents();
  expect(cosines).toEqual(told);
  await words.opened.close();
  const blank = await ask("/fillmask Paris is the ___ of France.");
  const shares = await sharesIn(blank.opened);
  const labels = await blank.reply.locator(".bar-label").allTextContents();
  expect(shares.map(([word]) => word).slice(0, labels.length)).toEqual(labels);
  await expectFit(blank.opened);
  await blank.opened.close();
});

test("nothing is offered where the playground would show something else", MINUTES, async () => {
  // A person of their own: one may ask for so much a minute only.
  const other = await openPage(browser);
  await joinAs(other.page, studentLink, "Clara");
  await send(other.page, "/distribution The nice woman bad-words:is");
  const reply = other.page.locator("li.message").filter({ hasText: "bad-words:is" }).last();
  await reply.getByText("Again:").waitFor();
  expect(await reply.getByRole("link", { name: "Open in the playground" }).count()).toBe(0);
  await other.close();
});

test("who opens a link without having joined gets to the same place after joining", MINUTES, async () => {
  const other = await openPage(browser);
  const hash = "tool=next&prompt=The+nice+woman&top-k=2";
  const origin = new URL(studentLink).origin;
  await other.page.goto(`${origin}/playground#${hash}`);
  await other.page.getByLabel("Your name").fill("Ben");
  await other.page.getByLabel("Join code").fill((/code (\S+?)\)/.exec(cloze.stdout()) ?? [])[1]!);
  await other.page.getByRole("button", { name: "Join" }).click();
  await other.page.getByText("cut by top-k").first().waitFor();
  expect(other.page.url()).toContain(hash);
  await other.close();
});

test("nothing was asked of another host, and no console complained", () => {
  expect([...watched.hosts]).toEqual([new URL(studentLink).host]);
  expect(watched.complaints).toEqual([]);
});
