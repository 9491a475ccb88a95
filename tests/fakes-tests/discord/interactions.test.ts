import { type ChatInputCommandInteraction, Events, type Interaction, MessageFlags } from "discord.js";
import { describe, expect, test } from "vitest";
import type { FakeDiscord } from "../../fakes/discord/fake-discord.ts";
import { request } from "../../fakes/discord/raw.ts";
import { long, loopbackDiscord, realClient } from "./setup.ts";

const commands = [
  {
    name: "ask",
    description: "d",
    options: [
      { type: 3, name: "prompt", description: "d", required: true, autocomplete: true },
      { type: 4, name: "beams", description: "d" },
      { type: 6, name: "who", description: "d" },
      { type: 7, name: "where", description: "d" },
    ],
  },
  { type: 3, name: "Quiz me" },
];
const goButton = [{ type: 1, components: [{ type: 2, style: 1, label: "Go", custom_id: "go" }] }];
const modal = {
  custom_id: "m",
  title: "Answer",
  components: [
    { type: 18, label: "Your answer", component: { type: 4, custom_id: "answer", style: 2, max_length: 5 } },
  ],
};

/** Registers the commands and lets the real client handle every interaction with `act`. */
async function withBot(act: (interaction: Interaction) => Promise<unknown>) {
  const { discord, clock } = await loopbackDiscord();
  const client = await realClient(discord);
  await register(discord);
  const errors: { code: unknown }[] = [];
  client.on(Events.InteractionCreate, (i) => void act(i).catch((error) => errors.push(error)));
  return { discord, clock, errors, ada: discord.channel("general").user("ada") };
}

/** Registers the commands; no bot answers. */
async function withoutBot() {
  const { discord, clock } = await loopbackDiscord();
  await register(discord);
  return { discord, clock, ada: discord.channel("general").user("ada") };
}

const register = (discord: FakeDiscord) =>
  request(
    discord,
    "PUT",
    `/applications/${discord.applicationId}/guilds/${discord.guild.id}/commands`,
    commands,
  );

const callback = (discord: FakeDiscord, use: { interaction: { id: string; token: string } }, body: object) =>
  request(discord, "POST", `/interactions/${use.interaction.id}/${use.interaction.token}/callback`, body);

const webhook = (discord: FakeDiscord, use: { interaction: { token: string } }, path = "") =>
  `/webhooks/${discord.applicationId}/${use.interaction.token}${path}`;

const command = (i: Interaction): ChatInputCommandInteraction => {
  if (!i.isChatInputCommand()) throw new Error("not a command");
  return i;
};

describe("commands", () => {
  test("arrive with typed and resolved options", async () => {
    const seen: unknown[] = [];
    const { ada } = await withBot(async (i) => {
      const { options } = command(i);
      seen.push(options.getString("prompt"), options.getInteger("beams"), options.getUser("who")?.username);
      seen.push(options.getChannel("where")?.name, i.inGuild());
      await command(i).reply("ok");
    });
    await ada.command("/ask", { prompt: "x", beams: 4, who: "ada", where: "general" }).message();
    expect(seen).toEqual(["x", 4, "ada", "general", true]);
  });

  test("a message command carries the message", async () => {
    const { discord, ada } = await withBot(async (i) => {
      if (!i.isMessageContextMenuCommand()) throw new Error("wrong kind");
      await i.reply({ content: i.targetMessage.content, flags: MessageFlags.Ephemeral });
    });
    const said = discord.channel("general").user("bob").says("BERT reads both ways");
    expect((await ada.contextMenu("Quiz me", said).ephemeral()).content).toBe("BERT reads both ways");
  });

  test("work in direct messages when they are global", async () => {
    const { discord } = await withBot((i) => command(i).reply(i.guildId === null ? "alone" : "in a server"));
    await request(discord, "POST", `/applications/${discord.applicationId}/commands`, {
      name: "hi",
      description: "d",
    });
    expect((await discord.directMessages("ada").user("ada").command("/hi").message()).content).toBe("alone");
  });
});

