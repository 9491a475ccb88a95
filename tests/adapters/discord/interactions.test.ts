import { describe, expect, test } from "vitest";
import type { Action } from "../../../src/bot/actions.ts";
import { textCard } from "../../../src/bot/cards/card.ts";
import {
  type AnyCommand,
  type CommandSpec,
  defineCommand,
  type OptionSpecs,
} from "../../../src/bot/commands/spec.ts";
import { startBot } from "./discord-bot.ts";

const command = <S extends OptionSpecs>(
  spec: Partial<CommandSpec<S>> & { name: string; options: S },
  run: (options: Record<string, unknown>) => string,
): AnyCommand =>
  defineCommand({
    description: "d",
    examples: [],
    ack: "instant",
    visibility: "channel",
    ...spec,
    async *run({ options }) {
      yield { kind: "message", card: textCard(run(options as Record<string, unknown>)) };
    },
  }) as AnyCommand;

const quiz = command(
  {
    name: "quiz",
    options: { text: { type: "string", main: true, required: true, maxLength: 6_000, description: "d" } },
    visibility: "private",
    contextMenu: "Quiz me on this message",
  },
  ({ text }) => `about: ${text}`,
);

describe("the menu of a message", () => {
  test("hands its words to the command, mentions by name", async () => {
    const { discord } = await startBot({ commands: [quiz] });
    const channel = discord.channel("general");
    const said = channel.user("bob").says("BERT *reads* both ways");
    const answer = await channel.user("ada").contextMenu("Quiz me on this message", said).ephemeral();
    expect(answer.content).toBe("about: BERT \\*reads\\* both ways");
  });

  test("takes Cloze's own message as people read it, without its escapes", async () => {
    const { discord, adapter } = await startBot({ commands: [quiz] });
    const channel = discord.channel("general");
    await adapter.messenger.post({ platform: "discord", id: channel.id }, textCard("top_p keeps * tokens"));
    const answer = await channel
      .user("ada")
      .contextMenu("Quiz me on this message", channel.messages[0]!)
      .ephemeral();
    expect(answer.content).toBe("about: top\\_p keeps \\* tokens");
  });

  test("says so when the message has no words", async () => {
    const { discord } = await startBot({ commands: [quiz] });
    const channel = discord.channel("general");
    const said = channel.user("bob").says("\u200b");
    said.record.content = "";
    const answer = await channel.user("ada").contextMenu("Quiz me on this message", said).ephemeral();
    expect(answer.content).toContain("no text to work with");
  });
});

const many = Object.fromEntries(
  Array.from({ length: 24 }, (_, i) => [`o${i}`, { type: "string", description: "d" }]),
) as OptionSpecs;
const write = command(
  {
    name: "write",
    options: {
      ...many,
      typicalP: { type: "number", min: 0, max: 1, advanced: true, description: "Typical mass" },
      stop: { type: "string", advanced: true, description: "Stop" },
    },
  },
  ({ o1, typicalP, stop }) => JSON.stringify({ o1, typicalP, stop }),
);

describe("more options than Discord has fields", () => {
  test("travel in more and arrive as their own", async () => {
    const { discord } = await startBot({ commands: [write] });
    const use = discord
      .channel("general")
      .user("ada")
      .command("/write", { o1: "x", more: 'typical-p:0.9 stop:"The end"' });
    expect((await use.message()).content).toBe('{"o1":"x","typicalP":0.9,"stop":"The end"}');
  });

  test("are checked like any other", async () => {
    const { discord } = await startBot({ commands: [write] });
    const ada = discord.channel("general").user("ada");
    const range = await ada.command("/write", { more: "typical-p:2" }).ephemeral();
    expect(range.text).toContain("typical-p is");
    const stranger = await ada.command("/write", { more: "o1:x" }).ephemeral();
    expect(stranger.text).toContain("There is no option");
  });

  test("are suggested while more is typed", async () => {
    const { discord } = await startBot({ commands: [write] });
    const ada = discord.channel("general").user("ada");
    const suggestions = await ada.suggest("/write", { more: "st" }, "more").suggestions();
    expect(suggestions).toEqual([{ name: "stop: Stop", value: "stop:" }]);
  });
});

describe("suggestions", () => {
  test("longer than Discord takes are left out rather than cut", async () => {
    const model: AnyCommand = command(
      {
        name: "model",
        options: {
          id: {
            type: "string",
            required: true,
            description: "d",
            autocomplete: async () => [
              { name: "n".repeat(150), value: "good" },
              { name: "bad", value: "v".repeat(101) },
            ],
          },
        },
      },
      () => "",
    );
    const { discord } = await startBot({ commands: [model] });
    const suggestions = await discord
      .channel("general")
      .user("ada")
      .suggest("/model", { id: "x" }, "id")
      .suggestions();
    expect(suggestions).toEqual([{ name: "n".repeat(100), value: "good" }]);
  });
});

