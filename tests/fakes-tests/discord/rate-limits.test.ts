import { describe, expect, test } from "vitest";
import { connect } from "../../fakes/discord/client.ts";
import { FakeDiscord } from "../../fakes/discord/fake-discord.ts";
import { request } from "../../fakes/discord/raw.ts";
import { virtualTime } from "../../fakes/virtual-time.ts";
import { afterwards, loopbackDiscord, realClient } from "./setup.ts";

const usual = { buckets: {} };
const post = (discord: FakeDiscord, channel = "general") =>
  request(discord, "POST", `/channels/${discord.channel(channel).id}/messages`, { content: "x" });

async function times<T>(n: number, act: () => Promise<T>): Promise<T[]> {
  const all: T[] = [];
  for (let i = 0; i < n; i++) all.push(await act());
  return all;
}

describe("a route's bucket", () => {
  test("answers 429 with Retry-After, headers and scope when it is empty", async () => {
    const { discord, clock } = await loopbackDiscord(usual);
    const [first] = await times(5, () => post(discord));
    expect(first!.headers.get("x-ratelimit-remaining")).toBe("4");
    await clock.advance(1500);
    const refused = await post(discord);
    expect(refused).toMatchObject({ status: 429, body: { retry_after: 3.5, global: false } });
    expect(Object.fromEntries(refused.headers)).toMatchObject({
      "retry-after": "4",
      "x-ratelimit-limit": "5",
      "x-ratelimit-remaining": "0",
      "x-ratelimit-reset-after": "3.500",
      "x-ratelimit-bucket": "message.create",
      "x-ratelimit-scope": "user",
    });
  });

  test("fills again when its time is over", async () => {
    const { discord, clock } = await loopbackDiscord(usual);
    await times(5, () => post(discord));
    await clock.advance(4999);
    expect((await post(discord)).status).toBe(429);
    await clock.advance(1);
    expect((await post(discord)).status).toBe(200);
  });

  test("is counted for each channel by itself", async () => {
    const { discord } = await loopbackDiscord({ ...usual, channels: ["general", "other"] });
    await times(5, () => post(discord));
    expect((await post(discord, "other")).status).toBe(200);
  });

  test("counts edits of one interaction apart from another's", async () => {
    const { discord } = await loopbackDiscord(usual);
    const path = `/applications/${discord.applicationId}/guilds/${discord.guild.id}/commands`;
    await request(discord, "POST", path, { name: "hi", description: "d" });
    const edits = async (name: string) => {
      const { interaction } = discord.channel("general").user(name).command("/hi");
      await request(discord, "POST", `/interactions/${interaction.id}/${interaction.token}/callback`, {
        type: 5,
      });
      const original = `/webhooks/${discord.applicationId}/${interaction.token}/messages/@original`;
      return (await times(6, () => request(discord, "PATCH", original, { content: "x" }))).map(
        (a) => a.status,
      );
    };
    expect(await edits("ada")).toEqual([200, 200, 200, 200, 200, 429]);
    expect(await edits("bob")).toEqual([200, 200, 200, 200, 200, 429]);
  });
});

describe("the two buckets of threads", () => {
  test("opening: 10 in five minutes, shared, so a class takes minutes", async () => {
    const { discord, clock } = await loopbackDiscord(usual);
    const open = () =>
      request(discord, "POST", `/channels/${discord.channel("general").id}/threads`, { name: "x", type: 12 });
    expect((await times(10, open)).map((a) => a.status)).toEqual(Array(10).fill(200));
    const refused = await open();
    expect(refused).toMatchObject({ status: 429, body: { retry_after: 300 } });
    expect(refused.headers.get("x-ratelimit-scope")).toBe("shared");
    await clock.advance(300_000);
    expect((await open()).status).toBe(200);
  });

  test("adding members: counted over all threads of the server together", async () => {
    const { discord } = await loopbackDiscord(usual);
    const open = () =>
      request(discord, "POST", `/channels/${discord.channel("general").id}/threads`, { name: "x", type: 12 });
    const [one, two] = await times(2, open);
    const add = (thread: string, name: string) =>
      request(discord, "PUT", `/channels/${thread}/thread-members/${discord.member(name).id}`);
    for (const name of ["a", "b", "c"]) await add(one!.body.id, name);
    for (const name of ["d", "e"]) await add(two!.body.id, name);
    expect((await add(two!.body.id, "f")).status).toBe(429);
  });
});

