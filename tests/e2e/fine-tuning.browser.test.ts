/** Fine-tuning in the web classroom on a phone: a CSV file into a set, a head trained on it, a new text labelled. */
import { stringify } from "csv-stringify/sync";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { demonstrationTask } from "../../src/engine/learning/tasks.ts";
import {
  expectAccessible,
  expectNoSideways,
  joinAs,
  openBrowser,
  openPage,
  PATIENCE_MS,
  SIZES,
  send,
} from "../adapters/web/browser.ts";
import { classEngine } from "../bot/activities/class-engine.ts";
import { smallCourse } from "../bot/activities/small-course.ts";
import { type Classroom, openClassroom } from "./class-of-forty.ts";

const { engine, close } = classEngine();
const course = smallCourse([
  { id: "why", kind: "discussion", question: "Why?", modelAnswer: "So.", points: ["so"] },
]);
let browser: Browser;
let room: Classroom;

beforeAll(async () => {
  const limits = { perPersonPerMinute: 1000, perChannelPerMinute: 1000 };
  [browser, room] = await Promise.all([
    openBrowser(),
    openClassroom(0, engine, { ...course.course, limits }),
  ]);
}, 2 * PATIENCE_MS);
afterAll(async () => {
  await browser.close();
  await room.stop();
  await close();
  course.remove();
});

/** A browser takes real time, so the clock turns for as long as it needs. */
function whileTimePasses<T>(promise: Promise<T>): Promise<T> {
  return room.during(promise, Number.POSITIVE_INFINITY);
}

test.each(["light", "dark"] as const)("in %s colours", { timeout: 5 * PATIENCE_MS }, async (colorScheme) => {
  const { page, complaints, close: leave } = await openPage(browser, { viewport: SIZES.phone, colorScheme });
  await whileTimePasses(joinAs(page, room.webLinks().students[0]!, `Mara ${colorScheme}`));
  const set = `mail-${colorScheme}`;
  const table = stringify([...demonstrationTask("opinion").examples], {
    header: true,
    columns: ["text", "label"],
  });
  const upload = async (csv: string) => {
    await page.getByRole("button", { name: "Commands" }).click();
    await page.getByRole("button", { name: /examples add/ }).click();
    await page.getByLabel("set", { exact: false }).first().fill(set);
    const file = { name: "mail.csv", mimeType: "text/csv", buffer: Buffer.from(csv) };
    await page.getByLabel("list from a file").setInputFiles(file);
    await expect.poll(() => page.locator("textarea#option-list").inputValue()).toBe(csv);
    await page.getByRole("button", { name: "Run" }).click();
  };
  const shows = (words: string) => whileTimePasses(page.getByText(words).last().waitFor());

  await whileTimePasses(upload("text,label\nHello,\n"));
  await shows("These examples can't be read: line 2 has no label.");
  await whileTimePasses(upload(table));
  await shows(`80 examples added to ${set}.`);

  await send(page, `/finetune examples:${set} whole:true epochs:5`);
  await shows(`Kept as head ${set}`);
  const charts = page.locator("li.message").last().getByRole("img");
  await whileTimePasses(charts.nth(3).waitFor());
  expect(await charts.count()).toBe(4);
  expect(await charts.first().getAttribute("aria-label")).toContain("Accuracy while the head is trained");
  await whileTimePasses(expectNoSideways(page));
  await whileTimePasses(expectAccessible(page));

  await send(page, `/classify head:${set} text:"The waiter was rude."`);
  await shows("Nearest training examples");
  await whileTimePasses(expectNoSideways(page));
  expect(complaints).toEqual([]);
  await leave();
});
