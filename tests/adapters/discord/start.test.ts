import { Client, GatewayIntentBits } from "discord.js";
import { describe, expect, test } from "vitest";
import { createDiscordAdapter } from "../../../src/adapters/discord/adapter.ts";
import { loginProblem } from "../../../src/adapters/discord/login.ts";
import { setupDiscord } from "../../../src/adapters/discord/setup.ts";
import { allCommands } from "../../../src/bot/commands/all-commands.ts";
import { loopbackRest } from "../../fakes/discord/client.ts";
import { FakeDiscord } from "../../fakes/discord/fake-discord.ts";
import { virtualTime } from "../../fakes/virtual-time.ts";
import { afterwards, startBot } from "./discord-bot.ts";

const oneLine = (message: string) => !message.includes("\n");

describe("a login that fails says in one line what to set where", () => {
  test("no token", async () => {
    const adapter = createDiscordAdapter({ token: " " });
    const failed = expect(adapter.start({} as never)).rejects;
    await failed.toMatchObject({ name: "UserError", code: "discord-token-missing" });
    await failed.toThrow(/DISCORD_TOKEN is empty\..*Reset Token.*\.env/);
  });

  test("a wrong token", async () => {
    const error = await startBot({ settings: { token: "wrong" } }).catch((e: Error) => e);
    expect(error).toMatchObject({ name: "UserError", code: "discord-token-refused" });
    expect((error as Error).message).toMatch(/does not know the token in DISCORD_TOKEN.*Reset Token/);
    expect(oneLine((error as Error).message)).toBe(true);
  });

  test("an intent that is switched off", async () => {
    const discord = await FakeDiscord.start();
    const client = new Client({ intents: [GatewayIntentBits.MessageContent], rest: loopbackRest(discord) });
    afterwards(() => discord.close());
    afterwards(() => client.destroy());
    const problem = loginProblem(await client.login(discord.token).catch((error) => error)) as Error;
    expect(problem).toMatchObject({ name: "UserError", code: "discord-intents-refused" });
    expect(problem.message).toContain("Privileged Gateway Intents");
  });

  test("a machine without a connection", async () => {
    const discord = await FakeDiscord.start();
    const { api } = discord;
    await discord.close();
    const error = await startBot({ settings: { rest: { api } } }).catch((e: Error) => e);
    expect(error).toMatchObject({ name: "UserError", code: "discord-unreachable" });
  });

  test("a token that is reset while Cloze runs is told in the log", async () => {
    const time = virtualTime();
    afterwards(() => time.restore());
    const { discord, logged } = await time.until(startBot({ clock: time }));
    discord.world.token = "another";
    for (const connection of discord.gateway.connections) connection.invalidSession(false);
    await time.until(discord.seen("closed with 4004"));
    await discord.settled();
    expect(logged.find((line) => line.startsWith("error: Discord does not know the token"))).toBeDefined();
  });
});

describe("access", () => {
  test("nothing is said when nothing is missing", async () => {
    const { logged } = await startBot();
    expect(logged.filter((line) => line.startsWith("warn"))).toEqual([]);
  });

  test("a bot in no server is told the link that adds it, with exactly its permissions", async () => {
    const { logged, discord } = await startBot({ before: (d) => d.kickBot() });
    const [line] = logged.filter((l) => l.startsWith("warn"));
    const link = new URL(/https:\S+/.exec(line!)![0]);
    expect(Object.fromEntries(link.searchParams)).toEqual({
      client_id: discord.applicationId,
      scope: "bot applications.commands",
      // ViewChannel 1<<10, SendMessages 1<<11, AttachFiles 1<<15, ReadMessageHistory 1<<16,
      // CreatePrivateThreads 1<<36, SendMessagesInThreads 1<<38
      permissions: String(2 ** 10 + 2 ** 11 + 2 ** 15 + 2 ** 16 + 2 ** 36 + 2 ** 38),
    });
  });

  test("each missing permission is named with its channel and what it is for", async () => {
    let channel = "";
    const { logged } = await startBot({
      before: (d) => {
        channel = d.channel("general").id;
        d.channel("general").denyBot("AttachFiles", "CreatePrivateThreads");
      },
      course: {
        get channels() {
          return [{ platform: "discord" as const, id: channel }];
        },
      },
    });
    expect(logged.filter((l) => l.startsWith("warn"))).toEqual([
      "warn: Natural Language Processing: in #general Cloze lacks Create Private Threads (to open rooms for pairs), Attach Files (to send charts and long results).",
    ]);
  });

  test("a channel that Cloze can't see and a server that it is not in are named", async () => {
    const { logged } = await startBot({
      course: {
        channels: [{ platform: "discord", id: "1" }],
        communities: [{ platform: "discord", id: "2" }],
      },
    });
    const warned = logged.filter((l) => l.startsWith("warn"));
    expect(warned).toHaveLength(2);
    expect(warned[0]).toContain(
      "Cloze is not in the Discord server 2. Invite it by https://discord.com/oauth2/",
    );
    expect(warned[1]).toContain("can't see the Discord channel 1");
  });
});

