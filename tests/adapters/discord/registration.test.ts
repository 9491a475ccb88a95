import { REST } from "discord.js";
import { describe, expect, test } from "vitest";
import { commandsJson } from "../../../src/adapters/discord/command-json.ts";
import { registerCommands } from "../../../src/adapters/discord/registration.ts";
import { allCommands } from "../../../src/bot/commands/all-commands.ts";
import { FakeDiscord } from "../../fakes/discord/fake-discord.ts";
import { afterwards } from "./discord-bot.ts";

async function setUp() {
  const discord = await FakeDiscord.start({ buckets: "unlimited" });
  afterwards(() => discord.close());
  const rest = new REST({ api: discord.api }).setToken(discord.token);
  const register = (bodies = commandsJson(allCommands)) =>
    registerCommands(rest, discord.applicationId, { kind: "global" }, bodies);
  const writes = () => discord.requests.filter(({ method }) => method !== "GET").map(({ method }) => method);
  return { discord, rest, register, writes };
}

describe("registration", () => {
  test("sends everything at once the first time", async () => {
    const { discord, register, writes } = await setUp();
    const { created } = await register();
    expect(writes()).toEqual(["PUT"]);
    expect(
      discord
        .commands("global")
        .map(({ name }) => name)
        .sort(),
    ).toEqual([...created].sort());
  });

  test("writes nothing the second time", async () => {
    const { register, writes } = await setUp();
    await register();
    const again = await register();
    expect(writes()).toEqual(["PUT"]);
    expect(again).toMatchObject({ created: [], changed: [], removed: [] });
    expect(again.unchanged.length).toBeGreaterThan(0);
  });

  test("changes only what differs, and removes what is gone", async () => {
    const { discord, register, writes } = await setUp();
    const bodies = commandsJson(allCommands);
    await register(bodies);
    const before = new Map(discord.commands("global").map(({ name, version }) => [name, version]));
    const [first, ...others] = bodies.slice(1);
    const result = await register([
      { ...first!, description: "anew" } as typeof first,
      ...others,
    ] as typeof bodies);
    expect(result).toMatchObject({ created: [], changed: [first!.name], removed: [bodies[0]!.name] });
    expect(writes()).toEqual(["PUT", "PATCH", "DELETE"]);
    const kept = discord.commands("global").filter(({ name, version }) => before.get(name) === version);
    expect(kept).toHaveLength(others.length);
  });

  test("sees a changed choice, a changed range and an option that became required", async () => {
    const { register } = await setUp();
    const body = (option: object) =>
      [
        {
          type: 1,
          name: "x",
          description: "d",
          options: [{ type: 4, name: "n", description: "d", ...option }],
        },
      ] as never;
    await register(body({ max_value: 3 }));
    expect((await register(body({ max_value: 4 }))).changed).toEqual(["x"]);
    expect((await register(body({ choices: [{ name: "a", value: 1 }] }))).changed).toEqual(["x"]);
    expect((await register(body({ choices: [{ name: "a", value: 2 }] }))).changed).toEqual(["x"]);
    expect((await register(body({ required: true }))).changed).toEqual(["x"]);
    expect((await register(body({ required: true }))).changed).toEqual([]);
  });

  test("works for one server too, where Discord takes no contexts", async () => {
    const { discord, rest } = await setUp();
    const scope = { kind: "guild", guildId: discord.guild.id } as const;
    await registerCommands(rest, discord.applicationId, scope, commandsJson(allCommands));
    const again = await registerCommands(rest, discord.applicationId, scope, commandsJson(allCommands));
    expect(again).toMatchObject({ created: [], changed: [], removed: [] });
    expect(discord.commands("guild").length).toBe(again.unchanged.length);
  });
});
