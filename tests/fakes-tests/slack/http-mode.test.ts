import { describe, expect, test } from "vitest";
import { httpApp } from "./bolt.ts";
import { setUp } from "./setup.ts";

describe("HTTP mode through Bolt", () => {
  test("Bolt answers the URL's challenge and takes signed commands, buttons and events", async () => {
    const { slack } = await setUp();
    const events: string[] = [];
    const url = await httpApp(slack, (app) => {
      app.command("/generate", async ({ ack, command }) => ack(`Got ${command.text}`));
      app.message(async ({ message }) => void events.push(message.ts));
    });
    expect(await slack.useHttp(url)).toBe(true);
    const run = slack.channel("general").user("student-1").command("/generate", "hi");
    expect((await run.ephemeral()).text).toBe("Got hi");
    const { ts } = slack.channel("general").user("student-1").say("hello");
    await expect.poll(() => events).toEqual([ts]);
  });

  test("Bolt refuses another signing secret, so that a command fails with dispatch_failed", async () => {
    const { slack } = await setUp();
    const url = await httpApp(
      slack,
      (app) => app.command("/generate", async ({ ack }) => ack("hi")),
      "another secret",
    );
    expect(await slack.useHttp(url)).toBe(false);
    slack.forceHttp(url);
    const run = slack.channel("general").user("student-1").command("/generate", "hi");
    expect(await run.notice()).toContain("dispatch_failed");
  });

  test("Bolt refuses a signature older than five minutes", async () => {
    const { slack } = await setUp();
    const url = await httpApp(slack, (app) => app.command("/generate", async ({ ack }) => ack("hi")));
    slack.forceHttp(url, () => Date.now() - 6 * 60_000);
    const run = slack.channel("general").user("student-1").command("/generate", "hi");
    expect(await run.notice()).toContain("dispatch_failed");
  });

  test("an event answered with an error comes again with X-Slack-Retry-Num and one event id", async () => {
    const { slack, clock } = await setUp();
    const seen: string[] = [];
    const url = await httpApp(slack, (app) =>
      app.use(async ({ body, context, next }) => {
        if ("event_id" in body)
          seen.push(`${body.event_id} ${context.retryNum ?? 0} ${context.retryReason ?? "-"}`);
        await next();
      }),
    );
    slack.forceHttp(url, () => Date.now() - 6 * 60_000);
    slack.channel("general").user("student-1").say("hello");
    const failed = (count: number) =>
      slack.timeline.wait(`failure ${count}`, 0, () =>
        slack.timeline.all.filter((one) => one.kind === "not-acknowledged").length >= count
          ? true
          : undefined,
      );
    await failed(2);
    slack.forceHttp(url);
    await clock.advance(60_000);
    await expect.poll(() => seen.length).toBe(1);
    expect(seen[0]).toMatch(/^Ev\w+ 2 http_error$/);
  });

  test("a command that the app leaves unanswered fails with operation_timeout", async () => {
    const { slack, clock } = await setUp();
    const url = await httpApp(slack, (app) => app.command("/generate", async () => {}));
    slack.forceHttp(url);
    const run = slack.channel("general").user("student-1").command("/generate", "hi");
    await clock.advance(3000);
    expect(await run.notice()).toContain("operation_timeout");
  });
});
