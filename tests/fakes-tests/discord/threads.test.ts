import { describe, expect, test } from "vitest";
import type { FakeDiscord } from "../../fakes/discord/fake-discord.ts";
import { request } from "../../fakes/discord/raw.ts";
import { long, loopbackDiscord } from "./setup.ts";

const start = (discord: FakeDiscord, body: object) =>
  request(discord, "POST", `/channels/${discord.channel("general").id}/threads`, body);
const add = (discord: FakeDiscord, thread: string, name: string) =>
  request(discord, "PUT", `/channels/${thread}/thread-members/${discord.member(name).id}`);

describe("private threads", () => {
  test("are seen by those added to them, by moderators, and by nobody else", async () => {
    const { discord } = await loopbackDiscord();
    discord.role("mods", ["ManageThreads"], ["mod"]);
    const { body } = await start(discord, { name: "pair 1", type: 12 });
    await add(discord, body.id, "ada");
    const thread = await discord.thread();
    expect(thread.threadMembers).toEqual(["cloze", "ada"]);
    expect(thread.user("mod").id).toBe(discord.member("mod").id);
    expect(() => thread.user("bob")).toThrow("bob does not see #pair 1");
  });

  test.each<[rule: string, body: object, badField: string]>([
    ["a name over 100 characters", { name: long(101), type: 12 }, "name"],
    ["no name", { name: "", type: 12 }, "name"],
    [
      "another archive time than the four",
      { name: "x", type: 12, auto_archive_duration: 90 },
      "auto_archive_duration",
    ],
    ["another type than a thread's", { name: "x", type: 0 }, "type"],
  ])("are refused with 50035 for %s", async (_, body, badField) => {
    const { discord } = await loopbackDiscord();
    expect(await start(discord, body)).toMatchObject({
      status: 400,
      body: { code: 50035 },
      badFields: [badField],
    });
  });

  test("need the permission to create them: 50013", async () => {
    const { discord } = await loopbackDiscord();
    discord.channel("general").denyBot("CreatePrivateThreads");
    expect(await start(discord, { name: "x", type: 12 })).toMatchObject({ body: { code: 50013 } });
    expect((await start(discord, { name: "x", type: 11 })).status).toBe(200);
  });

  test("can't be opened inside a thread: 50024", async () => {
    const { discord } = await loopbackDiscord();
    const { body } = await start(discord, { name: "x", type: 12 });
    const answer = await request(discord, "POST", `/channels/${body.id}/threads`, { name: "y", type: 12 });
    expect(answer).toMatchObject({ status: 400, body: { code: 50024 } });
  });

  test("need SendMessagesInThreads to be written in: 50013", async () => {
    const { discord } = await loopbackDiscord();
    const { body } = await start(discord, { name: "x", type: 12 });
    discord.channel("general").denyBot("SendMessagesInThreads");
    const answer = await request(discord, "POST", `/channels/${body.id}/messages`, { content: "x" });
    expect(answer).toMatchObject({ status: 403, body: { code: 50013 } });
  });
});

describe("members of a thread", () => {
  test("must be members of the server: 10007", async () => {
    const { discord } = await loopbackDiscord();
    const { body } = await start(discord, { name: "x", type: 12 });
    const answer = await request(discord, "PUT", `/channels/${body.id}/thread-members/1`);
    expect(answer).toMatchObject({ status: 404, body: { code: 10007 } });
  });

  test("can't be added to an archived thread: 50083", async () => {
    const { discord } = await loopbackDiscord();
    const { body } = await start(discord, { name: "x", type: 12 });
    await request(discord, "PATCH", `/channels/${body.id}`, { archived: true });
    expect(await add(discord, body.id, "ada")).toMatchObject({ status: 400, body: { code: 50083 } });
  });

  test("are at most 1,000: 30033", async () => {
    const { discord } = await loopbackDiscord();
    const { body } = await start(discord, { name: "x", type: 12 });
    const { members } = (await discord.thread()).channel.thread!;
    for (let i = 0; members.size < 1000; i++) members.add(`${i}`);
    expect(await add(discord, body.id, "ada")).toMatchObject({ status: 400, body: { code: 30033 } });
  });
});

test("archiving an own thread needs no permission, deleting it does: 50013", async () => {
  const { discord } = await loopbackDiscord();
  const { body } = await start(discord, { name: "x", type: 12 });
  expect((await request(discord, "PATCH", `/channels/${body.id}`, { archived: true })).status).toBe(200);
  expect(await request(discord, "DELETE", `/channels/${body.id}`)).toMatchObject({ body: { code: 50013 } });
});
