import { describe, expect, test } from "vitest";
import type { Action } from "../../src/bot/actions.ts";
import { textCard } from "../../src/bot/cards/card.ts";
import { defineCommand } from "../../src/bot/commands/spec.ts";
import { UserError } from "../../src/bot/errors.ts";
import type { Reply } from "../../src/bot/invocation.ts";
import { EngineError } from "../../src/engine/errors.ts";
import { botRig, COURSE } from "./bot-rig.ts";

const say = defineCommand({
  name: "say",
  description: "Says",
  options: { text: { type: "string", main: true, default: "hello", description: "What" } },
  examples: ["/say hello"],
  ack: "instant",
  visibility: "channel",
  async *run({ options, person, place }) {
    yield {
      kind: "message",
      card: textCard(`${options.text} ${person.role} ${place.courseId}`),
      data: options,
    };
  },
});
const costly = defineCommand({
  name: "costly",
  description: "Costs",
  options: {},
  examples: ["/costly"],
  costly: true,
  ack: "deferred",
  visibility: "channel",
  async *run() {
    yield { kind: "message", card: textCard("paid") };
  },
});
const failing = (thrown: unknown, ...before: Reply[]) =>
  defineCommand({
    name: "fail",
    description: "Fails",
    options: {},
    examples: ["/fail"],
    ack: "deferred",
    visibility: "channel",
    async *run() {
      yield* before;
      throw thrown;
    },
  });

describe("dispatching a command", () => {
  test("gives the handler checked options, the person and the course", async () => {
    const done = await botRig({ commands: [say] })
      .as("anna")
      .command("say", { text: "hi" });
    expect(done.text).toBe("hi student nlp");
    expect(done.prepared).toMatchObject({ kind: "ready", ack: "instant", visibility: "channel" });
    expect(done.replies.at(-1)).toMatchObject({ data: { text: "hi" } });
  });

  test("refuses an unknown command with the nearest one, and bad options before anything runs", async () => {
    const bot = botRig({ commands: [say] });
    expect(await bot.as("anna").command("sya")).toMatchObject({
      code: "command-unknown",
      text: expect.stringContaining("Did you mean /say?"),
    });
    expect(await bot.as("anna").command("say", { txt: "hi" })).toMatchObject({
      code: "option-unknown",
      replies: [],
    });
  });

  test("gives the channel's course; a thread its parent's; a community's when no channel is named", async () => {
    const channels = [{ platform: "discord", id: "d1" }] as const;
    const courses = [
      { ...COURSE, channels },
      { ...COURSE, id: "ir", channels: [], communities: [{ platform: "discord", id: "guild2" }] },
    ] as const;
    const anna = botRig({ commands: [say], courses }).as("anna");
    const at = (id: string) => ({ platform: "discord" as const, id });
    expect((await anna.command("say")).text).toBe("hello student nlp");
    expect(
      (await anna.command("say", {}, { channel: at("thread"), parentChannel: at("d1") })).text,
    ).toContain("nlp");
    expect((await anna.command("say", {}, { channel: at("x"), communityId: "guild2" })).text).toContain("ir");
    expect(await anna.command("say", {}, { channel: at("x"), communityId: "guild3" })).toMatchObject({
      code: "channel-outside-course",
      text: expect.stringContaining("ask the teacher to add this one"),
    });
  });

  test("a direct message belongs to the person's course; with several it asks for a channel", async () => {
    const courses = [
      { ...COURSE, channels: [{ platform: "discord", id: "d1" }] },
      { ...COURSE, id: "ir", channels: [{ platform: "discord", id: "d2" }] },
    ] as const;
    const anna = botRig({ commands: [say], courses }).as("anna");
    const direct = { channel: { platform: "discord" as const, id: "dm" }, direct: true };
    expect((await anna.command("say", {}, direct)).code).toBe("channel-outside-course");
    await anna.command("say", {}, { channel: { platform: "discord", id: "d2" } });
    expect((await anna.command("say", {}, direct)).text).toContain("ir");
    await anna.command("say");
    expect((await anna.command("say", {}, direct)).code).toBe("courses-several");
  });

  test("tells who asks too often when to ask again, by person and by channel", async () => {
    const bot = botRig({ commands: [costly] });
    const codes = async (name: string, times: number) => {
      const told = [];
      for (let i = 0; i < times; i++) told.push((await bot.as(name).command("costly")).code);
      return told;
    };
    // The test course allows 4 a person and 6 a channel.
    expect(await codes("anna", 5)).toEqual([undefined, undefined, undefined, undefined, "rate-limited"]);
    expect(await codes("ben", 3)).toEqual([undefined, undefined, "rate-limited"]);
    await bot.clock.advance(48_000);
    expect((await bot.as("ben").command("costly")).text).toBe(
      "That was much at once: this channel has used up this minute's model work. Again in 12 s.",
    );
    await bot.clock.advance(12_000);
    expect(await codes("ben", 1)).toEqual([undefined]);
  });

  test("what its adapter has counted already is not counted again", async () => {
    const bot = botRig({ commands: [costly] });
    for (let i = 0; i < 10; i++) {
      expect((await bot.as("anna").command("costly", {}, { isCounted: true })).code).toBeUndefined();
    }
    expect((await bot.as("anna").command("costly")).code).toBeUndefined();
  });

  test("a refused use is not counted", async () => {
    const strict = defineCommand({
      ...costly,
      options: { n: { type: "integer", required: true, description: "n" } },
    });
    const bot = botRig({ commands: [strict] });
    for (let i = 0; i < 10; i++) expect((await bot.as("anna").command("costly")).code).toBe("option-missing");
    expect((await bot.as("anna").command("costly", { n: 1 })).code).toBeUndefined();
  });

  test("says what to do instead where a platform can't offer a command", async () => {
    const excused = { ...say, unavailable: { cli: "Use it in a channel." } };
    const bot = botRig({ commands: [excused] });
    expect(await bot.as("anna", "cli").command("say")).toMatchObject({
      code: "command-unavailable",
      text: "Use it in a channel.",
    });
  });
});