describe("the first response", () => {
  test("deferred, then edited, is one message with one state", async () => {
    const { ada } = await withBot(async (i) => {
      await command(i).deferReply();
      await command(i).editReply("done");
    });
    const use = ada.command("/ask", { prompt: "x" });
    await use.message((m) => m.content === "done");
    expect(use.edits.map((e) => e.content)).toEqual(["done"]);
    expect(use.messages).toHaveLength(1);
  });

  test("is refused with 10062 after 3 seconds, when the client shows that nothing came", async () => {
    const { discord, clock, ada } = await withoutBot();
    const use = ada.command("/ask", { prompt: "x" });
    await clock.advance(3000);
    expect(await use.failed()).toBe("The application did not respond");
    expect(await callback(discord, use, { type: 5 })).toMatchObject({ status: 404, body: { code: 10062 } });
  });

  test("is taken just before 3 seconds", async () => {
    const { discord, clock, ada } = await withoutBot();
    const use = ada.command("/ask", { prompt: "x" });
    await clock.advance(2999);
    expect((await callback(discord, use, { type: 5 })).status).toBe(204);
  });

  test("is refused with 40060 the second time", async () => {
    const { discord, ada } = await withoutBot();
    const use = ada.command("/ask", { prompt: "x" });
    await callback(discord, use, { type: 5 });
    const again = await callback(discord, use, { type: 4, data: { content: "x" } });
    expect(again).toMatchObject({ status: 400, body: { code: 40060 } });
  });

  test("is refused with 10062 for a wrong token", async () => {
    const { discord, ada } = await withoutBot();
    const { interaction } = ada.command("/ask", { prompt: "x" });
    const wrong = { interaction: { id: interaction.id, token: "wrong" } };
    expect(await callback(discord, wrong, { type: 5 })).toMatchObject({ status: 404, body: { code: 10062 } });
  });

  test("acknowledges nothing when its message is refused, so it can be sent again", async () => {
    const { discord, ada } = await withoutBot();
    const use = ada.command("/ask", { prompt: "x" });
    const refused = await callback(discord, use, { type: 4, data: { content: long(2001) } });
    expect(refused.badFields).toEqual(["data.content"]);
    expect((await callback(discord, use, { type: 4, data: { content: "short" } })).status).toBe(204);
  });

  test.each([
    ["an update", 6],
    ["suggestions", 8],
  ])("can't be %s to a command", async (_, type) => {
    const { discord, ada } = await withoutBot();
    const answer = await callback(discord, ada.command("/ask", { prompt: "x" }), { type });
    expect(answer).toMatchObject({ status: 400, badFields: ["type"] });
  });

  test("takes no flag but ephemeral when deferred", async () => {
    const { discord, ada } = await withoutBot();
    const answer = await callback(discord, ada.command("/ask", { prompt: "x" }), {
      type: 5,
      data: { flags: 4 },
    });
    expect(answer).toMatchObject({ status: 400, badFields: ["data.flags"] });
  });

  test("with_response gives the message", async () => {
    let replied: (id: string | undefined) => void;
    const reply = new Promise<string | undefined>((resolve) => {
      replied = resolve;
    });
    const { ada } = await withBot(async (i) => {
      const answer = await command(i).reply({ content: "x", withResponse: true });
      replied(answer.resource?.message?.id);
    });
    const message = await ada.command("/ask", { prompt: "x" }).message();
    expect(await reply).toBe(message.id);
  });
});

