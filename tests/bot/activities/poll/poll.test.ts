import { describe, expect, test } from "vitest";
import { resumePolls } from "../../../../src/bot/activities/poll/close-poll.ts";
import { pollActions } from "../../../../src/bot/activities/poll/poll-actions.ts";
import { PACE_MS } from "../../../../src/bot/activities/show-paced.ts";
import { poll } from "../../../../src/bot/commands/poll.ts";
import { StoreError } from "../../../../src/bot/store/errors.ts";
import { openMemoryStore } from "../../../../src/bot/store/open-store.ts";
import { handClock } from "../../../fakes/hand-clock.ts";
import { type BotRig, botRig, buttons, COURSE, cardText, type RigOptions } from "../../bot-rig.ts";

const rig = (options: RigOptions = {}) => botRig({ commands: [poll], actions: pollActions, ...options });

/** Opens a poll and gives its record id, as its buttons carry it. */
async function open(bot: BotRig, options: Record<string, unknown> = {}): Promise<string> {
  const done = await bot
    .as("teacher", "discord", "teacher")
    .command("poll", { question: "Which one samples?", choices: "greedy|beam|top-p", ...options });
  expect(done.code).toBeUndefined();
  const row = bot.posts.at(-1)?.card.actions?.[0];
  if (!row || !("buttons" in row)) throw new Error("the poll has no buttons");
  return row.buttons[0]!.record;
}
/** The first message as it stands once the updates that votes have set off are through. */
async function posted(bot: BotRig): Promise<string> {
  await bot.clock.advance(PACE_MS);
  return cardText(bot.posts[0]!.card);
}