describe("failures", () => {
  test("of the person or the engine are told as they are, in private, and are not logged", async () => {
    for (const error of [
      new UserError("too-much", "That is too much."),
      new EngineError("too-much", "That is too much."),
    ]) {
      const bot = botRig({ commands: [failing(error)] });
      const done = await bot.as("anna").command("fail");
      expect(done.replies).toMatchObject([
        { kind: "private", error: { code: "too-much", message: "That is too much.", fault: false } },
      ]);
      expect(bot.logged).toEqual([]);
    }
  });

  test("of Cloze are told without their text, under the id they are logged with", async () => {
    const bot = botRig({ commands: [failing(new Error("the secret is 42"))] });
    const done = await bot.as("anna").command("fail");
    expect(done).toMatchObject({ code: "fault" });
    expect(done.text).not.toContain("42");
    const id = /under ([0-9a-f]{8})\./.exec(done.text)![1];
    expect(bot.logged).toMatchObject([{ failure: id, err: { message: "the secret is 42" } }]);
  });

  test("in the middle keep what was written, without its buttons", async () => {
    const card = {
      ...textCard("half a sentence"),
      actions: [{ buttons: [{ label: "b", action: "a.b", record: "r" }] }],
    };
    const bot = botRig({ commands: [failing(new Error("x"), { kind: "message", card })] });
    const done = await bot.as("anna").command("fail");
    expect(done.replies).toHaveLength(2);
    expect(done.text).toMatch(/^half a sentence\nInterrupted\. Something in Cloze failed/);
    expect(done.card).toMatchObject({ tone: "error", actions: [] });
  });

  test.each([undefined, null, "a string", 7, { code: "x" }])(
    "of the kind %j do not break the bot",
    async (thrown) => {
      const done = await botRig({ commands: [failing(thrown)] })
        .as("anna")
        .command("fail");
      expect(done.code).toBe("fault");
    },
  );

  test("after an abort are no faults", async () => {
    const bot = botRig({
      commands: [failing(new Error("aborted"), { kind: "message", card: textCard("half") })],
    });
    const { account } = bot.as("anna");
    const channel = { platform: "discord", id: "d1" } as const;
    const prepared = await bot.dispatcher.command({
      id: "e",
      command: "fail",
      options: {},
      account,
      platformRole: "student",
      channel,
      channelName: "general",
      direct: false,
    });
    if (prepared.kind !== "ready") throw new Error("refused");
    const replies: Reply[] = [];
    for await (const reply of prepared.run(AbortSignal.abort())) replies.push(reply);
    expect(replies.at(-1)).toMatchObject({ kind: "message", error: { code: "interrupted", fault: false } });
    expect(bot.logged).toEqual([]);
  });

  test("leaving the replies early ends the handler", async () => {
    let ended = false;
    const endless = defineCommand({
      ...say,
      async *run() {
        try {
          for (let i = 0; ; i++) yield { kind: "message", card: textCard(`${i}`) };
        } finally {
          ended = true;
        }
      },
    });
    const bot = botRig({ commands: [endless] });
    const channel = { platform: "discord", id: "d1" } as const;
    const { account } = bot.as("anna");
    const rest = { id: "e", options: {}, platformRole: "student", channelName: "c", direct: false } as const;
    const prepared = await bot.dispatcher.command({ ...rest, command: "say", account, channel });
    if (prepared.kind !== "ready") throw new Error("refused");
    for await (const _ of prepared.run(new AbortController().signal)) break;
    expect(ended).toBe(true);
  });
});

