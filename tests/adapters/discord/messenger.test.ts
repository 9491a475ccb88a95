import { describe, expect, test } from "vitest";
import { textCard } from "../../../src/bot/cards/card.ts";
import type { Account } from "../../../src/bot/invocation.ts";
import { virtualTime } from "../../fakes/virtual-time.ts";
import { afterwards, startBot } from "./discord-bot.ts";

const account = (id: string, displayName: string): Account => ({ platform: "discord", id, displayName });
const onDiscord = (id: string) => ({ platform: "discord" as const, id });

describe("posting", () => {
  test("once for one key, also after a restart", async () => {
    const { discord, adapter, dispatcher, clock } = await startBot();
    const channel = onDiscord(discord.channel("general").id);
    const first = await adapter.messenger.post(channel, textCard("review"), { dedupeKey: "review/7/monday" });
    await adapter.stop(0);
    await clock.advance(5_000);
    await adapter.start(dispatcher);
    const second = await adapter.messenger.post(channel, textCard("review"), {
      dedupeKey: "review/7/monday",
    });
    expect(second).toEqual(first);
    expect(discord.channel("general").messages).toHaveLength(1);
  });

  test("to a channel that is gone or closed is refused in words", async () => {
    const { discord, adapter } = await startBot({ channels: ["general", "secret"] });
    discord.channel("secret").denyBot("ViewChannel");
    for (const id of ["1", discord.channel("secret").id])
      await expect(adapter.messenger.post(onDiscord(id), textCard("x"))).rejects.toMatchObject({
        name: expect.stringMatching(/UserError|DiscordAPIError/),
      });
    await expect(adapter.messenger.post(onDiscord("1"), textCard("x"))).rejects.toMatchObject({
      code: "channel-unknown",
    });
  });

  test("a long card and its changes keep to the messages it was posted in", async () => {
    const { discord, adapter, clock } = await startBot();
    const place = discord.channel("general");
    const lines = (count: number) =>
      textCard(Array.from({ length: count }, (_, i) => `line ${i} ${"x".repeat(90)}`).join("\n"));
    const ref = await adapter.messenger.post(onDiscord(place.id), lines(30));
    expect(place.messages).toHaveLength(2);
    const update = adapter.messenger.update(ref, lines(90));
    await discord.settled();
    await clock.advance(1_000);
    await update;
    expect(place.messages).toHaveLength(2);
    expect(place.messages[1]!.content).toContain("attached rest.txt");
    expect(place.messages[1]!.files.map((f) => f.filename)).toEqual(["rest.txt"]);
  });
});

describe("changing", () => {
  test("a burst costs a few edits and ends with the last, within Discord's bucket", async () => {
    const time = virtualTime();
    afterwards(() => time.restore());
    const { discord, adapter } = await time.until(startBot({ clock: time, buckets: {} }));
    const place = discord.channel("general");
    const ref = await time.until(adapter.messenger.post(onDiscord(place.id), textCard("0 votes")));
    const updates: Promise<void>[] = [];
    for (let i = 1; i <= 300; i++) {
      updates.push(adapter.messenger.update(ref, textCard(`${i} votes`)));
      if (i % 25 === 0) await time.advance(250);
    }
    await time.until(Promise.all(updates));
    expect(place.messages[0]!.content).toBe("300 votes");
    expect(discord.requests.filter(({ method }) => method === "PATCH").length).toBeLessThan(8);
    expect(discord.requests.filter(({ status }) => status === 429)).toEqual([]);
  });

  test("a message that was deleted is refused in words", async () => {
    const { discord, adapter } = await startBot();
    const ref = await adapter.messenger.post(onDiscord(discord.channel("general").id), textCard("x"));
    discord.channel("general").messages[0]!.delete();
    await expect(adapter.messenger.update(ref, textCard("y"))).rejects.toMatchObject({
      code: "message-gone",
    });
  });

  test("a picture that stays the same is not sent again", async () => {
    const { discord, adapter, clock } = await startBot();
    const place = discord.channel("general");
    const png = new Uint8Array([1, 2, 3]);
    const card = (text: string) => ({
      blocks: [
        { type: "text" as const, text },
        { type: "picture" as const, png, fileName: "chart.png", alt: "a chart" },
      ],
    });
    const ref = await adapter.messenger.post(onDiscord(place.id), card("one"));
    await adapter.messenger.update(ref, card("two"));
    const second = adapter.messenger.update(ref, card("three"));
    await discord.settled();
    await clock.advance(1_000);
    await second;
    const edits = discord.requests.filter(({ method }) => method === "PATCH");
    expect(edits.map(({ files }) => files)).toEqual([["chart.png"], []]);
    expect(place.messages[0]).toMatchObject({ content: "three" });
    expect(place.messages[0]!.files.map((f) => f.description)).toEqual(["a chart"]);
  });
});