describe("/poll", () => {
  test("posts the question with a button for each choice and shows its maker the counts in private", async () => {
    const bot = rig();
    const done = await bot
      .as("ta", "discord", "assistant")
      .command("poll", { question: "Which one samples?", choices: "greedy | top-p" });
    expect(buttons(bot.posts[0]?.card)).toEqual(["greedy", "top-p", "Close", "Teacher's view"]);
    expect(await posted(bot)).toBe(
      "Poll\nWhich one samples?\n0 votes so far. Vote with a button; you can change your vote until the poll closes. The counts are hidden for now.",
    );
    expect(done.prepared).toMatchObject({ visibility: "private" });
    expect(done.text).toContain("greedy: 0");
    expect(buttons(done.card)).toEqual(["Close", "Reveal", "Refresh"]);
    expect(done.replies.at(-1)).toMatchObject({ data: { state: "open", voters: 0 } });
  });

  test("is not for students, not for direct messages, not for the command line", async () => {
    const bot = rig();
    const options = { question: "q", choices: "a|b" };
    expect((await bot.as("anna").command("poll", options)).code).toBe("role-needed");
    const teacher = bot.as("t", "discord", "teacher");
    expect((await teacher.command("poll", options, { direct: true })).code).toBe("poll-direct");
    expect((await bot.as("t", "cli", "teacher").command("poll", options)).code).toBe("command-unavailable");
    expect(bot.posts).toEqual([]);
  });

  test("gives letters to the buttons when a choice is too long for one, and lists the choices", async () => {
    const bot = rig();
    await open(bot, { choices: `${"x".repeat(76)}|short` });
    expect(buttons(bot.posts[0]?.card).slice(0, 2)).toEqual(["A", "B"]);
    expect(await posted(bot)).toContain("B short");
  });

  test("keeps 20 choices and its controls within five rows of five", async () => {
    const bot = rig();
    await open(bot, { choices: Array.from({ length: 20 }, (_, i) => `c${i}`).join("|") });
    expect(bot.posts[0]?.card.actions?.map((row) => ("buttons" in row ? row.buttons.length : 0))).toEqual([
      5, 5, 5, 5, 2,
    ]);
  });

  test("counts votes for everybody while it hides how they fall, then shows them when it closes", async () => {
    const bot = rig();
    const id = await open(bot);
    await bot.as("anna").press("poll.vote", id, "c");
    await bot.as("ben").press("poll.vote", id, "a");
    expect(await posted(bot)).toContain("2 votes so far");
    expect(await posted(bot)).not.toMatch(/top-p: 1/);
    await bot.as("teacher", "discord", "teacher").press("poll.close", id);
    expect(await posted(bot)).toBe(
      "Poll\nWhich one samples?\ngreedy: 1 (50 %)\nbeam: 0 (0 %)\ntop-p: 1 (50 %)\nClosed at 11:00. 2 votes.",
    );
    expect(buttons(bot.posts[0]?.card)).toEqual(["Teacher's view"]);
  });

  test("with results:live shows the counts as they come", async () => {
    const bot = rig();
    const id = await open(bot, { results: "live" });
    await bot.as("anna").press("poll.vote", id, "c");
    expect(await posted(bot)).toContain("top-p: 1");
  });

  test("with results:revealed stays hidden when closed, until revealed", async () => {
    const bot = rig();
    const id = await open(bot, { results: "revealed" });
    const teacher = bot.as("teacher", "discord", "teacher");
    await bot.as("anna").press("poll.vote", id, "c");
    await teacher.press("poll.close", id);
    expect(await posted(bot)).toContain("The results are not shown yet");
    expect(await posted(bot)).not.toContain("top-p: 1");
    expect(buttons(bot.posts[0]?.card)).toEqual(["Reveal", "Teacher's view"]);
    await teacher.press("poll.reveal", id);
    expect(await posted(bot)).toContain("top-p: 1");
  });

  test("tells the voter what is kept, and what it replaced", async () => {
    const bot = rig();
    const id = await open(bot);
    const anna = bot.as("anna");
    expect((await anna.press("poll.vote", id, "c")).text).toBe(
      "You voted top-p. You can change it until the poll closes.",
    );
    expect((await anna.press("poll.vote", id, "a")).text).toBe(
      "You changed your vote to greedy, before it was top-p.",
    );
    expect((await anna.press("poll.vote", id, "a")).text).toMatch(/^You voted greedy/);
    expect(await posted(bot)).toContain("1 vote so far");
  });

  test("tells a late voter when it closed, in the course's time zone, and what counts", async () => {
    // 09:00 UTC on 5 October is 11:00 in Berlin (summer time).
    const bot = rig();
    const id = await open(bot);
    const anna = bot.as("anna");
    await anna.press("poll.vote", id, "a");
    await bot.clock.advance(42 * 60_000);
    await bot.as("teacher", "discord", "teacher").press("poll.close", id);
    await bot.clock.advance(60_000);
    const late = await anna.press("poll.vote", id, "c");
    expect(late).toMatchObject({
      code: "poll-closed",
      text: "This poll closed at 11:42. Your earlier vote counts.",
    });
    expect((await bot.as("ben").press("poll.vote", id, "c")).text).toBe(
      "This poll closed at 11:42. Your vote was not counted.",
    );
    await bot.clock.advance(24 * 3_600_000);
    expect((await anna.press("poll.vote", id, "c")).text).toContain("closed at Mon 5 Oct, 11:42.");
    expect(await posted(bot)).toContain("greedy: 1");
  });

  test("of two teachers closing at once one closes, the other is told who did and when", async () => {
    const bot = rig();
    const id = await open(bot);
    const told = await Promise.all([
      bot.as("Ms Roe", "discord", "teacher").press("poll.close", id),
      bot.as("Mr Doe", "slack", "teacher").press("poll.close", id),
    ]);
    const [winner, loser] = told.toSorted((a, b) => (a.code ?? "").localeCompare(b.code ?? ""));
    expect(winner?.code).toBeUndefined();
    expect(loser?.code).toBe("poll-closed");
    expect(loser?.text).toMatch(/^This poll was closed at 11:00 by (Ms Roe|Mr Doe) already\.$/);
  });

  test("the same button pressed fifty times at once is one vote", async () => {
    const bot = rig();
    const id = await open(bot, { results: "live" });
    const anna = bot.as("anna");
    const told = await Promise.all(Array.from({ length: 50 }, () => anna.press("poll.vote", id, "b")));
    expect(told.every(({ text }) => text.startsWith("You voted beam"))).toBe(true);
    expect(await posted(bot)).toContain("beam: 1");
    expect(await posted(bot)).toContain("1 vote so far");
  });

  test("a hundred votes within a moment cost two edits, and the last one shows them all", async () => {
    const bot = rig();
    const id = await open(bot);
    await bot.clock.advance(PACE_MS);
    const before = bot.posts[0]!.edits;
    for (let i = 0; i < 100; i++) await bot.as(`s${i}`).press("poll.vote", id, "a");
    expect(await posted(bot)).toContain("100 votes so far");
    expect(bot.posts[0]!.edits - before).toBe(2);
  });

  test("a platform that answers no more does not hold up the others", async () => {
    const bot = rig({ onSend: ({ platform }) => (platform === "slack" ? later : undefined) });
    let later: Promise<void> | undefined;
    await open(bot, { everywhere: true });
    later = new Promise(() => {});
    const row = bot.posts[0]!.card.actions![0]!;
    const id = "buttons" in row ? row.buttons[0]!.record : "";
    await bot.as("anna").press("poll.vote", id, "a");
    await bot.clock.advance(PACE_MS);
    await bot.as("ben").press("poll.vote", id, "a");
    await bot.clock.advance(PACE_MS);
    const votes = bot.posts.map(({ ref, card }) => [
      ref.channel.platform,
      /\d+ votes?/.exec(cardText(card))![0],
    ]);
    expect(votes).toEqual([
      ["discord", "2 votes"],
      ["slack", "0 votes"],
      ["web", "2 votes"],
    ]);
  });

  test("refuses choices, polls and buttons that are not there", async () => {
    const bot = rig();
    const id = await open(bot);
    const anna = bot.as("anna");
    expect((await anna.press("poll.vote", id, "z")).code).toBe("choice-unknown");
    expect((await anna.press("poll.vote", id)).code).toBe("choice-unknown");
    expect((await anna.press("poll.vote", "nosuchpoll", "a")).code).toBe("poll-unknown");
    expect((await anna.press("poll.vote", "../../x", "a")).code).toBe("poll-unknown");
    expect((await anna.press("poll.explode", id)).code).toBe("action-unknown");
    for (const action of ["poll.close", "poll.reveal", "poll.reopen", "poll.view", "poll.refresh"]) {
      expect((await anna.press(action, id)).code).toBe("role-needed");
    }
    expect(await posted(bot)).toContain("0 votes so far");
  });

  test("is unknown in another course", async () => {
    const other = { ...COURSE, id: "ir", channels: [{ platform: "discord" as const, id: "d2" }] };
    const bot = rig({ courses: [COURSE, other] });
    const id = await open(bot);
    const elsewhere = { channel: { platform: "discord" as const, id: "d2" } };
    expect((await bot.as("anna").press("poll.vote", id, "a", elsewhere)).code).toBe("poll-unknown");
  });

  test("can be reopened: earlier votes stay, and their counts are hidden again", async () => {
    const bot = rig();
    const id = await open(bot);
    const teacher = bot.as("teacher", "discord", "teacher");
    await bot.as("anna").press("poll.vote", id, "a");
    await teacher.press("poll.close", id);
    await teacher.press("poll.reopen", id);
    expect((await teacher.press("poll.reopen", id)).code).toBe("poll-open");
    await bot.as("ben").press("poll.vote", id, "b");
    expect(await posted(bot)).toContain("2 votes so far");
    expect(await posted(bot)).not.toContain("greedy: 1");
  });

  test("the teacher's view shows the counts in private and is replaced by what is pressed in it", async () => {
    const bot = rig();
    const id = await open(bot);
    const teacher = bot.as("teacher", "discord", "teacher");
    await bot.as("anna").press("poll.vote", id, "c");
    const view = await teacher.press("poll.view", id);
    expect(view.replies[0]?.kind).toBe("private");
    expect(view.text).toContain("top-p: 1");
    expect(view.text).toContain("Only you see these counts.");
    const afterClose = await teacher.press("poll.close", id, "view");
    expect(afterClose.replies[0]?.kind).toBe("update");
    expect(buttons(afterClose.card)).toEqual(["Reopen", "Refresh"]);
    expect((await teacher.press("poll.refresh", id, "view")).replies[0]?.kind).toBe("update");
  });
});

