import { existsSync, mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { composer, joinAs, openBrowser, openPage, send } from "../adapters/web/browser.ts";
import { type ClozeProcess, startCloze, temporaryData } from "./cloze-process.ts";

const MINUTES = { timeout: 8 * 60_000 };
/** The picture at the top of the README; made when it is missing, or when MAKE_PICTURES is set. */
const PICTURE = fileURLToPath(new URL("../../docs/pictures/classroom.png", import.meta.url));

let browser: Browser;
let cloze: ClozeProcess;
let studentLink: string;
let teacherLink: string;
const data = temporaryData();

async function start(): Promise<void> {
  cloze = startCloze(["start", "--port", "0"], data);
  teacherLink = (await cloze.says(/teacher +(\S+)/))[1]!;
  studentLink = (await cloze.says(/students +(\S+)/))[1]!;
}

beforeAll(async () => {
  [browser] = await Promise.all([openBrowser(), start()]);
});
afterAll(async () => {
  await browser.close();
  cloze.crash();
});

test(
  "a student joins, types /generate, and sees tokens arrive before the reply is complete",
  MINUTES,
  async () => {
    const { page, complaints, close } = await openPage(browser);
    await joinAs(page, studentLink, "Anna");
    // Every state that the page shows of the reply, noted as it is drawn.
    await page.evaluate(() => {
      const states: { working: boolean; text: string }[] = [];
      Object.assign(globalThis, { states });
      new MutationObserver(() => {
        const message = [...document.querySelectorAll("li.message")].find((one) =>
          one.querySelector(".asked")?.textContent?.includes("/generate The nice woman"),
        );
        const quote = message?.querySelector("blockquote");
        if (!message || !quote) return;
        const text = (quote.textContent ?? "").replace(" ▍", "");
        states.push({ working: message.querySelector(".state.working") !== null, text });
      }).observe(document.body, { childList: true, characterData: true, subtree: true });
    });
    await send(page, "/generate The nice woman max-new-tokens:200 seed:7 top-p:0.9");
    const reply = page.locator("li.message").filter({ hasText: "/generate The nice woman" });
    await reply.getByText("Again:").waitFor();
    const whole = (await reply.locator("blockquote").textContent())!;
    const states = await page.evaluate(
      () => (globalThis as unknown as { states: { working: boolean; text: string }[] }).states,
    );
    const growing = states.filter(
      ({ working, text }) => working && text.length > "The nice woman".length && text.length < whole.length,
    );
    expect(growing.length).toBeGreaterThan(1);
    for (const { text } of growing) expect(whole.startsWith(text)).toBe(true);
    expect(await reply.getByText("seed 7").count()).toBeGreaterThan(0);
    expect(complaints).toEqual([]);
    await close();
  },
);

test("the buttons of a result work, and a beam search makes the README's picture", MINUTES, async () => {
  const { page, close } = await openPage(browser, { viewport: { width: 1280, height: 820 } });
  await joinAs(page, studentLink, "Ben");
  await send(page, "What happens to the woman when the model keeps four beams instead of one?");
  await send(
    page,
    "/generate The nice woman strategy:beam num-beams:4 num-return-sequences:2 max-new-tokens:24 no-repeat-ngram-size:2",
  );
  const reply = page.locator("li.message").filter({ hasText: "strategy:beam num-beams:4" }).last();
  await reply.getByText("Again:").waitFor();
  expect(await reply.locator("blockquote").count()).toBe(2);
  if (process.env.MAKE_PICTURES || !existsSync(PICTURE)) {
    mkdirSync(fileURLToPath(new URL(".", `file://${PICTURE}`)), { recursive: true });
    await composer(page).fill("/generate The nice woman top-p:0.9 ");
    await page.screenshot({ path: PICTURE });
    await composer(page).fill("");
  }
  await reply.getByRole("button", { name: "Show code" }).click();
  await reply.getByText("num_beams=4").waitFor();
  await close();
});

test(
  "three students ask three times each at once, and every question gets its own answer",
  MINUTES,
  async () => {
    const pages = await Promise.all(Array.from({ length: 3 }, () => openPage(browser)));
    await Promise.all(pages.map(({ page }, i) => joinAs(page, studentLink, `Student ${i}`)));
    const asked = pages.flatMap((_, i) =>
      [0, 1, 2].map((j) => ({
        i,
        text: `/generate The number ${i}${j} is max-new-tokens:12 strategy:greedy`,
      })),
    );
    for (const { i, text } of asked) await send(pages[i]!.page, text);
    const { page } = pages[0]!;
    for (const { text } of asked) {
      const reply = page.locator("li.message").filter({ hasText: text });
      await reply.waitFor();
      await reply.getByText("Again:").waitFor();
      expect(await reply.locator("blockquote b").textContent()).toBe(/The number \d+ is/.exec(text)![0]);
    }
    for (const { close } of pages) await close();
  },
);

test("a restart keeps people and messages, and SIGTERM ends it in order", MINUTES, async () => {
  const { page, close } = await openPage(browser);
  await page.goto(teacherLink);
  await composer(page).waitFor();
  await page.getByText("What happens to the woman").first().waitFor();
  cloze.child.kill("SIGTERM");
  const { status, stdout } = await cloze.ended;
  expect(status).toBe(0);
  expect(stdout).toContain("Stopping.");
  await page.getByText("No connection.").waitFor();
  const { port } = new URL(studentLink);
  cloze = startCloze(["start", "--port", port], data);
  await cloze.says(/students/);
  await page.getByText("No connection.").waitFor({ state: "detached" });
  await send(page, "We are back");
  await page.locator("li.message").getByText("We are back").waitFor();
  expect(await page.getByText("What happens to the woman").count()).toBeGreaterThan(0);
  await close();
});
