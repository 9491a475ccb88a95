import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openMemoryStore } from "../../../src/bot/store/open-store.ts";
import {
  composer,
  expectAccessible,
  expectNoSideways,
  joinAs,
  openBrowser,
  openPage,
  PATIENCE_MS,
  SIZES,
  send,
} from "./browser.ts";
import { ask, createTrialActions, createWriter, fail, pair, show, whisper } from "./trial-commands.ts";
import { type OpenClassroom, openWebClassroom } from "./web-classroom.ts";

const writer = createWriter();
const trial = createTrialActions();
const commands = [writer.command, show, whisper, fail, pair, ask];
let browser: Browser;
let room: OpenClassroom;

beforeAll(async () => {
  browser = await openBrowser();
  room = await openWebClassroom({ commands, actions: trial.actions });
});
afterAll(async () => {
  await browser.close();
  await room.stop();
});

const options = { timeout: 4 * PATIENCE_MS };

describe("coming in", () => {
  test(
    "a student joins by the link with a name; the key leaves the address; a reload stays in",
    options,
    async () => {
      const { page, complaints, close } = await openPage(browser);
      await joinAs(page, room.studentLink, "Anna");
      expect(page.url()).toBe(`${room.url}/`);
      await page.reload();
      await composer(page).waitFor();
      expect(await page.getByRole("button", { name: "Anna" }).count()).toBe(1);
      expect(complaints).toEqual([]);
      await close();
    },
  );

  test("by the code alone, typed in any case; a wrong code is told", options, async () => {
    const { page, close } = await openPage(browser);
    await page.goto(room.url);
    await page.getByLabel("Your name").fill("Ben");
    await page.getByLabel("Join code").fill("AAAAAAA");
    await page.getByRole("button", { name: "Join" }).click();
    await page.getByText("This code opens nothing here").waitFor();
    await page.getByLabel("Join code").fill(room.adapter.joinCode().toLowerCase());
    await page.getByRole("button", { name: "Join" }).click();
    await composer(page).waitFor();
    await close();
  });

  test("the teacher's link opens at once, and shows code and QR to project", options, async () => {
    const { page, close } = await openPage(browser);
    await page.goto(room.teacherLink);
    await composer(page).waitFor();
    await page.getByRole("button", { name: "Invite students" }).click();
    await page.getByText(room.adapter.joinCode(), { exact: true }).waitFor();
    const drawn = await page
      .getByRole("img", { name: /QR code/ })
      .evaluate((image: HTMLImageElement) => image.decode().then(() => image.naturalWidth));
    expect(drawn).toBeGreaterThan(0);
    await expectAccessible(page);
    await close();
  });
});

describe("a reply that is being written", () => {
  test("shows its first words to everybody before it is complete, and ends whole", options, async () => {
    const asking = await openPage(browser);
    const watching = await openPage(browser, { viewport: SIZES.phone });
    await joinAs(asking.page, room.studentLink, "Asks");
    await joinAs(watching.page, room.studentLink, "Watches");
    await send(asking.page, "/write Once upon");
    for (const { page } of [asking, watching]) {
      await page.getByText("Working on it").waitFor();
    }
    writer.give(" a time");
    for (const { page } of [asking, watching]) {
      await page.getByText("Once upon a time", { exact: true }).waitFor();
      expect(await page.getByText("Writing").count()).toBe(1);
    }
    writer.give(" there was");
    await watching.page.getByText("Once upon a time there was", { exact: true }).waitFor();
    writer.finish();
    for (const { page } of [asking, watching]) {
      await page.getByText("Writing").waitFor({ state: "detached" });
      expect(await page.getByText("Once upon a time there was", { exact: true }).count()).toBe(1);
    }
    expect(await watching.page.getByRole("button", { name: "Stop" }).count()).toBe(0);
    await asking.close();
    await watching.close();
  });

  test("is stopped by its Stop button, and keeps what was written", options, async () => {
    const { page, close } = await openPage(browser);
    await joinAs(page, room.studentLink, "Stops");
    await send(page, "/write Too long");
    writer.give(" a story");
    await page.getByText("Too long a story").waitFor();
    await page.getByRole("button", { name: "Stop", exact: true }).click();
    await page.getByText("Stopped", { exact: true }).waitFor();
    expect(await page.getByText("Too long a story", { exact: true }).count()).toBe(1);
    await close();
  });

  test("tells screen readers the whole reply once, when it is done", options, async () => {
    const { page, close } = await openPage(browser);
    await joinAs(page, room.studentLink, "Listens");
    const live = page.locator("[aria-live=polite][role=status]").last();
    await page.evaluate(() => {
      const said: string[] = [];
      Object.assign(globalThis, { said });
      const region = [...document.querySelectorAll("[aria-live=polite][role=status]")].at(-1)!;
      new MutationObserver(() => said.push(region.textContent ?? "")).observe(region, {
        childList: true,
        characterData: true,
        subtree: true,
      });
    });
    await send(page, "/write Read");
    for (const word of [" this", " to", " me"]) writer.give(word);
    writer.finish();
    await live.getByText("Cloze: Read this to me").waitFor({ state: "attached" });
    expect(await page.evaluate(() => (globalThis as unknown as { said: string[] }).said)).toEqual([
      "Cloze: Read this to me",
    ]);
    await close();
  });
});

