import { describe, expect, test } from "vitest";
import { textCard } from "../../../src/bot/cards/card.ts";
import { UserError } from "../../../src/bot/errors.ts";
import { type Rig, type RigOptions, slackRig } from "./rig.ts";
import { buttonCard, type Feed, fedAction, fedCommand, feed } from "./sample-commands.ts";

/** `/slow` answers what the test feeds it; streams are off, so that states are posts and edits. */
async function started(options: RigOptions = {}, over: Parameters<typeof fedCommand>[1] = {}) {
  const source = feed();
  const pressed = feed();
  const rig = await slackRig({
    commands: [fedCommand(source, over)],
    actions: [fedAction(pressed, { visibility: "channel" })],
    settings: { streaming: false },
    ...options,
  });
  await rig.start();
  return { rig, source, pressed, ...rig, ada: rig.slack.channel("general").user("ada") };
}

async function shownState({ slack, clock }: Pick<Rig, "slack" | "clock">, source: Feed, text: string) {
  source.send(textCard(text));
  await slack.quiet();
  await clock.advance(1_200);
  await slack.quiet();
}

describe.each(["socket", "http"] as const)("while the model works (%s mode)", (mode) => {
  test("acknowledges at once though the queue is 60 s long, says that work goes on, and answers at the end", async () => {
    const { source, clock, slack, ada } = await started({ mode });
    const run = ada.command("/slow");
    expect(await run.acknowledged()).toEqual({});
    await slack.quiet();
    await clock.advance(1_000);
    const reply = await run.message("Working on it …");
    await clock.advance(59_000);
    source.send(textCard("Here it is"));
    source.end();
    expect((await reply.until("Here it is")).text).not.toContain("Working");
  });

  test("a failure in the middle is told, and what was written so far is kept", async () => {
    const { source, ada, slack, clock, logged } = await started({ mode });
    const run = ada.command("/slow");
    await shownState({ slack, clock }, source, "Once upon a");
    const reply = await run.message("Once upon a");
    source.fail(new Error("the worker died"));
    await reply.until(/Once upon a[\s\S]*Interrupted\. Something in Cloze failed/);
    expect(logged.some(({ msg }) => msg === "a command failed")).toBe(true);
  });
});

describe("growing replies", () => {
  test("states in between may be skipped, the last one is always shown", async () => {
    const { source, slack, ada } = await started();
    const run = ada.command("/slow");
    for (let i = 0; i <= 200; i++) source.send(textCard(`state ${i}`));
    source.end();
    const reply = await run.message("state 200");
    await slack.quiet();
    expect(reply.text).toContain("state 200");
    expect(slack.calls("chat.update").length).toBeLessThan(5);
  });

  test("thirty replies at once stay inside Slack's tier, and each ends with its last state", async () => {
    const feeds = Array.from({ length: 30 }, feed);
    const commands = feeds.map((source, i) => fedCommand(source, { name: `slow${i}` }));
    const { slack, clock, ada } = await started({ commands, postMessageBurst: 100 });
    const runs = feeds.map((_, i) => ada.command(`/slow${i}`));
    for (let second = 0; second < 40; second++) {
      for (const [i, source] of feeds.entries()) source.send(textCard(`${i}: ${second}`));
      await slack.quiet();
      await clock.advance(1_000);
    }
    for (const [i, source] of feeds.entries()) {
      source.send(textCard(`${i}: done`));
      source.end();
    }
    for (let second = 0; second < 120; second++) {
      await slack.quiet();
      await clock.advance(1_000);
    }
    const texts = slack.channel("general").channel.messages.map(({ text }) => text);
    expect(texts.sort()).toEqual(feeds.map((_, i) => `${i}: done`).sort());
    expect(slack.calls("chat.update").filter(({ answer }) => answer.error === "ratelimited")).toEqual([]);
    expect(runs).toHaveLength(30);
  });

  test("a storm of 429 delays the last state and does not lose it", async () => {
    const { source, slack, clock, ada } = await started();
    const run = ada.command("/slow");
    await shownState({ slack, clock }, source, "first");
    const reply = await run.message("first");
    slack.faults.next("chat.update", { rateLimitedForSeconds: 30 }, 5);
    source.send(textCard("last"));
    source.end();
    await slack.quiet();
    expect(reply.text).toContain("first");
    for (let i = 0; i < 5; i++) {
      await clock.advance(30_000);
      await slack.quiet();
    }
    expect(reply.text).toContain("last");
    // Five refusals, and not one attempt before Slack's Retry-After was over.
    expect(slack.calls("chat.update")).toHaveLength(6);
  });

  test("a post whose answer is lost is found in the history and not posted twice", async () => {
    const { source, slack, clock, ada } = await started();
    slack.faults.next("chat.postMessage", "lost-response");
    const run = ada.command("/slow");
    source.send(textCard("only once"));
    source.end();
    await run.message("only once");
    await slack.quiet();
    await clock.advance(10_000);
    await slack.quiet();
    expect(slack.channel("general").channel.messages).toHaveLength(1);
  });

  test("a post that never arrived is posted again", async () => {
    const { source, slack, clock, ada } = await started();
    slack.faults.next("chat.postMessage", "lost-request");
    const run = ada.command("/slow");
    source.send(textCard("at last"));
    source.end();
    await slack.quiet();
    await clock.advance(1_000);
    await run.message("at last");
    await slack.quiet();
    expect(slack.channel("general").channel.messages).toHaveLength(1);
  });

  test("an edit that Slack's servers fail is tried again", async () => {
    const { source, slack, clock, ada } = await started();
    const run = ada.command("/slow");
    await shownState({ slack, clock }, source, "first");
    const reply = await run.message("first");
    slack.faults.next("chat.update", { status: 503 });
    slack.faults.next("chat.update", { error: "internal_error" });
    source.send(textCard("last"));
    source.end();
    await slack.quiet();
    await clock.advance(500);
    await slack.quiet();
    await clock.advance(2_000);
    await slack.quiet();
    expect(reply.text).toContain("last");
  });

  test("a long reply goes on in the message's thread", async () => {
    const { source, slack, ada } = await started();
    const run = ada.command("/slow");
    const text = Array.from({ length: 3000 }, (_, i) => `w${i}`).join(" ");
    source.send(textCard(text, { actions: buttonCard("").actions! }));
    source.end();
    const first = await run.message("w0 ");
    const second = await first.reply();
    await slack.quiet();
    expect(first.text).toContain("w0 w1 w2");
    expect(second.text).toContain("w2999");
    // Buttons stand at the end.
    expect([first.buttons, second.buttons]).toEqual([[], ["Go"]]);
  });
});

