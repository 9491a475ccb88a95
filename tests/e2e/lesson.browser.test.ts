/** The lesson in a browser: every command typed into the composer, and a poll that runs on all three platforms. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { formatCommand } from "../../src/bot/commands/format-command.ts";
import { composer, joinAs, openBrowser, openPage, send, type WatchedPage } from "../adapters/web/browser.ts";
import { classEngine } from "../bot/activities/class-engine.ts";
import { smallCourse } from "../bot/activities/small-course.ts";
import { type Classroom, openClassroom } from "./class-of-forty.ts";
import { LESSON } from "./lesson.ts";

const MINUTES = { timeout: 8 * 60_000 };
const { engine, close } = classEngine();
const course = smallCourse([
  {
    id: "draws",
    kind: "single",
    question: "Which one may write something else each time?",
    choices: [{ text: "sampling", correct: true }, { text: "greedy" }],
  },
]);
let browser: Browser;
let room: Classroom;
let student: WatchedPage;
let teacher: WatchedPage;

beforeAll(async () => {
  const limits = { perPersonPerMinute: 1000, perChannelPerMinute: 1000 };
  [browser, room] = await Promise.all([
    openBrowser(),
    openClassroom(2, engine, { ...course.course, limits }),
  ]);
  [student, teacher] = await Promise.all([openPage(browser), openPage(browser)]);
  const links = room.webLinks();
  await whileTimePasses(joinAs(student.page, links.students[0]!, "Anna"));
  // The roster is built as people use commands.
  await whileTimePasses(room.students[0]!.user.command("help"));
  await whileTimePasses(enter(teacher.page, links.teacher));
}, MINUTES.timeout);
afterAll(async () => {
  await browser.close();
  await room.stop();
  await close();
  course.remove();
});

/** The teacher's link asks for no name. */
async function enter(page: Page, link: string): Promise<void> {
  await page.goto(link);
  await composer(page).waitFor();
}

/** A browser takes real time, so the clock turns for as long as it needs. */
function whileTimePasses<T>(promise: Promise<T>): Promise<T> {
  return room.during(promise, Number.POSITIVE_INFINITY);
}

/** The newest message on the page with these words. */
function message(page: Page, words: string | RegExp) {
  return page.locator("li.message").filter({ hasText: words }).last();
}

test.each(Object.entries(LESSON))("/%s answers", MINUTES, async (name, { options = {}, answer, ...who }) => {
  const { page, complaints } = who.teacher ? teacher : student;
  await send(page, formatCommand(name, options));
  await whileTimePasses(message(page, answer).waitFor());
  expect(complaints).toEqual([]);
});

test("a poll counts the browser's vote beside those on Discord and Slack", MINUTES, async () => {
  const question = "Which one cuts the tail?";
  await send(teacher.page, formatCommand("poll", { question, choices: "greedy|top-p", everywhere: true }));
  const poll = message(student.page, question);
  await whileTimePasses(poll.getByRole("button", { name: "top-p" }).waitFor());
  await whileTimePasses(poll.getByRole("button", { name: "top-p" }).click());
  for (const { platform, user } of room.students) {
    const shown = await room.eventually(() => {
      const found = room.newest(platform, question);
      if (found.buttons.length < 2) throw new Error("no buttons yet");
      return found;
    });
    await user.press(shown, "greedy");
  }
  await whileTimePasses(message(student.page, question).getByText("3 votes").waitFor());
  const closing = message(teacher.page, question).getByRole("button", { name: "Close" });
  await whileTimePasses(closing.click());
  await room.eventually(() => {
    for (const { platform } of room.students) {
      expect(room.newest(platform, question).text).toMatch(/greedy\D*2\D/);
    }
  });
  await whileTimePasses(message(student.page, /top-p\D*1/).waitFor());
});