describe("typing", () => {
  test("a command is completed by keys alone: name, option, value", options, async () => {
    const { page, close } = await openPage(browser);
    await joinAs(page, room.studentLink, "Types");
    const box = composer(page);
    await box.pressSequentially("/wr");
    await page.getByRole("option", { name: /\/write/ }).waitFor();
    await page.keyboard.press("Enter");
    expect(await box.inputValue()).toBe("/write ");
    await page.getByText("The text to write on from").waitFor();
    await box.pressSequentially("Hello str");
    await page.keyboard.press("Tab");
    expect(await box.inputValue()).toBe("/write Hello strategy:");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    const active = await box.getAttribute("aria-activedescendant");
    expect(await page.locator(`[id="${active}"]`).textContent()).toContain("beam");
    await page.keyboard.press("Enter");
    expect(await box.inputValue()).toBe("/write Hello strategy:beam ");
    await box.pressSequentially("model:gp");
    await page.getByRole("option", { name: "gpt2" }).waitFor();
    await page.keyboard.press("Tab");
    expect(await box.inputValue()).toBe("/write Hello strategy:beam model:gpt2 ");
    writer.finish();
    await page.keyboard.press("Enter");
    await page.getByText("beam, 60 tokens at most").waitFor();
    await close();
  });

  test("arrow up brings back what was sent, arrow down leads to the empty line again", options, async () => {
    const { page, close } = await openPage(browser);
    await joinAs(page, room.studentLink, "Repeats");
    await send(page, "first");
    await send(page, "second");
    const box = composer(page);
    await page.keyboard.press("ArrowUp");
    expect(await box.inputValue()).toBe("second");
    await page.keyboard.press("ArrowUp");
    expect(await box.inputValue()).toBe("first");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    expect(await box.inputValue()).toBe("");
    await close();
  });

  test(
    "a refused command comes back to be corrected, with the reason for one's own eyes",
    options,
    async () => {
      const { page, close } = await openPage(browser);
      await joinAs(page, room.studentLink, "Errs");
      await send(page, "/write x top-p:7");
      await page.getByText('top-p is "7"; it must be a number above 0 and at most 1.').first().waitFor();
      expect(await page.getByText("Only you see this").count()).toBe(1);
      expect(await composer(page).inputValue()).toBe("/write x top-p:7");
      await page.getByRole("button", { name: "Dismiss" }).click();
      await page.getByText("Only you see this").waitFor({ state: "detached" });
      await close();
    },
  );

  test("a draft is there again after a reload", options, async () => {
    const { page, close } = await openPage(browser);
    await joinAs(page, room.studentLink, "Drafts");
    await composer(page).fill("half a thought");
    await page.reload();
    await composer(page).waitFor();
    expect(await composer(page).inputValue()).toBe("half a thought");
    await close();
  });
});