describe("commands", () => {
  test("are registered globally, and a second start writes nothing", async () => {
    const { discord, adapter, dispatcher, clock } = await startBot({ commands: allCommands });
    expect(discord.commands("global").length).toBeGreaterThan(0);
    const writes = () => discord.requests.filter(({ method }) => method !== "GET").length;
    expect(writes()).toBe(1);
    await adapter.stop(0);
    await clock.advance(5_000);
    await adapter.start(dispatcher);
    expect(writes()).toBe(1);
  });

  test("move to the server when that is wanted, so that none is offered twice", async () => {
    const { discord, adapter, dispatcher, clock } = await startBot({ commands: allCommands });
    await adapter.stop(0);
    await clock.advance(5_000);
    const other = createDiscordAdapter({
      token: discord.token,
      rest: loopbackRest(discord),
      commandScope: "guild",
    });
    afterwards(() => other.stop(0));
    await other.start(dispatcher);
    expect(discord.commands("global")).toEqual([]);
    expect(discord.commands("guild").length).toBeGreaterThan(0);
  });

  test("that can't be offered stop the start before it connects", async () => {
    const bad = { ...allCommands[0]!, name: "Bad Name!".repeat(9) };
    await expect(startBot({ commands: [bad] })).rejects.toThrow();
  });
});

test("a start that fails after the login leaves no connection behind", async () => {
  let discord: FakeDiscord | undefined;
  const starting = startBot({
    commands: allCommands,
    before(d) {
      discord = d;
      d.faults.plant({ method: "PUT", path: /\/commands$/, times: 1, answer: { status: 403 } });
    },
  });
  await expect(starting).rejects.toMatchObject({ status: 403 });
  await discord!.settled();
  expect(discord!.gateway.connections.size).toBe(0);
});

describe("cloze setup discord", () => {
  async function setUp(token?: string) {
    const discord = await FakeDiscord.start({ buckets: "unlimited" });
    afterwards(() => discord.close());
    const said: string[] = [];
    const run = () =>
      setupDiscord({ token: token ?? discord.token, rest: loopbackRest(discord) }, allCommands, (line) =>
        said.push(line),
      );
    return { discord, said, run };
  }

  test("checks the token, registers, names the servers and prints the link", async () => {
    const { discord, said, run } = await setUp();
    await run();
    expect(said[0]).toBe(
      `The token is right: it belongs to the application "Cloze" (${discord.applicationId}).`,
    );
    expect(said[1]).toMatch(/^Commands: \d+ new, 0 changed, 0 removed, 0 as before\.$/);
    expect(said[2]).toBe(`Cloze is in the server "NLP 101" (${discord.guild.id}).`);
    expect(said[3]).toContain(`client_id=${discord.applicationId}`);
    expect(discord.commands("global").length).toBeGreaterThan(0);
  });

  test("changes nothing the second time", async () => {
    const { said, run } = await setUp();
    await run();
    await run();
    expect(said[5]).toMatch(/^Commands: 0 new, 0 changed, 0 removed, \d+ as before\.$/);
  });

  test("says what is wrong with the token", async () => {
    const { run } = await setUp("wrong");
    await expect(run()).rejects.toMatchObject({ code: "discord-token-refused" });
  });
});

test("the presence tells that Cloze is there", async () => {
  const { discord } = await startBot();
  const [session] = discord.gateway.sessions.values();
  expect(session?.presence).toMatchObject({ status: "online", activities: [{ name: "/help", type: 2 }] });
});