describe("when nobody can see the reply any more", () => {
  test.each([
    ["the channel is deleted", (rig: Rig) => rig.slack.channel("general").delete()],
    ["the channel is archived", (rig: Rig) => rig.slack.channel("general").archive()],
    ["the app is removed", (rig: Rig) => rig.slack.channel("general").removeApp()],
  ])("%s: the handler is told to stop, and nothing fails", async (_what, happen) => {
    const { rig, source, slack, clock, ada, logged } = await started();
    const run = ada.command("/slow");
    await shownState(rig, source, "first");
    await run.message("first");
    happen(rig);
    await shownState(rig, source, "second");
    expect(source.signal()?.aborted).toBe(true);
    source.end();
    await slack.quiet();
    await clock.advance(5_000);
    expect(logged.filter(({ level }) => Number(level) >= 50)).toEqual([]);
  });

  test("the message is deleted: the handler is told to stop", async () => {
    const { rig, source, slack, ada } = await started();
    const run = ada.command("/slow");
    await shownState(rig, source, "first");
    const reply = await run.message("first");
    const { messages } = slack.channel("general").channel;
    messages.splice(
      messages.findIndex(({ ts }) => ts === reply.ts),
      1,
    );
    await shownState(rig, source, "second");
    expect(source.signal()?.aborted).toBe(true);
  });
});

describe("private replies", () => {
  test("are shown to the person alone, with the last state only", async () => {
    const { source, slack, ada } = await started({}, { visibility: "private" });
    const run = ada.command("/slow");
    source.send(textCard("reading"));
    source.send(textCard("done"));
    source.end();
    expect((await run.ephemeral()).text).toBe("done");
    await slack.quiet();
    expect(slack.channel("general").channel.messages).toEqual([]);
  });

  test("go on as ephemeral messages when the response_url is used up", async () => {
    const { source, slack, ada } = await started({}, { visibility: "private" });
    const run = ada.command("/slow");
    for (let i = 1; i <= 6; i++) source.send({ kind: "private", card: textCard(`note ${i}`) });
    source.end();
    for (let i = 1; i <= 6; i++) await run.ephemeral(`note ${i}`);
    expect(slack.calls("chat.postEphemeral")).toHaveLength(1);
  });

  test("files of a private reply come as a direct message", async () => {
    const { source, slack, ada } = await started({}, { visibility: "private" });
    const run = ada.command("/slow");
    const file = {
      type: "file" as const,
      fileName: "votes.csv",
      mediaType: "text/csv",
      bytes: new TextEncoder().encode("a,b\n"),
    };
    source.send({ blocks: [{ type: "text", text: "Your file" }, file] });
    source.end();
    await run.ephemeral("Your file");
    await slack.quiet();
    expect(slack.user("ada").direct.channel.messages[0]?.files[0]?.name).toBe("votes.csv");
  });
});