describe("forms, buttons and menus", () => {
  test("on a phone a command is run by its form, made from the spec", options, async () => {
    const { page, close } = await openPage(browser, {
      viewport: SIZES.phone,
      hasTouch: true,
      isMobile: true,
    });
    await joinAs(page, room.studentLink, "Thumbs");
    await page.getByRole("button", { name: "Commands" }).click();
    await expectAccessible(page);
    await page.getByRole("button", { name: "/write" }).click();
    await page.getByLabel("prompt").fill("By form");
    await page.getByLabel("strategy").selectOption("greedy");
    await page.getByLabel("max-new-tokens").fill("9");
    await expectAccessible(page);
    await expectNoSideways(page);
    writer.finish();
    await page.getByRole("button", { name: "Run" }).click();
    await page.getByText("greedy, 9 tokens at most").waitFor();
    await close();
  });

  test("a press is answered under its message, and the next press replaces the answer", options, async () => {
    const { page, close } = await openPage(browser);
    await joinAs(page, room.studentLink, "Votes");
    await send(page, "/show");
    const shown = page.locator("li.message").filter({ hasText: "Everything a card can hold" }).last();
    await shown.getByRole("button", { name: "Beam", exact: true }).click();
    await shown.getByText("Your vote: beam").waitFor();
    await shown.getByRole("button", { name: "Greedy", exact: true }).click();
    await shown.getByText("Your vote: greedy").waitFor();
    expect(await shown.getByText("Your vote: beam").count()).toBe(0);
    await shown.getByLabel("Choose a method").selectOption("b");
    await shown.getByText("Your vote: b", { exact: true }).waitFor();
    await shown.getByLabel("BERT").check();
    await shown.getByLabel("T5").check();
    await shown.getByRole("button", { name: "Send" }).click();
    await shown.getByText("Your vote: bert and t5").waitFor();
    await close();
  });

  test("a form opens over the page, holds the focus, and hands in what was written", options, async () => {
    const { page, close } = await openPage(browser);
    await joinAs(page, room.studentLink, "Answers");
    await send(page, "/show");
    await page.getByRole("button", { name: "Answer in words" }).last().click();
    await page.getByRole("dialog").waitFor();
    await expectAccessible(page);
    await page.getByRole("textbox", { name: "Method" }).fill("top-p");
    await page.getByLabel("Why?").fill("Because");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.getByText("Taken: top-p", { exact: true }).waitFor();
    expect(trial.taken.at(-1)).toMatchObject({
      action: "answer",
      fields: { method: "top-p", why: "Because" },
    });
    await close();
  });

  test("an action's update changes the card for everybody", options, async () => {
    const student = await openPage(browser);
    const teacher = await openPage(browser);
    await joinAs(student.page, room.studentLink, "Sees");
    await teacher.page.goto(`${room.teacherLink}`);
    await composer(teacher.page).waitFor();
    await teacher.page.getByRole("link", { name: "lab" }).click();
    await student.page.getByRole("link", { name: "lab" }).click();
    await send(teacher.page, "/show");
    await student.page.getByRole("button", { name: "Close", exact: true }).waitFor();
    await teacher.page.getByRole("button", { name: "Close", exact: true }).click();
    await student.page.getByText("The vote is closed.").waitFor();
    await student.close();
    await teacher.close();
  });
});

describe("a lost connection", () => {
  test(
    "what is said or pressed meanwhile is kept, shown as kept, and sent once when the connection is back",
    options,
    async () => {
      const { page, close } = await openPage(browser);
      await joinAs(page, room.studentLink, "Tunnel");
      await page.getByRole("link", { name: "lab" }).click();
      await send(page, "/show");
      const beam = page.getByRole("button", { name: "Beam", exact: true }).last();
      await beam.waitFor();
      const before = trial.taken.length;
      await page.context().setOffline(true);
      await beam.click();
      await page.getByText("“Beam” is kept").waitFor();
      await send(page, "written in the tunnel");
      await page.getByText("Kept; it will be sent when the connection is back").waitFor();
      await page.context().setOffline(false);
      await page.getByText("Your vote: beam", { exact: true }).waitFor();
      await page.locator("li.message").getByText("written in the tunnel").waitFor();
      expect(trial.taken.slice(before).filter(({ person }) => person === "Tunnel")).toHaveLength(1);
      expect(await page.locator("li.message").getByText("written in the tunnel").count()).toBe(1);
      await close();
    },
  );

  test(
    "a restart of the classroom is bridged: people, history and what was missed are there again",
    options,
    async () => {
      const store = openMemoryStore();
      let own = await openWebClassroom({ commands, actions: trial.actions, store });
      const port = Number(new URL(own.url).port);
      const { page, close } = await openPage(browser);
      await joinAs(page, own.studentLink, "Stays");
      await send(page, "before the restart");
      await page.locator("li.message").getByText("before the restart").waitFor();
      await send(page, "/write Cut");
      writer.give(" short");
      await page.getByText("Cut short").waitFor();
      await own.stop();
      await page.getByText("No connection.").waitFor();
      await send(page, "said while it was down");
      own = await openWebClassroom({ commands, actions: trial.actions, store, settings: { port } });
      await own.adapter.messenger.post(
        { platform: "web", id: "general" },
        { blocks: [{ type: "text", text: "posted meanwhile" }] },
      );
      await page.locator("li.message").getByText("said while it was down").waitFor();
      await page.getByText("posted meanwhile").waitFor();
      await page.getByText("Cloze was stopped while this was being written").waitFor();
      expect(await page.getByText("before the restart").count()).toBe(1);
      expect(await page.locator("li.message").getByText("said while it was down").count()).toBe(1);
      await close();
      await own.stop();
      await store.close();
    },
  );
});