describe("a poll in several places", () => {
  test("stands in all course channels, counts people once, and every message shows the same", async () => {
    const bot = rig();
    const id = await open(bot, { everywhere: true });
    expect(bot.posts.map(({ ref }) => ref.channel.platform)).toEqual(["discord", "slack", "web"]);
    await bot.as("anna").press("poll.vote", id, "a");
    await bot.as("ben", "slack").press("poll.vote", id, "b");
    await bot.as("cara", "web").press("poll.vote", id, "c");
    await bot.as("teacher", "slack", "teacher").press("poll.close", id);
    await bot.clock.advance(PACE_MS);
    const texts = bot.posts.map(({ card }) => cardText(card));
    expect(new Set(texts).size).toBe(1);
    expect(texts[0]).toContain(
      "greedy: 1 (33 %)\nbeam: 1 (33 %)\ntop-p: 1 (33 %)\nClosed at 11:00. 3 votes.",
    );
  });

  test("a person who has joined two accounts has one vote, the latest of both", async () => {
    const bot = rig();
    const id = await open(bot, { everywhere: true, results: "live" });
    const { roster } = bot.services;
    const anna = await roster.person("nlp", bot.as("anna").account, "student");
    await roster.finishLink(
      "nlp",
      await roster.startLink("nlp", anna.id),
      bot.as("anna", "slack").account,
      "student",
    );
    await bot.as("anna").press("poll.vote", id, "a");
    const second = await bot.as("anna", "slack").press("poll.vote", id, "c");
    expect(second.text).toBe("You changed your vote to top-p, before it was greedy.");
    expect(await posted(bot)).toContain("greedy: 0 (0 %)\nbeam: 0 (0 %)\ntop-p: 1 (100 %)");
  });

  test("accounts joined after both had voted count once, by the later vote", async () => {
    const bot = rig();
    const id = await open(bot, { everywhere: true });
    const { roster } = bot.services;
    await bot.as("anna", "web").press("poll.vote", id, "a");
    await bot.clock.advance(1_000);
    await bot.as("anna").press("poll.vote", id, "c");
    const anna = await roster.find("nlp", bot.as("anna").account);
    await roster.finishLink(
      "nlp",
      await roster.startLink("nlp", anna!.id),
      bot.as("anna", "web").account,
      "student",
    );
    await bot.as("teacher", "discord", "teacher").press("poll.close", id);
    expect(await posted(bot)).toContain(
      "greedy: 0 (0 %)\nbeam: 0 (0 %)\ntop-p: 1 (100 %)\nClosed at 11:00. 1 vote.",
    );
  });

  test("guests are told why their vote does not count, and may vote once linked", async () => {
    const bot = rig({ courses: [{ ...COURSE, guestsMayVote: false }] });
    const id = await open(bot, { everywhere: true });
    const guest = bot.as("anna", "web");
    expect(await guest.press("poll.vote", id, "a")).toMatchObject({
      code: "guest-vote",
      text: expect.stringContaining("/link"),
    });
    const { roster } = bot.services;
    const anna = await roster.person("nlp", bot.as("anna").account, "student");
    await roster.finishLink("nlp", await roster.startLink("nlp", anna.id), guest.account, "student");
    expect((await guest.press("poll.vote", id, "a")).text).toMatch(/^You voted greedy/);
  });

  test("says which channel could not be reached, and runs in the others", async () => {
    const bot = rig({
      onSend: ({ platform }) => {
        if (platform === "slack") throw new Error("not in channel");
      },
    });
    const done = await bot
      .as("t", "discord", "teacher")
      .command("poll", { question: "q", choices: "a|b", everywhere: true });
    expect(done.text).toContain("Not shown in slack channel s1");
    expect(bot.posts.map(({ ref }) => ref.channel.platform)).toEqual(["discord", "web"]);
  });

  test("that could be posted nowhere is no poll", async () => {
    const bot = rig({
      onSend: () => {
        throw new Error("down");
      },
    });
    const done = await bot.as("t", "discord", "teacher").command("poll", { question: "q", choices: "a|b" });
    expect(done.code).toBe("fault");
    const kept = [];
    for await (const each of bot.services.store.namespace("poll", (await import("zod")).z.unknown()).list(""))
      kept.push(each);
    expect(kept).toEqual([]);
  });

  test("everywhere is refused where the configuration lists no channels", async () => {
    const bot = rig({ courses: [{ ...COURSE, channels: [] }] });
    const done = await bot
      .as("t", "discord", "teacher")
      .command("poll", { question: "q", choices: "a|b", everywhere: true });
    expect(done).toMatchObject({ code: "no-course-channels", text: expect.stringContaining("cloze.yaml") });
  });
});

