import { describe, expect, test } from "vitest";
import { pollActions } from "../../../src/bot/activities/poll/poll-actions.ts";
import { textCard } from "../../../src/bot/cards/card.ts";
import { poll } from "../../../src/bot/commands/poll.ts";
import { UserError } from "../../../src/bot/errors.ts";
import { type Rig, type RigOptions, slackRig } from "./rig.ts";
import { buttonCard, echo, fedAction, fedCommand, feed } from "./sample-commands.ts";

async function startCode(options: RigOptions): Promise<[string, string]> {
  const rig = await slackRig(options);
  const error = await rig.start().catch((thrown: unknown) => thrown);
  if (!(error instanceof UserError)) throw new Error(`Expected a UserError, not ${String(error)}.`);
  return [error.code, error.message];
}

/** Presses wait until the connection is back. */
async function reconnected({ slack }: Rig, drop: () => void): Promise<void> {
  const again = slack.timeline.wait("a new connection", slack.timeline.all.length, (seen) =>
    seen.kind === "socket-opened" ? true : undefined,
  );
  drop();
  await again;
}

describe("wrong settings say in one line what to set where", () => {
  test("no bot token", async () => {
    const [code, message] = await startCode({ settings: { botToken: "" } });
    expect(code).toBe("slack-token-missing");
    expect(message).toMatch(/^SLACK_BOT_TOKEN is not set\. Copy it from "OAuth & Permissions"/);
  });

  test("tokens in each other's place", async () => {
    const [code, message] = await startCode({ settings: { botToken: "xapp-1-abc" } });
    expect(code).toBe("slack-token-kind");
    expect(message).toContain('SLACK_BOT_TOKEN begins with "xapp-"; it must begin with "xoxb-"');
  });

  test("a bot token that Slack refuses", async () => {
    const [code, message] = await startCode({ settings: { botToken: "xoxb-old" } });
    expect([code, message.split("\n")]).toEqual(["slack-token-refused", [message]]);
    expect(message).toContain("Slack refuses SLACK_BOT_TOKEN (invalid_auth)");
  });

  test("an app-level token that Slack refuses", async () => {
    const [code, message] = await startCode({
      settings: { connection: { mode: "socket", appToken: "xapp-old" } },
    });
    expect(code).toBe("slack-token-refused");
    expect(message).toContain('SLACK_APP_TOKEN (invalid_auth). Copy it anew from "Basic Information"');
  });

  test("no signing secret in HTTP mode", async () => {
    const connection = { mode: "http" as const, signingSecret: "", host: "127.0.0.1", port: 0 };
    expect((await startCode({ settings: { connection } }))[1]).toContain("SLACK_SIGNING_SECRET is not set");
  });

  test("a scope without which nothing works", async () => {
    const [code, message] = await startCode({
      scopes: (all) => all.filter((scope) => scope !== "chat:write"),
    });
    expect(code).toBe("slack-scope-missing");
    expect(message).toContain('lacks chat:write. Add it under "OAuth & Permissions"');
  });

  test("a scope that costs one function is named in the log, and the rest works", async () => {
    const rig = await slackRig({
      commands: [echo],
      scopes: (all) => all.filter((s) => s !== "usergroups:read"),
    });
    await rig.start();
    expect(rig.logged.map(({ msg }) => msg)).toContain(
      "the Slack app lacks the scope usergroups:read, so there is no: teachers and assistants by user group",
    );
    const reply = await rig.slack.channel("general").user("cleo").command("/echo", "hi").message();
    expect(reply.text).toContain('"role":"student"');
  });

  test("Slack can't be reached", async () => {
    const [code] = await startCode({ settings: { apiUrl: "http://127.0.0.1:9/api/" } });
    expect(code).toBe("slack-unreachable");
  });
});