describe("hostile text", () => {
  test(
    "markup, scripts, direction marks and stacked accents stay text, inside their message",
    options,
    async () => {
      const { page, complaints, close } = await openPage(browser);
      await joinAs(page, room.studentLink, "<img src=x onerror=alert(1)>");
      const dialogs: string[] = [];
      page.on("dialog", (dialog) => {
        dialogs.push(dialog.message());
        void dialog.dismiss();
      });
      const hostile =
        "<script>alert(1)</script> <b>bold</b> [x](javascript:alert(1)) @everyone \u202eevil\u2067 ";
      const zalgo = `Z${"\u0301".repeat(400)}algo`;
      await page.getByRole("link", { name: "lab" }).click();
      await send(page, hostile);
      await send(page, zalgo);
      await send(page, `/whisper ${hostile}`);
      await page.getByText("For your eyes").last().waitFor();
      for (const message of await page.locator("li.message").all()) {
        expect(
          await message.locator(".said b, .said a, .said img, .name img, .asked img, script").count(),
        ).toBe(0);
      }
      const said = page.locator(".said").filter({ hasText: "evil" }).first();
      expect(await said.textContent()).toContain("<script>alert(1)</script>");
      const [list, tall] = await Promise.all([
        page.locator(".timeline").boundingBox(),
        page.locator("li.message").filter({ hasText: "algo" }).first().boundingBox(),
      ]);
      expect(tall!.height).toBeLessThan(list!.height / 3);
      await expectNoSideways(page);
      expect(dialogs).toEqual([]);
      expect(complaints).toEqual([]);
      await close();
    },
  );
});

describe("at every size, light and dark", () => {
  test.each([
    ["phone", "light"],
    ["phone", "dark"],
    ["laptop", "dark"],
    ["projector", "light"],
  ] as const)(
    "%s, %s: axe-core finds nothing, nothing sticks out, no other host is asked",
    options,
    async (size, colorScheme) => {
      const own = await openWebClassroom({ commands, actions: trial.actions });
      const { page, complaints, hosts, close } = await openPage(browser, {
        viewport: SIZES[size],
        colorScheme,
      });
      await page.goto(own.url);
      await page.getByLabel("Your name").waitFor();
      await expectAccessible(page);
      await joinAs(page, own.studentLink, "Looks");
      await send(page, "Good morning");
      await send(page, "/show");
      await page.getByText("Everything a card can hold").first().waitFor();
      await page.getByRole("button", { name: "Beam", exact: true }).click();
      await page.getByText("Your vote: beam", { exact: true }).waitFor();
      await send(page, "/fail midway");
      await page.getByText("Interrupted.").last().waitFor();
      await composer(page).fill("/write Hello strategy:");
      await page.getByRole("option", { name: /beam/ }).waitFor();
      await expectAccessible(page);
      await expectNoSideways(page);
      if (size === "phone") {
        await page.getByRole("button", { name: /^Channels/ }).click();
        await page.getByRole("dialog").waitFor();
        await expectAccessible(page);
        await page.getByRole("link", { name: "lab" }).click();
        await page.getByRole("heading", { name: "lab" }).first().waitFor();
      }
      expect([...hosts]).toEqual([new URL(own.url).host]);
      expect(complaints).toEqual([]);
      await close();
      await own.stop();
    },
  );
});