describe("the 15 minutes of a token", () => {
  test("edits are refused with 50027 after them", async () => {
    const { discord, clock, ada } = await withoutBot();
    const use = ada.command("/ask", { prompt: "x" });
    await callback(discord, use, { type: 5 });
    await clock.advance(15 * 60_000 - 1);
    const path = webhook(discord, use, "/messages/@original");
    expect((await request(discord, "PATCH", path, { content: "in time" })).status).toBe(200);
    await clock.advance(1);
    expect(await request(discord, "PATCH", path, { content: "late" })).toMatchObject({
      status: 401,
      body: { code: 50027 },
    });
  });

  test("a deferred response never filled in shows as failed", async () => {
    const { discord, clock, ada } = await withoutBot();
    const use = ada.command("/ask", { prompt: "x" });
    await callback(discord, use, { type: 5 });
    await clock.advance(15 * 60_000);
    expect(await use.failed()).toBe("The application did not respond");
  });

  test("follow-ups before the first response are refused with 10015", async () => {
    const { discord, ada } = await withoutBot();
    const use = ada.command("/ask", { prompt: "x" });
    const answer = await request(discord, "POST", webhook(discord, use), { content: "x" });
    expect(answer).toMatchObject({ status: 404, body: { code: 10015 } });
  });
});

describe("ephemeral messages", () => {
  test("keep the visibility that the deferred response fixed", async () => {
    const { discord, ada } = await withoutBot();
    const use = ada.command("/ask", { prompt: "x" });
    await callback(discord, use, { type: 5, data: { flags: 64 } });
    const path = webhook(discord, use, "/messages/@original");
    expect(await request(discord, "PATCH", path, { content: "x", flags: 0 })).toMatchObject({ status: 200 });
    expect((await use.ephemeral()).content).toBe("x");
    expect(discord.channel("general").messages).toEqual([]);
  });

  test("a follow-up right after a deferred response fills that response and can't change its visibility", async () => {
    const { discord, ada } = await withoutBot();
    const use = ada.command("/ask", { prompt: "x" });
    await callback(discord, use, { type: 5 });
    await request(discord, "POST", webhook(discord, use), { content: "meant to be private", flags: 64 });
    expect((await use.message()).content).toBe("meant to be private");
    expect(use.messages).toHaveLength(1);
  });

  test("do not exist for the channel's routes: 10008", async () => {
    const { discord, ada } = await withoutBot();
    const use = ada.command("/ask", { prompt: "x" });
    await callback(discord, use, { type: 4, data: { content: "x", flags: 64 } });
    const { id, channelId } = await use.ephemeral();
    const answer = await request(discord, "GET", `/channels/${channelId}/messages/${id}`);
    expect(answer).toMatchObject({ status: 404, body: { code: 10008 } });
  });

  test("are not seen by others, who can't press their buttons", async () => {
    const { discord, ada } = await withoutBot();
    const use = ada.command("/ask", { prompt: "x" });
    await callback(discord, use, { type: 4, data: { content: "x", flags: 64, components: goButton } });
    const message = await use.ephemeral();
    expect(() => discord.channel("general").user("bob").press(message, "Go")).toThrow("bob does not see");
  });
});

describe("components", () => {
  async function withMessage(data: object) {
    const { discord, clock, ada } = await withoutBot();
    const use = ada.command("/ask", { prompt: "x" });
    await callback(discord, use, { type: 4, data: { content: "x", ...data } });
    return { discord, clock, ada, message: await use.message() };
  }

  test("an update changes the message whose button was pressed", async () => {
    const { discord, ada, message } = await withMessage({ components: goButton });
    const press = ada.press(message, "Go");
    await callback(discord, press, { type: 7, data: { content: "pressed", components: [] } });
    expect(message.content).toBe("pressed");
    expect(() => ada.press(message, "Go")).toThrow('shows no "Go", but nothing');
  });

  test("a deferred update makes @original the pressed message", async () => {
    const { discord, ada, message } = await withMessage({ components: goButton });
    const press = ada.press(message, "Go");
    await callback(discord, press, { type: 6 });
    await request(discord, "PATCH", webhook(discord, press, "/messages/@original"), { content: "later" });
    expect(message.content).toBe("later");
  });

  test("a press without an answer fails after 3 seconds", async () => {
    const { clock, ada, message } = await withMessage({ components: goButton });
    const press = ada.press(message, "Go");
    await clock.advance(3000);
    expect(await press.failed()).toBe("This interaction failed");
  });

  test("a select carries the values and keeps to its bounds", async () => {
    const options = ["a", "b", "c"].map((v) => ({ label: v.toUpperCase(), value: v }));
    const select = { type: 3, custom_id: "s", placeholder: "Pick", options, max_values: 2 };
    const { ada, message } = await withMessage({ components: [{ type: 1, components: [select] }] });
    expect(ada.choose(message, "Pick", ["A", "C"]).interaction.data).toMatchObject({ values: ["a", "c"] });
    expect(() => ada.choose(message, "Pick", ["A", "B", "C"])).toThrow("takes 1 to 2 choices");
    expect(() => ada.choose(message, "Pick", ["D"])).toThrow('has no "D", but A, B, C');
  });

  test("a disabled button can't be pressed", async () => {
    const disabled = [{ type: 1, components: [{ ...goButton[0]!.components[0], disabled: true }] }];
    const { ada, message } = await withMessage({ components: disabled });
    expect(() => ada.press(message, "Go")).toThrow('"Go" is disabled');
  });
});