describe("actions", () => {
  const record: Action = {
    name: "test.press",
    role: "assistant",
    async *run({ record: id, value }) {
      yield { kind: "private", card: textCard(`${id} ${value}`) };
    },
  };

  test("arrive with their record and value, answered in private unless they say otherwise", async () => {
    const bot = botRig({
      actions: [record, { ...record, name: "test.modal", opensModal: true, visibility: "channel" }],
    });
    const ta = bot.as("tom", "discord", "assistant");
    const done = await ta.press("test.press", "r1", "v");
    expect(done.text).toBe("r1 v");
    expect(done.prepared).toMatchObject({ ack: "deferred", visibility: "private" });
    expect((await ta.press("test.modal", "r1")).prepared).toMatchObject({
      ack: "modal",
      visibility: "channel",
    });
  });

  test("unknown ones and those of a higher role are refused", async () => {
    const bot = botRig({ actions: [record] });
    expect((await bot.as("anna").press("test.gone", "r")).code).toBe("action-unknown");
    expect(await bot.as("anna").press("test.press", "r")).toMatchObject({
      code: "role-needed",
      text: "This is for teaching assistants; you are here as a student.",
    });
  });
});

describe("suggestions", () => {
  const suggesting = (
    autocomplete: (typed: string) => Promise<{ name: string; value: string }[]>,
    role?: "teacher",
  ) =>
    defineCommand({
      name: "say",
      description: "Says",
      ...(role && { role }),
      options: { text: { type: "string", description: "What", autocomplete } },
      examples: ["/say hello"],
      ack: "instant",
      visibility: "channel",
      run: async function* () {},
    });
  const many = async () => Array.from({ length: 40 }, (_, i) => ({ name: `n${i}`, value: `v${i}` }));
  const ask = (bot: ReturnType<typeof botRig>, option = "text") =>
    bot.dispatcher.autocomplete(
      {
        id: "e",
        command: "say",
        options: {},
        account: bot.as("anna").account,
        platformRole: "student",
        channel: { platform: "discord", id: "d1" },
        channelName: "general",
        direct: false,
      },
      option,
      "n",
    );

  test("are at most 25", async () => {
    expect(await ask(botRig({ commands: [suggesting(many)] }))).toHaveLength(25);
  });

  test("are none for options without, unknown ones, failing sources, and who may not use the command", async () => {
    expect(await ask(botRig({ commands: [suggesting(many)] }), "other")).toEqual([]);
    expect(await ask(botRig({ commands: [say] }))).toEqual([]);
    expect(await ask(botRig({ commands: [suggesting(many, "teacher")] }))).toEqual([]);
    const bot = botRig({ commands: [suggesting(() => Promise.reject(new Error("down")))] });
    expect(await ask(bot)).toEqual([]);
    expect(bot.logged.some(({ msg }) => msg === "autocompletion failed")).toBe(true);
  });

  test("that come too late for the platform are none", async () => {
    const bot = botRig({ commands: [suggesting(() => new Promise(() => {}))] });
    let got: unknown;
    const asked = ask(bot).then((found) => {
      got = found;
    });
    await bot.clock.advance(2_499);
    expect(got).toBeUndefined();
    await bot.clock.advance(1);
    await asked;
    expect(got).toEqual([]);
  });
});

test("whatever is logged on the way of a request carries its id, the command and the platform", async () => {
  const logs = defineCommand({
    name: "logs",
    description: "Logs",
    options: {},
    examples: ["/logs"],
    ack: "instant",
    visibility: "private",
    async *run(_, { log }) {
      log.info({ tokens: 3 }, "at work");
      yield { kind: "private", card: textCard("done") };
      throw new Error("a fault");
    },
  });
  const rig = botRig({ commands: [logs] });
  await rig.as("anna").command("logs");
  await rig.as("ben").command("logs");
  const ids = rig.logged.map(({ request }) => request);
  expect(ids).toEqual(["e0", "e0", "e1", "e1"]);
  expect(rig.logged[0]).toMatchObject({ does: "logs", platform: "discord", tokens: 3, msg: "at work" });
  expect(rig.logged[1]).toMatchObject({ does: "logs", msg: "a command failed" });
});