describe("people and places", () => {
  test("a member's and a channel's option reach the command with the name that people see", async () => {
    const pair = command(
      {
        name: "pair",
        options: {
          who: { type: "user", required: true, description: "d" },
          where: { type: "channel", description: "d" },
        },
      },
      ({ who, where }) => JSON.stringify([who, where]),
    );
    const { discord } = await startBot({ commands: [pair], before: (d) => d.member("bob") });
    const use = discord.channel("general").user("ada").command("/pair", { who: "bob", where: "general" });
    expect(JSON.parse((await use.message()).content.replaceAll("\\", ""))).toEqual([
      { platform: "discord", id: discord.member("bob").id, displayName: "bob" },
      { platform: "discord", id: discord.channel("general").id },
    ]);
  });

  test("a role id of the course makes the teacher", async () => {
    const staff = command({ name: "staff", options: {}, role: "teacher" }, () => "come in");
    let role = "";
    const { discord } = await startBot({
      commands: [staff],
      before: (d) => {
        role = d.role("professors", [], ["grace"]);
      },
      course: {
        get roles() {
          return { discord: { teacher: [role] } };
        },
      },
    });
    const channel = discord.channel("general");
    expect((await channel.user("grace").command("/staff").message()).content).toBe("come in");
    expect((await channel.user("ada").command("/staff").ephemeral()).content).toContain("for the teacher");
  });

  test("commands work in direct messages", async () => {
    const { discord } = await startBot({ commands: [command({ name: "hi", options: {} }, () => "hello")] });
    const use = discord.directMessages("ada").user("ada").command("/hi");
    expect((await use.message()).content).toBe("hello");
  });
});

describe("what an action replies", () => {
  const board = textCard("board", {
    actions: [{ buttons: [{ label: "Go", action: "test.go", record: "r1" }] }],
  });
  const go = (run: Action["run"]): Action => ({ name: "test.go", run });
  async function press(action: Action) {
    const { discord, adapter } = await startBot({ actions: [action] });
    const channel = discord.channel("general");
    await adapter.messenger.post({ platform: "discord", id: channel.id }, board);
    const message = channel.messages[0]!;
    return { discord, channel, message, use: channel.user("ada").press(message, "Go") };
  }

  test("nothing: the press is acknowledged and nothing shown", async () => {
    const { use, channel } = await press(go(async function* () {}));
    expect(await use.acknowledged()).toBe(6);
    expect(channel.messages).toHaveLength(1);
  });

  test("an update and then a private word", async () => {
    const { use, message } = await press(
      go(async function* () {
        yield { kind: "update", card: textCard("changed") };
        yield { kind: "private", card: textCard("psst") };
      }),
    );
    expect((await use.ephemeral()).content).toBe("psst");
    expect(message.content).toBe("changed");
  });

  test("a private word and then an update", async () => {
    const { discord, use, message } = await press(
      go(async function* () {
        yield { kind: "private", card: textCard("psst") };
        yield { kind: "update", card: textCard("changed") };
      }),
    );
    await use.ephemeral();
    await discord.settled();
    expect(message.content).toBe("changed");
  });

  test("a message in the channel, edited in place", async () => {
    const { use, channel, discord } = await press({
      name: "test.go",
      visibility: "channel",
      async *run() {
        yield { kind: "message", card: textCard("one") };
        yield { kind: "message", card: textCard("two") };
      },
    });
    await use.message((m) => m.content === "two");
    await discord.settled();
    expect(channel.messages.map((m) => m.content)).toEqual(["board", "two"]);
  });

  test("an update of a message that only one person sees", async () => {
    const ask: AnyCommand = defineCommand({
      name: "ask",
      description: "d",
      options: {},
      examples: [],
      ack: "instant",
      visibility: "private",
      async *run() {
        yield { kind: "message", card: board };
      },
    });
    const { discord } = await startBot({
      commands: [ask],
      actions: [
        go(async function* () {
          yield { kind: "private", card: textCard("psst") };
          yield { kind: "update", card: textCard("changed") };
        }),
      ],
    });
    const ada = discord.channel("general").user("ada");
    const message = await ada.command("/ask").ephemeral();
    await ada.press(message, "Go").ephemeral((m) => m.content === "psst");
    await discord.settled();
    expect(message.content).toBe("changed");
  });
});

test("nobody is ever pinged, whatever a card says", async () => {
  const shout = command({ name: "shout", options: {} }, () => "@everyone @here <@1> <@&2>");
  const { discord } = await startBot({
    commands: [shout],
    before: (d) => d.guild.members.get(d.world.botId)!.add(d.role("bots", ["MentionEveryone"])),
  });
  const { pings } = await discord.channel("general").user("ada").command("/shout").message();
  expect(pings).toEqual({ everyone: false, users: [], roles: [] });
  for (const { body } of discord.requests.filter(({ method }) => method === "POST"))
    if (JSON.stringify(body).includes("everyone"))
      expect(JSON.stringify(body)).toContain('"allowed_mentions":{"parse":[]');
});
