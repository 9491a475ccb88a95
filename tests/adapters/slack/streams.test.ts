import { describe, expect, test } from "vitest";
import { type Card, textCard } from "../../../src/bot/cards/card.ts";
import { type Rig, slackRig } from "./rig.ts";
import { buttonCard, fedAction, fedCommand, feed } from "./sample-commands.ts";

const reading = textCard([{ italic: "The model is reading …" }]);
const written = (text: string): Card => ({
  blocks: [{ type: "quote", text: [{ bold: "The nice woman" }, `${text} ▍`] }],
});
const final = (text: string): Card => ({
  blocks: [{ type: "quote", text: [{ bold: "The nice woman" }, text] }],
  actions: [{ buttons: [{ label: "Another seed", action: "test.go", record: "r1" }] }],
  footer: "seed 7",
});

async function started() {
  const source = feed();
  const pressed = feed();
  const rig = await slackRig({
    commands: [fedCommand(source)],
    actions: [fedAction(pressed, { visibility: "channel" })],
  });
  await rig.start();
  return { rig, source, pressed, ...rig, ada: rig.slack.channel("general").user("ada") };
}

async function step({ slack, clock }: Pick<Rig, "slack" | "clock">): Promise<void> {
  await slack.quiet();
  await clock.advance(1_200);
  await slack.quiet();
}

describe("streamed replies", () => {
  test("say what is waited for, grow as text, and end as the finished card", async () => {
    const { rig, slack, source, ada } = await started();
    const run = ada.command("/slow");
    source.send(reading);
    await step(rig);
    const reply = await run.message();
    expect(slack.calls("chat.startStream").map(({ args }) => args)).toMatchObject([
      {
        channel: slack.channel("general").channel.id,
        recipient_team_id: slack.world.team.id,
        recipient_user_id: slack.user("ada").user.id,
      },
    ]);
    source.send(written(" went"));
    await step(rig);
    expect(reply.text).toBe("The nice woman went");
    source.send(written(" went home *and* <!channel>"));
    await step(rig);
    expect(reply.text).toBe("The nice woman went home *and* <!channel>");
    expect(reply.effects).toEqual({ pings: [], links: [] });
    source.send(final(" went home."));
    source.end();
    await slack.quiet();
    expect(reply.text).toBe("Ada · /slow\nThe nice woman went home.\nseed 7");
    expect(reply.buttons).toEqual(["Another seed"]);
    expect(reply.current.streaming).toBe(false);
    expect(slack.calls("chat.postMessage")).toEqual([]);
  });

  test("become edits when the text is no continuation any more", async () => {
    const { rig, slack, source, ada } = await started();
    const run = ada.command("/slow");
    source.send(written(" went"));
    await step(rig);
    const reply = await run.message("The nice woman went");
    source.send({ blocks: [{ type: "quote", text: "Another beam" }] });
    await step(rig);
    expect(reply.text).toContain("Another beam");
    expect(slack.calls("chat.stopStream")).toHaveLength(1);
    source.send(final(" done"));
    source.end();
    await reply.until("done");
  });

  test("a reply that is complete at once is posted, not streamed", async () => {
    const { slack, source, ada } = await started();
    const run = ada.command("/slow");
    source.send(final(" done"));
    source.end();
    await run.message("done");
    await slack.quiet();
    expect(slack.calls("chat.startStream")).toEqual([]);
  });

  test("direct messages have no message to answer, so the reply is edited there", async () => {
    const { rig, slack, source } = await started();
    const run = slack.user("ada").direct.command("/slow");
    source.send(written(" went"));
    await step(rig);
    await run.message("The nice woman went");
    expect(slack.calls("chat.startStream")).toEqual([]);
  });

  test("on a button they answer in the message's thread, in direct messages too", async () => {
    const { rig, slack, services, pressed } = await started();
    for (const id of [slack.channel("general").channel.id, slack.user("ada").direct.channel.id]) {
      const { id: ts } = await services.messenger.post({ platform: "slack", id }, buttonCard("Press"));
      const message = slack.world.channels.get(id)!.messages.find((one) => one.ts === ts)!;
      expect(message.text).toBe("Press");
    }
    const message = (await slack.message("general")).as("ada");
    message.press("Go");
    pressed.send(written(" went"));
    await step(rig);
    await message.reply("The nice woman went");
    expect(slack.calls("chat.startStream").at(-1)?.args.thread_ts).toBe(message.ts);
  });

  test("when the minute's twenty streams are used up, replies are posted and edited", async () => {
    const feeds = Array.from({ length: 22 }, feed);
    const rig = await slackRig({
      commands: feeds.map((source, i) => fedCommand(source, { name: `slow${i}` })),
      postMessageBurst: 100,
    });
    await rig.start();
    for (const [i, source] of feeds.entries()) {
      rig.slack.channel("general").user("ada").command(`/slow${i}`);
      source.send(written(` went ${i}`));
    }
    await step(rig);
    expect(rig.slack.calls("chat.startStream")).toHaveLength(20);
    expect(rig.slack.calls("chat.postMessage")).toHaveLength(2);
    expect(rig.slack.channel("general").channel.messages).toHaveLength(22);
  });

  test("a stream that Slack refuses is posted instead", async () => {
    const { rig, slack, source, ada } = await started();
    slack.faults.next("chat.startStream", { error: "channel_type_not_supported" });
    const run = ada.command("/slow");
    source.send(written(" went"));
    await step(rig);
    await run.message("The nice woman went");
  });
});
