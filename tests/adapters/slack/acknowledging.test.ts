import { describe, expect, test } from "vitest";
import { textCard } from "../../../src/bot/cards/card.ts";
import { slackRig } from "./rig.ts";
import { buttonCard, echo, fedAction, fedCommand, feed } from "./sample-commands.ts";

const modal = {
  title: "Why?",
  action: "test.go",
  record: "r2",
  fields: [{ id: "a", label: "A", kind: "line" as const }],
};

async function started(mode: "socket" | "http" = "socket") {
  const source = feed();
  const pressed = feed();
  const rig = await slackRig({
    commands: [echo, fedCommand(source, { ack: "modal" })],
    actions: [fedAction(pressed, { opensModal: true })],
    mode,
  });
  await rig.start();
  const general = { platform: "slack" as const, id: rig.slack.channel("general").channel.id };
  await rig.services.messenger.post(general, buttonCard("Press"));
  const message = (await rig.slack.message("general")).as("ben");
  const acknowledged = () => rig.slack.timeline.all.filter((seen) => seen.kind === "acknowledged").length;
  return { rig, ...rig, source, pressed, message, acknowledged };
}

describe.each(["socket", "http"] as const)("a pressed button (%s mode)", (mode) => {
  test("is acknowledged when the handler has said something, for then it is stored", async () => {
    const { slack, pressed, message, acknowledged } = await started(mode);
    const press = message.press("Go");
    await slack.quiet();
    const before = acknowledged();
    pressed.send({ kind: "private", card: textCard("stored") });
    await press.acknowledged();
    expect(acknowledged()).toBe(before + 1);
  });

  test("is acknowledged before Slack's three seconds are over, though the handler says nothing", async () => {
    const { slack, clock, pressed, message } = await started(mode);
    const press = message.press("Go");
    await slack.quiet();
    await clock.advance(2_999);
    await press.acknowledged();
    pressed.end();
  });

  test("that the process could not handle before it died is Slack's to tell", async () => {
    const { slack, clock, rig, message } = await started(mode);
    const press = message.press("Go");
    await slack.quiet();
    // The connection ends before anything was stored or acknowledged.
    if (mode === "socket") slack.socketMode.drop();
    else rig.slack.forceHttp("http://127.0.0.1:9/slack/events");
    const again = mode === "socket" ? press : message.press("Go");
    await clock.advance(3_000);
    expect(await again.notice()).toContain("the app did not respond");
  });
});

describe("forms", () => {
  test("that come after Slack's three seconds are explained", async () => {
    const { slack, clock, source } = await started();
    const run = slack.channel("general").user("ada").command("/slow");
    await run.acknowledged();
    await slack.quiet();
    await clock.advance(3_001);
    source.send({ kind: "modal", modal });
    source.end();
    expect((await run.ephemeral("Slack opens a form within three seconds only")).text).toContain("Try again");
  });

  test("sent twice by a repeated delivery are handled once", async () => {
    const { rig, slack } = await started();
    const form = await slack.channel("general").user("ada").command("/echo").modal();
    const sent = form.fill({ text: "once" }).submit();
    await sent.message("once");
    await sent.delivery!.again();
    await slack.quiet();
    const said = rig.slack.channel("general").channel.messages.filter(({ text }) => text.includes("once"));
    expect(said).toHaveLength(1);
  });
});

describe("a slash command that the running version does not have", () => {
  test("says so, with those there are and how the app is brought up to date", async () => {
    const { slack } = await started();
    slack.configure({ commands: [{ command: "/retired", shouldEscape: true }] });
    const told = await slack.channel("general").user("ada").command("/retired", "x").ephemeral();
    expect(told.text).toContain("Cloze has no /retired (any more). It has /echo, /slow.");
    expect(told.text).toContain("npx cloze setup slack");
  });
});