describe("direct messages", () => {
  test("to a person who takes none are refused in words", async () => {
    const { discord, adapter } = await startBot();
    const ada = discord.member("ada");
    ada.acceptsDirectMessages = false;
    await expect(adapter.messenger.direct(account(ada.id, "Ada"), textCard("x"))).rejects.toMatchObject({
      code: "direct-closed",
      message: expect.stringContaining("Ada takes no direct messages from Cloze."),
    });
  });
});

describe("rooms", () => {
  test("are private threads that only the pair, the bot and moderators see", async () => {
    const { discord, adapter } = await startBot();
    const people = ["ada", "bob"].map((name) => account(discord.member(name).id, name));
    const room = await adapter.messenger.openRoom(onDiscord(discord.channel("general").id), people, "Pair 1");
    const thread = discord.placeOf(room.id);
    expect(thread.channel.type).toBe(12);
    expect(thread.threadMembers).toEqual(["cloze", "ada", "bob"]);
    expect(() => thread.user("eve")).toThrow("eve does not see #Pair 1");
  });

  test("for a class of 24 wait for Discord's small buckets, and all come to be", async () => {
    const time = virtualTime();
    afterwards(() => time.restore());
    const { discord, adapter } = await time.until(startBot({ clock: time, buckets: {} }));
    const channel = onDiscord(discord.channel("general").id);
    const begin = time.now();
    const pairs = Array.from({ length: 12 }, (_, i) =>
      [`a${i}`, `b${i}`].map((name) => account(discord.member(name).id, name)),
    );
    const rooms = await time.until(
      Promise.all(pairs.map((pair, i) => adapter.messenger.openRoom(channel, pair, `Pair ${i + 1}`))),
    );
    for (const [i, room] of rooms.entries())
      expect(discord.placeOf(room.id).threadMembers).toEqual(["cloze", `a${i}`, `b${i}`]);
    // Ten threads in five minutes: the eleventh waits for the next five.
    expect(time.now() - begin).toBeGreaterThanOrEqual(300_000);
    expect(discord.requests.filter(({ status }) => status === 429).length).toBeLessThan(12);
  });

  test.each([
    ["without the permission to open threads", "CreatePrivateThreads", /Create Private Threads/],
    ["without the permission to write in them", "SendMessagesInThreads", /could not be brought together/],
  ] as const)("%s are refused in words", async (_, permission, message) => {
    const { discord, adapter } = await startBot();
    discord.channel("general").denyBot(permission);
    const people = [account(discord.member("ada").id, "Ada")];
    const opening = adapter.messenger.openRoom(onDiscord(discord.channel("general").id), people, "Pair 1");
    await expect(opening).rejects.toMatchObject({
      code: "rooms-unavailable",
      message: expect.stringMatching(message),
    });
  });

  test("need people on Discord, and a text channel", async () => {
    const { discord, adapter } = await startBot();
    const web: Account = { platform: "web", id: "w1", displayName: "Wanda" };
    const channel = onDiscord(discord.channel("general").id);
    await expect(adapter.messenger.openRoom(channel, [web], "Pair 1")).rejects.toThrow("Wanda can't enter");
    const dm = onDiscord(discord.directMessages("ada").id);
    await expect(adapter.messenger.openRoom(dm, [], "Pair 1")).rejects.toMatchObject({
      code: "rooms-unavailable",
    });
  });
});