describe("limits over all routes", () => {
  test("a 51st request within a second is refused globally", async () => {
    const { discord, clock } = await loopbackDiscord(usual);
    await times(50, () => request(discord, "GET", "/users/@me"));
    const refused = await request(discord, "GET", "/users/@me");
    expect(refused).toMatchObject({ status: 429, body: { global: true } });
    expect(refused.headers.get("x-ratelimit-global")).toBe("true");
    await clock.advance(1000);
    expect((await request(discord, "GET", "/users/@me")).status).toBe(200);
  });

  test("interaction endpoints are outside the global limit", async () => {
    const { discord } = await loopbackDiscord(usual);
    await times(50, () => request(discord, "GET", "/users/@me"));
    const answer = await request(discord, "POST", "/interactions/1/x/callback", { type: 5 });
    expect(answer).toMatchObject({ status: 404, body: { code: 10062 } });
  });

  test("too many answers 401, 403 and 429 lock the address out", async () => {
    const { discord, clock } = await loopbackDiscord(usual);
    discord.limiter.invalidPerWindow = 3;
    await times(3, () => request(discord, "GET", "/users/@me", undefined, { token: "wrong" }));
    expect((await request(discord, "GET", "/users/@me")).status).toBe(429);
    await clock.advance(10 * 60_000);
    expect((await request(discord, "GET", "/users/@me")).status).toBe(200);
  });
});

describe("the real client", () => {
  test("waits for the bucket and loses nothing", async () => {
    const time = virtualTime();
    afterwards(() => time.restore());
    const discord = await FakeDiscord.start({ clock: time });
    const client = await time.until(connect(discord));
    const channel = await client.channels.fetch(discord.channel("general").id);
    if (!channel?.isSendable()) throw new Error("no channel");
    const words = Array.from({ length: 12 }, (_, i) => `m${i}`);
    await time.until(Promise.all(words.map((word) => channel.send(word))));
    expect(discord.channel("general").messages.map((m) => m.content)).toEqual(words);
    expect(discord.requests.filter((r) => r.status === 429)).toEqual([]);
    await client.destroy();
    await discord.close();
  });

  test("tries again after planted 429s and 502s", async () => {
    const time = virtualTime();
    afterwards(() => time.restore());
    const discord = await FakeDiscord.start({ clock: time });
    const client = await time.until(connect(discord));
    const path = /^\/channels\/\d+\/messages$/;
    discord.faults.plant({ method: "POST", path, times: 2, answer: { retryAfterS: 3 } });
    discord.faults.plant({ method: "POST", path, times: 1, answer: { status: 502 } });
    const channel = await time.until(client.channels.fetch(discord.channel("general").id));
    if (!channel?.isSendable()) throw new Error("no channel");
    await time.until<unknown>(channel.send("at last"));
    const statuses = discord.requests.filter((r) => r.method === "POST").map((r) => r.status);
    expect(statuses).toEqual([429, 429, 502, 200]);
    await client.destroy();
    await discord.close();
  });

  test("gives up on a connection cut without an answer", async () => {
    const { discord } = await loopbackDiscord();
    const client = await realClient(discord);
    discord.faults.plant({ method: "GET", path: /^\/users\/\d+$/, times: 1, answer: "cut" });
    await expect(client.users.fetch(discord.member("ada").id)).rejects.toThrow("other side closed");
    expect((await client.users.fetch(discord.member("ada").id)).username).toBe("ada");
  });
});