describe("buttons", () => {
  async function withButton(options: RigOptions = {}) {
    const all = await started(options);
    const channel = { platform: "slack" as const, id: all.slack.channel("general").channel.id };
    const ref = await all.services.messenger.post(channel, buttonCard("Press", "v1"));
    return { ...all, ref, message: await all.slack.message("general") };
  }

  test("what follows on a button stands in its message's thread, under the presser's name", async () => {
    const { pressed, message } = await withButton();
    message.as("ben").press("Go");
    pressed.send(textCard("Here"));
    pressed.end();
    expect((await message.reply("Here")).text).toBe("Ben · Go\nHere");
  });

  test("an update replaces the pressed message for everybody", async () => {
    const { pressed, message } = await withButton();
    message.as("ben").press("Go");
    pressed.send({ kind: "update", card: textCard("Pressed") });
    pressed.end();
    expect((await message.until("Pressed")).buttons).toEqual([]);
  });

  test("an update of a private message replaces it through its response_url", async () => {
    const { source, pressed, ada } = await started({}, { visibility: "private" });
    const run = ada.command("/slow");
    source.send(buttonCard("Only you"));
    source.end();
    const shown = await run.ephemeral("Only you");
    shown.press("Go");
    pressed.send({ kind: "update", card: textCard("Changed") });
    pressed.end();
    expect((await shown.until("Changed")).text).toBe("Changed");
  });

  test("a form opens, and its fields come back with the message it began at", async () => {
    const { pressed, message, rig } = await withButton();
    const seen: unknown[] = [];
    const original = rig.dispatcher.action.bind(rig.dispatcher);
    rig.dispatcher.action = async (event) => {
      seen.push(event);
      return original(event);
    };
    const press = message.as("ben").press("Go");
    pressed.send({
      kind: "modal",
      modal: {
        title: "Why?",
        action: "test.go",
        record: "r2",
        fields: [{ id: "reason", label: "Reason", kind: "line" }],
      },
    });
    pressed.end();
    const modal = await press.modal();
    expect([modal.title, modal.labels]).toEqual(["Why?", ["Reason"]]);
    await modal.fill({ reason: "because" }).submit().acknowledged();
    pressed.end();
    await rig.slack.quiet();
    expect(seen.at(-1)).toMatchObject({
      action: "test.go",
      record: "r2",
      fields: { reason: "because" },
      message: { id: message.ts },
    });
  });

  test("pressed twice by a repeated delivery it is handled once, also after a restart", async () => {
    const { pressed, message, rig } = await withButton();
    const press = message.as("ben").press("Go");
    pressed.send(textCard("once"));
    pressed.end();
    await message.reply("once");
    await press.delivery!.again();
    await rig.restart();
    await press.delivery!.again();
    await rig.slack.quiet();
    const replies = rig.slack
      .channel("general")
      .channel.messages.filter(({ threadTs }) => threadTs === message.ts);
    expect(replies).toHaveLength(1);
  });

  test("fifty presses are fifty events, each acknowledged", async () => {
    const { message, rig } = await withButton();
    let calls = 0;
    rig.dispatcher.action = async () => {
      calls++;
      return { kind: "refused", card: textCard("no"), error: { code: "x", message: "no", fault: false } };
    };
    const presses = Array.from({ length: 50 }, () => message.as("ben").press("Go"));
    await Promise.all(presses.map((press) => press.acknowledged()));
    await rig.slack.quiet();
    expect(calls).toBe(50);
  });

  test("one of another version says so and does nothing", async () => {
    const { slack, rig } = await withButton();
    const { messages } = slack.channel("general").channel;
    const actions = messages[0]!.blocks.find(({ type }) => type === "actions") as {
      elements: { action_id: string }[];
    };
    for (const strange of ["vote-2019", "cloze/gone.away/r1/0"]) {
      actions.elements[0]!.action_id = strange;
      const press = (await rig.slack.message("general")).as("ben").press("Go");
      expect((await press.ephemeral()).text).toContain("belongs to another version of Cloze");
    }
  });
});

describe("refusals and failures", () => {
  test("a refusal of the handler is told to the person alone", async () => {
    const { source, ada } = await started();
    const run = ada.command("/slow");
    source.fail(new UserError("test", "Use /help to see more."));
    // Called here as people type it.
    expect((await run.ephemeral()).text).toBe(":x: Use /help to see more.");
  });

  test("an event that breaks the adapter still gets an answer", async () => {
    const { rig, ada, logged } = await started();
    rig.dispatcher.command = async () => {
      throw new Error("broken");
    };
    expect((await ada.command("/slow").ephemeral()).text).toContain("Something in Cloze failed");
    expect(logged.some(({ msg }) => msg === "an event of Slack's failed")).toBe(true);
  });
});
