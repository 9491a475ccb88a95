import { AttachmentBuilder } from "discord.js";
import { describe, expect, test } from "vitest";
import type { FakeDiscord } from "../../fakes/discord/fake-discord.ts";
import { request } from "../../fakes/discord/raw.ts";
import { long, loopbackDiscord, realClient } from "./setup.ts";

const button = (custom_id: string, rest: object = {}) => ({
  type: 2,
  style: 1,
  label: "x",
  custom_id,
  ...rest,
});
const row = (...components: object[]) => ({ type: 1, components });
const select = (rest: object = {}) => ({
  type: 3,
  custom_id: "s",
  options: [{ label: "a", value: "a" }],
  ...rest,
});
const count = (n: number, make: (i: number) => object) => Array.from({ length: n }, (_, i) => make(i));

const post = (discord: FakeDiscord, body: unknown, options = {}) =>
  request(discord, "POST", `/channels/${discord.channel("general").id}/messages`, body, options);

describe("what a message may hold", () => {
  test.each<[rule: string, body: object, badField: string]>([
    ["content over 2,000 characters", { content: long(2001) }, "content"],
    ["more than 10 embeds", { embeds: count(11, () => ({ title: "t" })) }, "embeds"],
    ["an embed title over 256", { embeds: [{ title: long(257) }] }, "embeds.0.title"],
    ["an embed description over 4,096", { embeds: [{ description: long(4097) }] }, "embeds.0.description"],
    [
      "more than 25 embed fields",
      { embeds: [{ fields: count(26, () => ({ name: "n", value: "v" })) }] },
      "embeds.0.fields",
    ],
    [
      "an embed field name over 256",
      { embeds: [{ fields: [{ name: long(257), value: "v" }] }] },
      "embeds.0.fields.0.name",
    ],
    [
      "an embed field value over 1,024",
      { embeds: [{ fields: [{ name: "n", value: long(1025) }] }] },
      "embeds.0.fields.0.value",
    ],
    [
      "an embed field without a value",
      { embeds: [{ fields: [{ name: "n", value: " " }] }] },
      "embeds.0.fields.0.value",
    ],
    [
      "an embed footer over 2,048",
      { embeds: [{ title: "t", footer: { text: long(2049) } }] },
      "embeds.0.footer.text",
    ],
    [
      "an embed author over 256",
      { embeds: [{ title: "t", author: { name: long(257) } }] },
      "embeds.0.author.name",
    ],
    [
      "embeds of more than 6,000 characters together",
      { embeds: [{ description: long(4000) }, { description: long(2001) }] },
      "embeds",
    ],
    ["an embed that shows nothing", { embeds: [{}] }, "embeds.0.description"],
    [
      "an embed picture that is not attached",
      { embeds: [{ title: "t", image: { url: "attachment://no.png" } }] },
      "embeds.0.image.url",
    ],
    ["more than 5 rows", { components: count(6, (i) => row(button(`b${i}`))) }, "components"],
    [
      "more than 5 buttons in a row",
      { components: [row(...count(6, (i) => button(`b${i}`)))] },
      "components.0.components",
    ],
    ["a select beside a button", { components: [row(select(), button("b"))] }, "components.0.components"],
    [
      "a custom id over 100 characters",
      { components: [row(button(long(101)))] },
      "components.0.components.0.custom_id",
    ],
    [
      "two components with one custom id",
      { components: [row(button("same")), row(button("same"))] },
      "components.1.components.0.custom_id",
    ],
    [
      "a button label over 80",
      { components: [row(button("b", { label: long(81) }))] },
      "components.0.components.0.label",
    ],
    [
      "a button without label and emoji",
      { components: [row({ type: 2, style: 1, custom_id: "b" })] },
      "components.0.components.0",
    ],
    [
      "a link button without a url",
      { components: [row({ type: 2, style: 5, label: "x" })] },
      "components.0.components.0.url",
    ],
    [
      "a select with more than 25 options",
      {
        components: [row(select({ options: count(26, (i) => ({ label: `o${i}`, value: `o${i}` })) }))],
      },
      "components.0.components.0.options",
    ],
    [
      "a select with one value twice",
      {
        components: [
          row(
            select({
              options: [
                { label: "a", value: "v" },
                { label: "b", value: "v" },
              ],
            }),
          ),
        ],
      },
      "components.0.components.0.options.1.value",
    ],
    [
      "a select that asks for more choices than it has",
      { components: [row(select({ max_values: 2 }))] },
      "components.0.components.0.max_values",
    ],
    [
      "mentions both parsed and listed",
      { content: "x", allowed_mentions: { parse: ["users"], users: ["1"] } },
      "allowed_mentions",
    ],
    [
      "an unknown kind of mention",
      { content: "x", allowed_mentions: { parse: ["all"] } },
      "allowed_mentions.parse.0",
    ],
    ["a nonce over 25 characters", { content: "x", nonce: long(26) }, "nonce"],
    ["the ephemeral flag in a channel", { content: "x", flags: 64 }, "flags"],
    [
      "metadata for a file that is not sent",
      { content: "x", attachments: [{ id: 0, description: "d" }] },
      "attachments.0.id",
    ],
  ])("refuses %s with 50035 at the field", async (_, body, badField) => {
    const { discord } = await loopbackDiscord();
    const answer = await post(discord, body);
    expect(answer).toMatchObject({ status: 400, body: { code: 50035 }, badFields: [badField] });
    expect(discord.channel("general").messages).toEqual([]);
  });

  test("refuses a message that shows nothing with 50006", async () => {
    const { discord } = await loopbackDiscord();
    expect(await post(discord, { content: "  " })).toMatchObject({ status: 400, body: { code: 50006 } });
  });

  test("takes a message at every limit at once", async () => {
    const { discord } = await loopbackDiscord();
    const answer = await post(discord, {
      content: long(2000),
      embeds: [{ title: long(256), description: long(4096), footer: { text: long(1648) } }],
      components: count(5, (r) => row(...count(5, (b) => button(`${r}-${b}`.padEnd(100, "x"))))),
    });
    expect(answer.status).toBe(200);
  });
});

