import { ActivityType, Client, Events, GatewayIntentBits } from "discord.js";
import { describe, expect, test } from "vitest";
import { connect } from "../../fakes/discord/client.ts";
import { FakeDiscord } from "../../fakes/discord/fake-discord.ts";
import { RawGateway, request } from "../../fakes/discord/raw.ts";
import { virtualTime } from "../../fakes/virtual-time.ts";
import { afterwards, long, loopbackDiscord, realClient } from "./setup.ts";

const { GuildMessages, Guilds, MessageContent } = GatewayIntentBits;

function rawGateway(discord: FakeDiscord, query?: string): RawGateway {
  const gateway = new RawGateway(discord, query);
  afterwards(() => gateway.ws.terminate());
  return gateway;
}

describe("opening a session", () => {
  test("hello comes first, then READY and the guilds", async () => {
    const { discord } = await loopbackDiscord();
    const gateway = rawGateway(discord);
    expect((await gateway.next(10)).d).toEqual({ heartbeat_interval: 41_250 });
    gateway.send(2, { token: discord.token, intents: Guilds, properties: {} });
    expect((await gateway.next("READY")).d.guilds).toEqual([{ id: discord.guild.id, unavailable: true }]);
    expect((await gateway.next("GUILD_CREATE")).d.name).toBe("NLP 101");
  });

  const identify = (rest: object) => (discord: FakeDiscord) => ({
    op: 2,
    d: { token: discord.token, intents: Guilds, properties: {}, ...rest },
  });
  test.each<[rule: string, code: number, payload: (discord: FakeDiscord) => unknown]>([
    ["an unknown opcode", 4001, () => ({ op: 99 })],
    ["something that is no JSON", 4002, () => "{"],
    ["more than 4,096 bytes", 4002, () => ({ op: 1, d: long(4096) })],
    ["a payload before identifying", 4003, () => ({ op: 3, d: {} })],
    ["a wrong token", 4004, identify({ token: "wrong" })],
    ["a shard outside the count", 4010, identify({ shard: [1, 1] })],
    ["an unknown intent", 4013, identify({ intents: 1 << 30 })],
    ["a privileged intent that is switched off", 4014, identify({ intents: MessageContent })],
  ])("%s closes the connection with %i", async (_, code, payload) => {
    const { discord } = await loopbackDiscord();
    const gateway = rawGateway(discord);
    await gateway.next(10);
    const sent = payload(discord);
    gateway.ws.send(typeof sent === "string" ? sent : JSON.stringify(sent));
    expect(await gateway.closed).toBe(code);
  });

  test("another API version closes the connection with 4012", async () => {
    const { discord } = await loopbackDiscord();
    expect(await rawGateway(discord, "v=9&encoding=json").closed).toBe(4012);
  });

  test("identifying twice closes the connection with 4005", async () => {
    const { discord } = await loopbackDiscord();
    const gateway = rawGateway(discord);
    await gateway.identify(discord);
    gateway.send(2, { token: discord.token, intents: Guilds, properties: {} });
    expect(await gateway.closed).toBe(4005);
  });

  test("a second session within 5 seconds is answered with an invalid session", async () => {
    const { discord, clock } = await loopbackDiscord();
    await rawGateway(discord).identify(discord);
    const second = rawGateway(discord);
    await second.next(10);
    second.send(2, { token: discord.token, intents: Guilds, properties: {} });
    expect((await second.next(9)).d).toBe(false);
    await clock.advance(5000);
    second.send(2, { token: discord.token, intents: Guilds, properties: {} });
    await second.next("READY");
  });

  test("a 121st payload within a minute closes the connection with 4008", async () => {
    const { discord } = await loopbackDiscord();
    const gateway = rawGateway(discord);
    await gateway.identify(discord);
    for (let i = 0; i < 120; i++) gateway.send(1, null);
    expect(await gateway.closed).toBe(4008);
  });

  test("the real client reports a wrong token", async () => {
    const { discord } = await loopbackDiscord();
    const client = new Client({ intents: [Guilds], rest: { api: discord.api } });
    await expect(client.login("wrong")).rejects.toMatchObject({ code: "TokenInvalid" });
  });

  test("the real client reports a privileged intent that is switched off", async () => {
    const { discord } = await loopbackDiscord();
    const client = new Client({ intents: [Guilds, MessageContent], rest: { api: discord.api } });
    afterwards(() => client.destroy());
    await expect(client.login(discord.token)).rejects.toThrow("Used disallowed intents");
  });
});

