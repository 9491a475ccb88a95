import { describe, expect, test } from "vitest";
import { socketApp } from "./bolt.ts";
import { plain, setUp } from "./setup.ts";

describe("the test language", () => {
  test("a wait that is not fulfilled fails with what was seen instead", async () => {
    const { slack, web, general } = await setUp({ patienceMs: 50 });
    const run = slack.channel("general").user("student-1").command("/generate", "hi");
    await web.chat.postMessage({ channel: general, text: "Something else" });
    await expect(run.message("Answer")).rejects.toThrow(
      /Expected message of the app with Answer\. Seen instead:[\s\S]*delivery of \/generate hi[\s\S]*Something else/,
    );
  });

  test("a refused call shows in that list with Slack's reason", async () => {
    const { slack, web, general } = await setUp({ patienceMs: 50 });
    const run = slack.channel("general").user("student-1").command("/generate", "hi");
    await web.chat.postMessage({ channel: general, text: " " }).catch(() => {});
    await expect(run.message()).rejects.toThrow(/chat\.postMessage refused: .*no_text/);
  });

  test("returns each message once, in order", async () => {
    const { slack, web, general } = await setUp();
    const run = slack.channel("general").user("student-1").command("/generate", "hi");
    for (const text of ["one", "two"]) await web.chat.postMessage({ channel: general, text });
    expect((await run.message()).text).toBe("one");
    expect((await run.message()).text).toBe("two");
  });

  test("does not show one person's ephemeral messages to another", async () => {
    const { slack, web, general } = await setUp({ patienceMs: 50 });
    const run = slack.channel("general").user("student-2").command("/generate", "hi");
    await web.chat.postEphemeral({ channel: general, user: slack.user("student-1").user.id, text: "psst" });
    await expect(run.ephemeral()).rejects.toThrow("Expected ephemeral of the app");
  });

  test("names the buttons and people there are when one is missing", async () => {
    const { slack, web, general } = await setUp();
    await web.chat.postMessage({
      channel: general,
      text: "Poll",
      blocks: [{ type: "actions", elements: [{ type: "button", action_id: "a", text: plain("Yes") }] }],
    });
    const poll = await slack.message("general");
    expect(() => poll.press("No")).toThrow('There is no "No" here. There are: "Yes".');
    expect(() => slack.user("nobody")).toThrow("student-1");
  });

  test("sees the pings and links that a message would cause, and none in escaped text", async () => {
    const { slack, web, general } = await setUp();
    await web.chat.postMessage({
      channel: general,
      text: "<!channel> <https://evil.example|a> &lt;!here&gt;",
    });
    expect((await slack.message("general")).effects).toEqual({
      pings: ["channel"],
      links: ["https://evil.example"],
    });
  });

  test("opens the home tab and waits for what the app publishes", async () => {
    const { slack } = await setUp();
    await socketApp(slack, (app) =>
      app.event("app_home_opened", async ({ event, client }) => {
        const blocks = [{ type: "section" as const, text: plain(`Hello in ${event.tab}`) }];
        await client.views.publish({ user_id: event.user, view: { type: "home", blocks } });
      }),
    );
    expect((await slack.user("student-1").openHome()).text).toBe("Hello in home");
  });

  test("uses a message shortcut on a message", async () => {
    const { slack } = await setUp();
    let text: string | undefined;
    await socketApp(slack, (app) =>
      app.shortcut("quiz-message", async ({ ack, shortcut }) => {
        text = (shortcut as unknown as { message: { text: string } }).message.text;
        await ack();
      }),
    );
    const message = slack.channel("general").user("student-1").say("Attention is all you need");
    await message.shortcut("Quiz me on this message").acknowledged();
    expect(text).toBe("Attention is all you need");
  });

  test("delivers the same envelope again when asked to", async () => {
    const { slack } = await setUp();
    let calls = 0;
    await socketApp(slack, (app) =>
      app.command("/generate", async ({ ack }) => {
        calls++;
        await ack();
      }),
    );
    const run = slack.channel("general").user("student-1").command("/generate", "hi");
    await run.acknowledged();
    await run.delivery!.again();
    expect(calls).toBe(2);
  });
});