describe("a poll over faults", () => {
  test("survives a restart: old buttons vote, and messages catch up with the store", async () => {
    let reachable = true;
    const bot = rig({
      onSend: () => {
        if (!reachable) throw new Error("gateway down");
      },
    });
    const id = await open(bot);
    reachable = false;
    await bot.as("anna").press("poll.vote", id, "a");
    expect(await posted(bot)).toContain("0 votes so far");
    reachable = true;
    const again = bot.restart();
    const resumed = resumePolls(again.services);
    await bot.clock.advance(PACE_MS);
    await resumed;
    expect(await posted(again)).toContain("1 vote so far");
    await again.as("ben").press("poll.vote", id, "b");
    expect(await posted(again)).toContain("2 votes so far");
  });

  test("a vote that could not be stored is refused clearly, and not counted", async () => {
    const store = openMemoryStore();
    const bot = rig({
      store: {
        ...store,
        commit: (conditions, changes) =>
          changes.some(({ key }) => key.startsWith("poll-vote:") && key.includes("/1/"))
            ? Promise.reject(new StoreError("store-full", "x", "The disk is full"))
            : store.commit(conditions, changes),
      },
      clock: handClock(),
    });
    const id = await open(bot);
    const told = await bot.as("anna").press("poll.vote", id, "a");
    expect(told).toMatchObject({ code: "store-full", text: expect.stringContaining("does not count") });
    expect(bot.logged.some(({ msg }) => msg === "the store failed")).toBe(true);
    expect(await posted(bot)).toContain("0 votes so far");
  });
});