describe("heartbeats", () => {
  test("are acknowledged", async () => {
    const { discord } = await loopbackDiscord();
    const gateway = rawGateway(discord);
    await gateway.identify(discord);
    gateway.send(1, null);
    expect(await gateway.next(11)).toEqual({ op: 11 });
  });

  test("a client that sends none is asked, and disconnected with 4009 when it does not answer", async () => {
    const { discord, clock } = await loopbackDiscord();
    const gateway = rawGateway(discord);
    await gateway.identify(discord);
    await clock.advance(41_250 * 1.25);
    expect(await gateway.next(1)).toMatchObject({ op: 1 });
    expect(await gateway.closed).toBe(4009);
  });

  test("the real client answers when asked, though its own timers stand still", async () => {
    const { discord, clock } = await loopbackDiscord();
    await realClient(discord);
    await clock.advance(10 * 60_000);
    await discord.settled();
    expect(discord.gateway.connections.size).toBe(1);
  });

  test("the real client beats by itself when its timers are turned too", async () => {
    const time = virtualTime();
    afterwards(() => time.restore());
    const discord = await FakeDiscord.start({ clock: time });
    const client = await time.until(connect(discord));
    await time.advance(2 * 41_250);
    expect(client.ws.shards.first()?.lastPingTimestamp).toBeGreaterThan(Date.UTC(2026, 9, 5, 9));
    await client.destroy();
    await discord.close();
  });
});

describe("losing the connection", () => {
  async function resumable() {
    const { discord, clock } = await loopbackDiscord();
    const first = rawGateway(discord);
    const { session_id } = await first.identify(discord);
    await first.next("GUILD_CREATE");
    return { discord, clock, first, session_id };
  }

  test("a resume replays what was missed, in order", async () => {
    const { discord, first, session_id } = await resumable();
    first.ws.terminate();
    await discord.seen("connection closed");
    const ada = discord.channel("general").user("ada");
    ada.says("one");
    ada.says("two");
    const second = rawGateway(discord);
    await second.next(10);
    second.send(6, { token: discord.token, session_id, seq: 2 });
    const missed = [await second.next("MESSAGE_CREATE"), await second.next("MESSAGE_CREATE")];
    expect(missed.map((p) => p.s)).toEqual([3, 4]);
    await second.next("RESUMED");
  });

  test("a resume with a sequence number never sent closes with 4007", async () => {
    const { discord, first, session_id } = await resumable();
    first.ws.terminate();
    const second = rawGateway(discord);
    await second.next(10);
    second.send(6, { token: discord.token, session_id, seq: 99 });
    expect(await second.closed).toBe(4007);
  });

  test("a session is gone three minutes after its connection", async () => {
    const { discord, clock, first, session_id } = await resumable();
    first.ws.terminate();
    await discord.seen("connection closed");
    await clock.advance(3 * 60_000);
    const second = rawGateway(discord);
    await second.next(10);
    second.send(6, { token: discord.token, session_id, seq: 2 });
    expect((await second.next(9)).d).toBe(false);
  });

  test("closing with 1000 ends the session", async () => {
    const { discord, first } = await resumable();
    first.ws.close(1000);
    await discord.seen("connection closed with 1000");
    expect(discord.gateway.sessions.size).toBe(0);
  });

  test("the real client resumes when told to reconnect, and hears what it missed", async () => {
    const { discord } = await loopbackDiscord();
    const client = await realClient(discord);
    const heard = new Promise((resolve) =>
      client.on(Events.MessageCreate, (m) => resolve(m.author.username)),
    );
    for (const connection of discord.gateway.connections) connection.reconnect();
    await discord.seen("connection closed with 4200");
    discord.channel("general").user("ada").says("while you were away");
    await discord.seen("resumed, 1 events replayed");
    expect(await heard).toBe("ada");
  });

  test("the real client notices a line that is dead without being cut, and hears what it missed", async () => {
    const time = virtualTime();
    afterwards(() => time.restore());
    const discord = await FakeDiscord.start({ clock: time });
    const client = await time.until(connect(discord));
    const heard = new Promise((resolve) =>
      client.on(Events.MessageCreate, (m) => resolve(m.author.username)),
    );
    discord.gateway.stall();
    discord.channel("general").user("ada").says("while the line was dead");
    await time.until(discord.seen("resumed, 1 events replayed"));
    expect(await time.until(heard)).toBe("ada");
    await client.destroy();
    await discord.close();
  });

  test("the real client starts anew after an invalid session", async () => {
    const time = virtualTime();
    afterwards(() => time.restore());
    const discord = await FakeDiscord.start({ clock: time });
    const client = await time.until(connect(discord));
    await time.advance(5000);
    for (const connection of discord.gateway.connections) connection.invalidSession(false);
    const ready = new Promise((resolve) => client.once(Events.ShardReady, resolve));
    await time.until(ready);
    expect(discord.log.filter((line) => line === "gateway: identified")).toHaveLength(2);
    await client.destroy();
    await discord.close();
  });
});