describe("the connection", () => {
  test("comes back after Slack recycles it and after a break; a running reply goes on", async () => {
    const source = feed();
    const rig = await slackRig({ commands: [echo, fedCommand(source)], settings: { streaming: false } });
    await rig.start();
    const ada = rig.slack.channel("general").user("ada");
    const run = ada.command("/slow");
    source.send(textCard("first"));
    const reply = await run.message("first");
    await reconnected(rig, () => rig.slack.socketMode.refresh());
    await reconnected(rig, () => rig.slack.socketMode.drop());
    source.send(textCard("last"));
    source.end();
    await reply.until("last");
    await ada.command("/echo", "still here").message("still here");
  });

  test("is tried again with growing pauses while Slack refuses or can't be reached, saying what is wrong", async () => {
    const rig = await slackRig({ commands: [echo] });
    await rig.start();
    const { slack, clock, logged } = rig;
    slack.faults.next("apps.connections.open", { error: "invalid_auth" });
    slack.faults.next("apps.connections.open", "lost-request", 2);
    slack.faults.next("apps.connections.open", { rateLimitedForSeconds: 7 });
    const before = slack.calls("apps.connections.open").length;
    slack.socketMode.drop();
    // One second, two, four, then Slack's seven.
    for (const pauseMs of [1_000, 2_000, 4_000]) {
      await slack.quiet();
      expect(slack.socketMode.connections()).toBe(0);
      await clock.advance(pauseMs);
    }
    await slack.quiet();
    await clock.advance(6_999);
    await slack.quiet();
    expect(slack.socketMode.connections()).toBe(0);
    await clock.advance(1);
    await slack.socketMode.connected();
    // Two lost requests never arrived.
    expect(slack.calls("apps.connections.open").length - before).toBe(3);
    expect(logged.map(({ msg }) => msg)).toContain(
      'no connection to Slack: Slack refuses SLACK_APP_TOKEN (invalid_auth); copy it anew from "Basic Information", App-Level Tokens',
    );
    await slack.channel("general").user("ada").command("/echo", "back").message("back");
  });

  test("ends at once at a stop while it is broken", async () => {
    const rig = await slackRig({ commands: [echo] });
    await rig.start();
    rig.slack.faults.next("apps.connections.open", { status: 503 }, 3);
    rig.slack.socketMode.drop();
    await rig.slack.quiet();
    await rig.adapter.stop(0);
    await rig.clock.advance(60_000);
    await rig.slack.quiet();
    expect(rig.slack.socketMode.connections()).toBe(0);
  });

  test("in HTTP mode needs a free port, and says which setting names it", async () => {
    const first = await slackRig({ commands: [echo], mode: "http" });
    await first.start();
    const connection = { mode: "http" as const, signingSecret: "s", port: first.adapter.port()! };
    const [code, message] = await startCode({ settings: { connection } });
    expect(code).toBe("slack-port-taken");
    expect(message).toContain("(EADDRINUSE). Set CLOZE_SLACK_PORT in .env to a free one.");
  });

  test("an event that was not acknowledged before the break comes again and is handled once", async () => {
    const rig = await slackRig({ commands: [echo] });
    await rig.start();
    const body = { type: "app_home_opened", user: rig.slack.user("ada").user.id, channel: "D1", tab: "home" };
    const first = rig.slack.event(body);
    await first.outcome;
    await first.again();
    await rig.slack.quiet();
    expect(rig.slack.calls("views.publish")).toHaveLength(1);
  });

  test("votes pressed while it is down get Slack's answer; those acknowledged are counted, none is lost", async () => {
    const rig = await slackRig({ commands: [poll], actions: pollActions });
    await rig.start();
    const { slack, clock } = rig;
    const teacher = slack.channel("general").user("cleo");
    await teacher.command("/cloze-poll", 'question:"Which one?" choices:yes|no').ephemeral("teacher's view");
    const message = await slack.message("general");
    expect((await message.as("ada").press("yes").ephemeral()).text).toContain("You voted yes");
    slack.socketMode.drop();
    await expect.poll(() => slack.socketMode.connections()).toBe(0);
    const lost = message.as("ben").press("yes");
    expect(await lost.notice()).toContain("the app did not respond (dispatch_failed)");
    await clock.advance(120_000);
    await slack.socketMode.connected();
    expect((await message.as("ben").press("no").ephemeral()).text).toContain("You voted no");
    await slack.quiet();
    await clock.advance(2_000);
    await message.until("2 votes so far");
    await message.as("cleo").press("Close").acknowledged();
    await slack.quiet();
    await clock.advance(2_000);
    await message.until(/Closed at [\s\S]*2 votes/);
    expect(message.text).toMatch(/yes .* 1 50 %/);
  });
});

describe("shutdown", () => {
  test("running replies finish within the grace, new work is told to come back", async () => {
    const source = feed();
    const rig = await slackRig({ commands: [echo, fedCommand(source)], settings: { streaming: false } });
    await rig.start();
    const { slack, clock, adapter } = rig;
    const ada = slack.channel("general").user("ada");
    const run = ada.command("/slow");
    source.send(textCard("first"));
    const reply = await run.message("first");
    const stopping = adapter.stop(30_000);
    expect((await ada.command("/echo", "hi").ephemeral()).text).toContain("Cloze is being restarted");
    source.send(textCard("finished in time"));
    source.end();
    await reply.until("finished in time");
    await slack.quiet();
    await clock.advance(1_000);
    await stopping;
    expect(slack.socketMode.connections()).toBe(0);
  });

  test("what is not ready by then is marked as interrupted, with what was written", async () => {
    const source = feed();
    const pressed = feed();
    const rig = await slackRig({
      commands: [fedCommand(source)],
      actions: [fedAction(pressed, { visibility: "channel" })],
      settings: { streaming: false },
    });
    await rig.start();
    const { slack, clock, adapter } = rig;
    const run = slack.channel("general").user("ada").command("/slow");
    source.send(buttonCard("Once upon a"));
    const reply = await run.message("Once upon a");
    const stopping = adapter.stop(5_000);
    await clock.advance(5_000);
    await reply.until(/Once upon a[\s\S]*Interrupted\. Cloze is being restarted/);
    expect(reply.buttons).toEqual([]);
    expect(source.signal()?.aborted).toBe(true);
    await slack.quiet();
    await clock.advance(1_000);
    await stopping;
  });

  test.each(["socket", "http"] as const)("stops when nothing runs (%s mode)", async (mode) => {
    const rig = await slackRig({ commands: [echo], mode });
    await rig.start();
    const stopping = rig.adapter.stop(30_000);
    await rig.slack.quiet();
    await rig.clock.advance(1_000);
    await stopping;
    await rig.adapter.stop(0);
  });
});

describe("two teachers", () => {
  test("closing one poll at the same moment: one closes it, the other is told who did", async () => {
    const rig = await slackRig({ commands: [poll], actions: pollActions });
    await rig.start();
    const teacher = rig.slack.channel("general").user("cleo");
    await teacher.command("/cloze-poll", 'question:"Which one?" choices:yes|no').ephemeral("teacher's view");
    const message = await rig.slack.message("general");
    const presses = [message.as("cleo").press("Close"), message.as("ta").press("Close")];
    const answers = await Promise.all(presses.map(async (press) => (await press.ephemeral()).text));
    expect(answers.filter((text) => text.includes("Closed at"))).toHaveLength(1);
    expect(answers.filter((text) => /was closed at .* by (Cleo|Toni) already/.test(text))).toHaveLength(1);
  });
});