describe("modals", () => {
  test("open, and bring back what was filled in", async () => {
    const { ada } = await withBot(async (i) => {
      if (i.isChatInputCommand()) await i.showModal(modal as never);
      else if (i.isModalSubmit()) await i.reply(`got ${i.fields.getTextInputValue("answer")}`);
    });
    const open = await ada.command("/ask", { prompt: "x" }).modal();
    expect(open.fields).toMatchObject([{ label: "Your answer", paragraph: true, required: true }]);
    expect((await open.submit({ "Your answer": "42" }).message()).content).toBe("got 42");
  });

  test("can't be opened after a deferred response: 40060", async () => {
    const { discord, ada } = await withoutBot();
    const use = ada.command("/ask", { prompt: "x" });
    await callback(discord, use, { type: 5 });
    expect(await callback(discord, use, { type: 9, data: modal })).toMatchObject({ body: { code: 40060 } });
  });

  test("can't answer a modal", async () => {
    const { discord, ada } = await withoutBot();
    const use = ada.command("/ask", { prompt: "x" });
    await callback(discord, use, { type: 9, data: modal });
    const submit = (await use.modal()).submit({ answer: "a" });
    const answer = await callback(discord, submit, { type: 9, data: modal });
    expect(answer).toMatchObject({ status: 400, badFields: ["type"] });
  });

  test("refuse on the client an empty required field, a length and an unknown field", async () => {
    const { discord, ada } = await withoutBot();
    const use = ada.command("/ask", { prompt: "x" });
    await callback(discord, use, { type: 9, data: modal });
    const open = await use.modal();
    expect(() => open.submit({})).toThrow('"Your answer" must be filled in');
    expect(() => open.submit({ answer: "abcdef" })).toThrow("takes 0 to 5 characters, not 6");
    expect(() => open.submit({ answer: "a", other: "b" })).toThrow('no field "other"');
  });

  const input = (rest: object) => ({ type: 4, custom_id: "a", style: 1, ...rest });
  const labelled = (component: object, rest: object = {}) => ({ type: 18, label: "l", component, ...rest });
  test.each<[rule: string, data: object, badField: string]>([
    ["a title over 45 characters", { title: long(46) }, "data.title"],
    ["a custom id over 100 characters", { custom_id: long(101) }, "data.custom_id"],
    ["no fields", { components: [] }, "data.components"],
    [
      "more than 5 fields",
      { components: Array.from({ length: 6 }, (_, i) => labelled(input({ custom_id: `f${i}` }))) },
      "data.components",
    ],
    [
      "a label over 45 characters",
      { components: [labelled(input({}), { label: long(46) })] },
      "data.components.0.label",
    ],
    [
      "a placeholder over 100 characters",
      { components: [labelled(input({ placeholder: long(101) }))] },
      "data.components.0.component.placeholder",
    ],
    [
      "a length over 4,000",
      { components: [labelled(input({ max_length: 4001 }))] },
      "data.components.0.component.max_length",
    ],
    [
      "one custom id twice",
      { components: [labelled(input({})), labelled(input({}))] },
      "data.components.1.component.custom_id",
    ],
    [
      "a button",
      { components: [{ type: 1, components: [goButton[0]!.components[0]] }] },
      "data.components.0.components.0.type",
    ],
  ])("are refused with 50035 for %s", async (_, data, badField) => {
    const { discord, ada } = await withoutBot();
    const use = ada.command("/ask", { prompt: "x" });
    const answer = await callback(discord, use, { type: 9, data: { ...modal, ...data } });
    expect(answer).toMatchObject({ status: 400, body: { code: 50035 }, badFields: [badField] });
  });
});

