/** Votes and answers of a student whose connection fails in the middle of class: none is lost, none counts twice. */
import type { Browser, Locator } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  composer,
  joinAs,
  openBrowser,
  openPage,
  SIZES,
  send,
  type WatchedPage,
} from "../adapters/web/browser.ts";
import { type ClozeProcess, startCloze, temporaryData } from "./cloze-process.ts";

const MINUTES = { timeout: 8 * 60_000 };
const data = temporaryData();
let browser: Browser;
let cloze: ClozeProcess;
let teacher: WatchedPage;
let student: WatchedPage;
let port: string;

beforeAll(async () => {
  cloze = startCloze(["start", "--port", "0"], data);
  browser = await openBrowser();
  const teacherLink = (await cloze.says(/teacher +(\S+)/))[1]!;
  const studentLink = (await cloze.says(/students +(\S+)/))[1]!;
  port = new URL(studentLink).port;
  teacher = await openPage(browser);
  await teacher.page.goto(teacherLink);
  await composer(teacher.page).waitFor();
  student = await openPage(browser, { viewport: SIZES.phone });
  await joinAs(student.page, studentLink, "Anna");
}, 8 * 60_000);
afterAll(async () => {
  await browser.close();
  cloze.crash();
});

/** The classroom ends as when the power fails. */
async function crash(): Promise<void> {
  cloze.crash();
  await cloze.ended;
  await student.page.getByText("No connection.").waitFor();
}

async function comeBack(): Promise<void> {
  cloze = startCloze(["start", "--port", port], data);
  await cloze.says(/students/);
  for (const { page } of [student, teacher])
    await page.getByText("No connection.").waitFor({ state: "detached" });
}

async function ask(words: string): Promise<{ own: Locator; teachers: Locator }> {
  await send(teacher.page, `/poll question:"${words}" choices:"greedy | top-p"`);
  const card = (page: WatchedPage["page"]) => page.locator("li.message").filter({ hasText: words }).last();
  await card(student.page).getByRole("button", { name: "top-p" }).waitFor();
  return { own: card(student.page), teachers: card(teacher.page) };
}

test("a vote pressed while the classroom is down counts once when it is back", MINUTES, async () => {
  const { own, teachers } = await ask("Which one draws?");
  await crash();
  await own.getByRole("button", { name: "top-p" }).click();
  await own.getByText("“top-p” is kept and will be sent").waitFor();
  await comeBack();
  await teachers.getByText("1 vote so far").waitFor();
  await own.getByText("is kept and will be sent").waitFor({ state: "detached" });
  await teachers.getByRole("button", { name: "Close" }).click();
  const bars = teachers.locator(".bars li");
  await bars.first().waitFor({ state: "attached" });
  expect(await bars.allTextContents()).toEqual(["greedy0 0 %", "top-p1 100 %"]);
});

test("a vote whose answer got lost on the way is sent again and counted once", MINUTES, async () => {
  const { own, teachers } = await ask("Which one is greedy?");
  const { page } = student;
  const bodies: string[] = [];
  await page.route("**/api/actions", async (route) => {
    bodies.push(route.request().postData()!);
    if (bodies.length > 1) return route.continue();
    // The server has counted it; the browser is not told.
    await route.fetch();
    await route.abort("connectionreset");
  });
  await own.getByRole("button", { name: "greedy" }).click();
  await own.getByText("You voted").waitFor();
  await expect.poll(() => bodies.length, { timeout: 90_000 }).toBe(2);
  expect(bodies[1]).toBe(bodies[0]);
  await page.unroute("**/api/actions");
  await teachers.getByText("1 vote so far").waitFor();
  await teachers.getByRole("button", { name: "Close" }).click();
  const bars = teachers.locator(".bars li");
  await bars.first().waitFor({ state: "attached" });
  expect(await bars.allTextContents()).toEqual(["greedy1 100 %", "top-p0 0 %"]);
});

test(
  "an answer half typed into a form outlives a crash and a reload, and is handed in once",
  MINUTES,
  async () => {
    await send(teacher.page, "/poll item:top-k-weakness");
    const { page } = student;
    const own = page
      .locator("li.message")
      .filter({ has: page.getByRole("button", { name: "Answer" }) })
      .last();
    await own.getByRole("button", { name: "Answer" }).click();
    const field = page.getByRole("dialog").getByRole("textbox");
    await field.fill("It adapts to how sure");
    await crash();
    await field.fill("It adapts to how sure the model is");
    await comeBack();
    await page.reload();
    expect(await field.inputValue()).toBe("It adapts to how sure the model is");
    await field.press("End");
    await field.pressSequentially(".");
    await crash();
    await page.getByRole("dialog").getByRole("button", { name: "Send" }).click();
    await own.getByText("is kept and will be sent").waitFor();
    await comeBack();
    await own.getByText("It adapts to how sure the model is.").first().waitFor();
    const teachers = teacher.page.locator("li.message").last();
    await teachers.getByText(/1 (vote|answer)/).waitFor();
    await page.reload();
    await composer(page).waitFor();
    expect(await page.getByRole("dialog").count()).toBe(0);
  },
);