describe("what a session hears", () => {
  test("messages only with the intent for them", async () => {
    const { discord } = await loopbackDiscord();
    const gateway = rawGateway(discord);
    await gateway.identify(discord, Guilds);
    discord.channel("general").user("ada").says("hello");
    await discord.settled();
    expect(gateway.received.map((p) => p.t)).toEqual(["GUILD_CREATE"]);
  });

  test("people's words only with MESSAGE_CONTENT, except where the bot is mentioned", async () => {
    const { discord } = await loopbackDiscord();
    const gateway = rawGateway(discord);
    await gateway.identify(discord, Guilds | GuildMessages);
    const ada = discord.channel("general").user("ada");
    ada.says("secret");
    ada.says(`<@${discord.applicationId}> hello`);
    expect((await gateway.next("MESSAGE_CREATE")).d.content).toBe("");
    expect((await gateway.next("MESSAGE_CREATE")).d.content).toContain("hello");
  });

  test("people's words with MESSAGE_CONTENT where it is switched on", async () => {
    const { discord } = await loopbackDiscord({ privilegedIntents: ["MessageContent"] });
    const gateway = rawGateway(discord);
    await gateway.identify(discord, Guilds | GuildMessages | MessageContent);
    discord.channel("general").user("ada").says("secret");
    expect((await gateway.next("MESSAGE_CREATE")).d.content).toBe("secret");
  });

  test("members one by one without GUILD_MEMBERS, not as a list", async () => {
    const { discord } = await loopbackDiscord();
    const gateway = rawGateway(discord);
    const ada = discord.member("ada");
    await gateway.identify(discord);
    const guild_id = discord.guild.id;
    gateway.send(8, { guild_id, query: "", limit: 0 });
    expect((await gateway.next("GUILD_MEMBERS_CHUNK")).d.members).toEqual([]);
    gateway.send(8, { guild_id, user_ids: [ada.id, "1"] });
    expect((await gateway.next("GUILD_MEMBERS_CHUNK")).d).toMatchObject({
      members: [{ user: { username: "ada" } }],
      not_found: ["1"],
    });
  });
});

test("the bot's presence can be read", async () => {
  const { discord } = await loopbackDiscord();
  const client = await realClient(discord);
  client.user.setPresence({
    status: "online",
    activities: [{ name: "/help", type: ActivityType.Listening }],
  });
  await discord.seen("presence updated");
  const [session] = discord.gateway.sessions.values();
  expect(session?.presence).toMatchObject({ status: "online", activities: [{ name: "/help" }] });
});

test("a kicked bot hears that the guild is gone", async () => {
  const { discord } = await loopbackDiscord();
  const client = await realClient(discord);
  const gone = new Promise((resolve) => client.once(Events.GuildDelete, (g) => resolve(g.id)));
  discord.kickBot();
  expect(await gone).toBe(discord.guild.id);
  expect(await request(discord, "GET", `/guilds/${discord.guild.id}`)).toMatchObject({
    body: { code: 10004 },
  });
});
