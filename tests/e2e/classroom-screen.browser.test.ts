/** A teacher with a projector and a phone, and three students, through a poll, a think–pair–share and a compare. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  composer,
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
const NAMES = ["Anna", "Ben", "Chiara"] as const;

let browser: Browser;
let cloze: ClozeProcess;
let origin: string;
let teacher: WatchedPage;
let projector: Page;
let control: Page;
let students: readonly WatchedPage[];

beforeAll(async () => {
  cloze = startCloze(["start", "--port", "0"]);
  browser = await openBrowser();
  const teacherLink = (await cloze.says(/teacher +(\S+)/))[1]!;
  const studentLink = (await cloze.says(/students +(\S+)/))[1]!;
  origin = new URL(teacherLink).origin;
  teacher = await openPage(browser);
  await teacher.page.goto(teacherLink);
  await composer(teacher.page).waitFor();
  const context = teacher.page.context();
  projector = await context.newPage();
  await projector.setViewportSize(SIZES.projector);
  await projector.goto(`${origin}/screen`);
  control = await context.newPage();
  await control.setViewportSize(SIZES.phone);
  await control.goto(`${origin}/control`);
  students = await Promise.all(NAMES.map(() => openPage(browser, { viewport: SIZES.phone })));
  await Promise.all(students.map(({ page }, i) => joinAs(page, studentLink, NAMES[i]!)));
}, 8 * 60_000);
afterAll(async () => {
  await browser.close();
  cloze.crash();
});

async function expectFit(...pages: readonly Page[]): Promise<void> {
  for (const page of pages) {
    await expectAccessible(page);
    await expectNoSideways(page);
  }
}

test("before anything is on, the screen shows code and QR, and how many are here", MINUTES, async () => {
  await projector.getByText("and type the code").waitFor();
  const drawn = await projector
    .getByRole("img", { name: /QR code/ })
    .evaluate((image: HTMLImageElement) => image.decode().then(() => image.naturalWidth));
  expect(drawn).toBeGreaterThan(0);
  // The teacher has three pages open and is one person.
  await projector.getByText("4 here").waitFor();
  await control.getByText("Nothing is on").waitFor();
  await expectFit(projector, control);
});

test("a student's address bar opens neither the screen nor the control view", MINUTES, async () => {
  const { page } = students[0]!;
  for (const path of ["/screen", "/control"]) {
    await page.goto(origin + path);
    await page.getByText("This page is for teachers").waitFor();
  }
  const answer = await page.evaluate(async () => (await fetch("/api/screen")).status);
  expect(answer).toBe(403);
  await page.goto(origin);
  await composer(page).waitFor();
});

test("a poll: the count grows on the wall, the results come with Close on the phone", MINUTES, async () => {
  await send(
    teacher.page,
    '/poll question:"Which one may pick an unlikely token?" choices:"greedy | beam search | top-p"',
  );
  await projector.getByRole("main").getByText("Which one may pick an unlikely token?").waitFor();
  for (const [i, choice] of ["greedy", "top-p", "top-p"].entries()) {
    await students[i]!.page.getByRole("button", { name: choice, exact: true }).click();
    await projector.getByText(i === 0 ? "1 answer" : `${i + 1} answers`, { exact: true }).waitFor();
  }
  expect(await projector.locator(".bars").count()).toBe(0);
  await expectFit(projector, control, students[0]!.page);
  await control.getByRole("button", { name: "Close" }).click();
  await projector.locator("canvas").first().waitFor();
  // The numbers stand beside the chart, folded away as "In words".
  const bars = projector.locator(".bars li");
  await bars.first().waitFor({ state: "attached" });
  expect(await bars.allTextContents()).toEqual(["greedy1 33 %", "beam search0 0 %", "top-p2 67 %"]);
  await projector.getByText("closed", { exact: true }).waitFor();
  // The teacher's own view stands beside the button.
  await control.getByRole("heading", { name: "Poll, teacher's view" }).waitFor();
  await expectFit(projector, control);
});

test("a think–pair–share from the bank, run from the phone through all phases", MINUTES, async () => {
  await control.getByRole("link", { name: "Questions" }).click();
  await control.getByLabel("Words").fill("when-which-method");
  await control.getByText("1 of ", { exact: false }).first().waitFor();
  await expectFit(control);
  await control.getByLabel("Words").fill("");
  const kind = control.locator(".bank li").filter({ hasText: "one choice" }).first();
  const question = (await kind.getByRole("heading").textContent())!;
  await kind.getByRole("button", { name: "Think–pair–share" }).click();
  await projector.getByRole("heading", { name: "Think", exact: true }).waitFor();
  await projector.getByRole("main").getByText(question, { exact: true }).waitFor();
  const clock = projector.getByRole("timer");
  expect(await clock.textContent()).toMatch(/^[12]:\d\d$/);
  await control.getByRole("button", { name: "+1 minute" }).click();
  await projector
    .getByRole("timer")
    .filter({ hasText: /^2:[3-5]\d$|^3:00$/ })
    .waitFor();
  const vote = async () => {
    for (const [i, { page }] of students.entries()) {
      const card = page
        .locator("li.message")
        .filter({ has: page.locator(".card-title") })
        .last();
      await card
        .locator(".buttons .primary")
        .nth(i % 2)
        .click();
      await projector.getByText(i === 0 ? "1 answer" : `${i + 1} answers`, { exact: true }).waitFor();
    }
  };
  await vote();
  await expectFit(projector, control);
  await control.getByRole("button", { name: "Pair up" }).click();
  await projector.getByRole("heading", { name: "Pair", exact: true }).waitFor();
  await students[0]!.page.getByRole("button", { name: "Show my partner" }).click();
  await projector.getByText(/3 people in 1 group/).waitFor();
  await control.getByRole("button", { name: "Answer again" }).click();
  await projector.getByRole("heading", { name: "Answer again", exact: true }).waitFor();
  await vote();
  await control.getByRole("button", { name: "Share", exact: true }).click();
  await projector.getByRole("heading", { name: "Share", exact: true }).waitFor();
  await expectFit(projector, control, students[1]!.page);
});

test("a compare is put on the wall and is seen being written", MINUTES, async () => {
  await send(students[2]!.page, "/compare The nice woman methods:greedy,top-p:0.9 max-new-tokens:16 seed:7");
  await control.getByRole("link", { name: "Spotlight" }).click();
  const choice = control.locator(".spotlights > li").filter({ hasText: "/compare The nice woman" });
  await choice.getByRole("button", { name: "Show on the screen" }).click();
  await projector.getByText("Chiara", { exact: true }).waitFor();
  await projector.getByRole("main").locator("blockquote").nth(1).waitFor();
  await projector.getByText("Again:").waitFor();
  expect(await projector.getByRole("main").getByRole("button").count()).toBe(0);
  await expectFit(projector, control);
  await projector.setViewportSize(SIZES.phone);
  await expectFit(projector);
  await projector.setViewportSize(SIZES.projector);
  await choice.getByRole("button", { name: "Take off the screen" }).click();
  await projector.getByRole("heading", { name: "Share", exact: true }).waitFor();
});

test("results, exports, schedule and roster answer in the control view", MINUTES, async () => {
  for (const [view, button, words] of [
    ["Results", "Every poll", "Which one may pick"],
    ["Results", "Timeline", ".csv"],
    ["Schedule", "Show the schedule", /review/i],
    ["People", "Show the roster", "Chiara"],
  ] as const) {
    await control.getByRole("link", { name: view }).click();
    await control.getByRole("button", { name: button }).click();
    await control.locator(".command-answer .body").getByText(words).first().waitFor();
    await expectFit(control);
  }
});

test("nothing was asked of another host, and nobody's console complained", () => {
  const all = [teacher, ...students];
  expect(all.flatMap(({ hosts }) => [...hosts])).toEqual(all.map(() => new URL(origin).host));
  expect(all.flatMap(({ complaints }) => complaints)).toEqual([
    // The browser's own line about the refusal that a test above asked for.
    expect.stringContaining("403"),
  ]);
});