describe("files", () => {
  test("keeps a file's bytes and its alt text", async () => {
    const { discord } = await loopbackDiscord();
    const client = await realClient(discord);
    const channel = await client.channels.fetch(discord.channel("general").id);
    if (!channel?.isSendable()) throw new Error("no channel");
    const file = new AttachmentBuilder(Buffer.from([1, 2, 3]), {
      name: "chart.png",
      description: "Three bars",
    });
    await channel.send({ files: [file] });
    const message = await discord.channel("general").message();
    expect(message.files).toMatchObject([{ filename: "chart.png", description: "Three bars" }]);
    expect([...message.files[0]!.bytes]).toEqual([1, 2, 3]);
  });

  test("refuses alt text over 1,024 characters with 50035", async () => {
    const { discord } = await loopbackDiscord();
    const body = { attachments: [{ id: 0, description: long(1025) }] };
    const answer = await post(discord, body, { files: [{ name: "a.txt", content: "a" }] });
    expect(answer).toMatchObject({ status: 400, badFields: ["attachments.0.description"] });
  });

  test("refuses an 11th file with 30015", async () => {
    const { discord } = await loopbackDiscord();
    const files = count(11, (i) => ({ name: `${i}.txt`, content: "a" }));
    expect(await post(discord, {}, { files })).toMatchObject({ status: 400, body: { code: 30015 } });
  });

  test("refuses a file over 10 MiB with 40005", async () => {
    const { discord } = await loopbackDiscord();
    const files = [{ name: "big.bin", content: new Uint8Array(10 * 1024 * 1024 + 1) }];
    expect(await post(discord, {}, { files })).toMatchObject({ status: 413, body: { code: 40005 } });
  });

  test("drops the files that an edit's attachments list leaves out", async () => {
    const { discord } = await loopbackDiscord();
    const posted = await post(
      discord,
      { content: "two" },
      {
        files: [
          { name: "a.txt", content: "a" },
          { name: "b.txt", content: "b" },
        ],
      },
    );
    const { id, channel_id, attachments } = posted.body;
    await request(discord, "PATCH", `/channels/${channel_id}/messages/${id}`, {
      attachments: [{ id: attachments[1].id }],
    });
    const message = await discord.channel("general").message();
    expect(message.files.map((f) => f.filename)).toEqual(["b.txt"]);
  });
});

describe("posting twice", () => {
  test("gives the first message again for the same enforced nonce", async () => {
    const { discord, clock } = await loopbackDiscord();
    const body = { content: "once", nonce: "review-7", enforce_nonce: true };
    const first = await post(discord, body);
    await clock.advance(60_000);
    const second = await post(discord, body);
    expect(second.body.id).toBe(first.body.id);
    expect(discord.channel("general").messages).toHaveLength(1);
  });

  test("posts again when the nonce is not enforced, or was used more than five minutes ago", async () => {
    const { discord, clock } = await loopbackDiscord();
    await post(discord, { content: "a", nonce: "n" });
    await post(discord, { content: "b", nonce: "n" });
    await clock.advance(5 * 60_000 + 1);
    await post(discord, { content: "c", nonce: "n", enforce_nonce: true });
    expect(discord.channel("general").messages.map((m) => m.content)).toEqual(["a", "b", "c"]);
  });
});