describe("autocompletion", () => {
  test("brings what is typed and takes suggestions", async () => {
    const { ada } = await withBot(async (i) => {
      if (!i.isAutocomplete()) throw new Error("wrong kind");
      await i.respond([{ name: `after ${i.options.getFocused()}`, value: "v" }]);
    });
    const suggestions = await ada.suggest("/ask", { prompt: "be" }, "prompt").suggestions();
    expect(suggestions).toEqual([{ name: "after be", value: "v" }]);
  });

  test("refuses more than 25 suggestions and names over 100 characters with 50035", async () => {
    const { discord, ada } = await withoutBot();
    const use = ada.suggest("/ask", { prompt: "be" }, "prompt");
    const many = Array.from({ length: 26 }, (_, i) => ({ name: `${i}`, value: "v" }));
    const answer = await callback(discord, use, { type: 8, data: { choices: many } });
    expect(answer.badFields).toEqual(["data.choices"]);
    const longName = await callback(discord, use, {
      type: 8,
      data: { choices: [{ name: long(101), value: "v" }] },
    });
    expect(longName.badFields).toEqual(["data.choices.0.name"]);
  });

  test("can't be answered with a message", async () => {
    const { discord, ada } = await withoutBot();
    const use = ada.suggest("/ask", { prompt: "be" }, "prompt");
    expect(await callback(discord, use, { type: 4, data: { content: "x" } })).toMatchObject({
      badFields: ["type"],
    });
  });

  test("shows as failed after 3 seconds", async () => {
    const { clock, ada } = await withoutBot();
    const use = ada.suggest("/ask", { prompt: "be" }, "prompt");
    await clock.advance(3000);
    expect(await use.failed()).toBe("Loading options failed");
  });
});

describe("a reply whose channel is deleted meanwhile", () => {
  test("can't be edited: 10003", async () => {
    const { discord, ada } = await withoutBot();
    const use = ada.command("/ask", { prompt: "x" });
    await callback(discord, use, { type: 5 });
    discord.channel("general").delete();
    const answer = await request(discord, "PATCH", webhook(discord, use, "/messages/@original"), {
      content: "x",
    });
    expect(answer).toMatchObject({ status: 404, body: { code: 10003 } });
  });
});

describe("a reply whose server removes the bot meanwhile", () => {
  test("can't be edited: 10015", async () => {
    const { discord, ada } = await withoutBot();
    const use = ada.command("/ask", { prompt: "x" });
    await callback(discord, use, { type: 5 });
    discord.kickBot();
    const answer = await request(discord, "PATCH", webhook(discord, use, "/messages/@original"), {
      content: "x",
    });
    expect(answer).toMatchObject({ status: 404, body: { code: 10015 } });
  });
});

describe("waits of the test language", () => {
  test("fail at once when the answer can't come any more, with what was seen", async () => {
    const { clock, ada } = await withoutBot();
    const use = ada.command("/ask", { prompt: "x" });
    const failed = expect(use.message()).rejects.toThrow(
      /Waited for a message in answer to \/ask. The client says "The application did not respond"[\s\S]*ada uses \/ask/,
    );
    await clock.advance(3000);
    await failed;
  });

  test("fail when the server is closed first", async () => {
    const { discord } = await withoutBot();
    const wait = discord.channel("general").message();
    const failed = expect(wait).rejects.toThrow(
      "Waited for a message in #general. The server was closed first.",
    );
    await discord.close();
    await failed;
  });
});
