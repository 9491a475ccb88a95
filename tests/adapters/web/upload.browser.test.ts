import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { examplesActions, examplesAdd } from "../../../src/bot/commands/examples-give.ts";
import {
  expectAccessible,
  expectNoSideways,
  joinAs,
  openBrowser,
  openPage,
  PATIENCE_MS,
  SIZES,
} from "./browser.ts";
import { type OpenClassroom, openWebClassroom } from "./web-classroom.ts";

let browser: Browser;
let room: OpenClassroom;

beforeAll(async () => {
  browser = await openBrowser();
  room = await openWebClassroom({ commands: [examplesAdd], actions: [...examplesActions] });
});
afterAll(async () => {
  await browser.close();
  await room.stop();
});

test("on a phone a form takes a CSV file of 100 kB; the classroom sees how long it was and not its text", {
  timeout: 4 * PATIENCE_MS,
}, async () => {
  const { page, complaints, close } = await openPage(browser, { viewport: SIZES.phone });
  await joinAs(page, room.studentLink, "Mara");
  const rows = Array.from({ length: 1000 }, (_, i) => {
    return `"Message number ${i}, and what it says is ${"blah ".repeat(15)}",${i % 2 ? "spam" : "ham"}`;
  });
  const csv = `text,label\n${rows.join("\n")}\n`;
  await page.getByRole("button", { name: "Commands" }).click();
  await page.getByRole("button", { name: /examples add/ }).click();
  await page.getByLabel("set", { exact: false }).first().fill("mail");
  await page.getByLabel("list from a file").setInputFiles({
    name: "mail.csv",
    mimeType: "text/csv",
    buffer: Buffer.from(csv),
  });
  await expect.poll(() => page.locator("textarea#option-list").inputValue()).toBe(csv);
  await expectAccessible(page);
  await expectNoSideways(page);
  await page.getByRole("button", { name: "Run" }).click();
  await page.getByText("1000 examples added to mail.", { exact: true }).waitFor();
  const shown = await page.locator("main").textContent();
  expect(shown).toContain(`(${csv.length.toLocaleString("en")} characters)`);
  expect(shown).not.toContain("blah");
  expect(complaints).toEqual([]);
  await close();
});