describe("mentions", () => {
  const words = (discord: FakeDiscord) => `@everyone <@${discord.member("ada").id}>`;

  test("notifies everybody and the person when nothing is said about mentions", async () => {
    const { discord } = await loopbackDiscord();
    discord.guild.members.get(discord.world.botId)!.add(discord.role("bots", ["MentionEveryone"]));
    await post(discord, { content: words(discord) });
    const { pings } = await discord.channel("general").message();
    expect(pings).toEqual({ everyone: true, users: [discord.member("ada").id], roles: [] });
  });

  test("notifies nobody with parse: []", async () => {
    const { discord } = await loopbackDiscord();
    await post(discord, { content: words(discord), allowed_mentions: { parse: [] } });
    expect((await discord.channel("general").message()).pings).toEqual({
      everyone: false,
      users: [],
      roles: [],
    });
  });

  test("does not notify everybody without the permission, nor from inside code", async () => {
    const { discord } = await loopbackDiscord();
    await post(discord, { content: `@everyone \`<@${discord.member("ada").id}>\`` });
    expect((await discord.channel("general").message()).pings).toEqual({
      everyone: false,
      users: [],
      roles: [],
    });
  });
});

describe("where a message may go", () => {
  test("refuses an unknown channel with 10003", async () => {
    const { discord } = await loopbackDiscord();
    const answer = await request(discord, "POST", "/channels/1/messages", { content: "x" });
    expect(answer).toMatchObject({ status: 404, body: { code: 10003 } });
  });

  test("refuses to edit a deleted message with 10008", async () => {
    const { discord } = await loopbackDiscord();
    const { body } = await post(discord, { content: "x" });
    const path = `/channels/${body.channel_id}/messages/${body.id}`;
    expect((await request(discord, "DELETE", path)).status).toBe(204);
    expect(await request(discord, "PATCH", path, { content: "y" })).toMatchObject({ body: { code: 10008 } });
  });

  test("refuses to edit another author's message with 50005", async () => {
    const { discord } = await loopbackDiscord();
    const { id, channelId } = discord.channel("general").user("ada").says("mine");
    const answer = await request(discord, "PATCH", `/channels/${channelId}/messages/${id}`, { content: "y" });
    expect(answer).toMatchObject({ status: 403, body: { code: 50005 } });
  });

  test.each([
    ["SendMessages", { content: "x" }, 50013],
    ["EmbedLinks", { embeds: [{ title: "t" }] }, 50013],
    ["ViewChannel", { content: "x" }, 50001],
  ] as const)("refuses the bot without %s", async (permission, body, code) => {
    const { discord } = await loopbackDiscord();
    discord.channel("general").denyBot(permission);
    expect(await post(discord, body)).toMatchObject({ status: 403, body: { code } });
  });

  test("refuses files without AttachFiles", async () => {
    const { discord } = await loopbackDiscord();
    discord.channel("general").denyBot("AttachFiles");
    const answer = await post(discord, {}, { files: [{ name: "a.txt", content: "a" }] });
    expect(answer).toMatchObject({ status: 403, body: { code: 50013 } });
  });

  test("refuses every channel of a server that removed the bot with 50001", async () => {
    const { discord } = await loopbackDiscord();
    discord.kickBot();
    expect(await post(discord, { content: "x" })).toMatchObject({ status: 403, body: { code: 50001 } });
  });
});

describe("direct messages", () => {
  test("opens one channel per person and delivers there", async () => {
    const { discord } = await loopbackDiscord();
    const client = await realClient(discord);
    const user = await client.users.fetch(discord.member("ada").id);
    await user.send("hello");
    await user.send("again");
    expect(discord.directMessages("ada").messages.map((m) => m.content)).toEqual(["hello", "again"]);
  });

  test("refuses a person who takes none with 50007", async () => {
    const { discord } = await loopbackDiscord();
    discord.member("ada").acceptsDirectMessages = false;
    const path = `/channels/${discord.directMessages("ada").id}/messages`;
    expect(await request(discord, "POST", path, { content: "x" })).toMatchObject({ body: { code: 50007 } });
  });

  test("refuses a person without a common server with 50278", async () => {
    const { discord } = await loopbackDiscord();
    const dm = discord.directMessages("ada");
    discord.kickBot();
    const answer = await request(discord, "POST", `/channels/${dm.id}/messages`, { content: "x" });
    expect(answer).toMatchObject({ status: 403, body: { code: 50278 } });
  });
});
