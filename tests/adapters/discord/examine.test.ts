import { PermissionFlagsBits } from "discord.js";
import { expect, test } from "vitest";
import { type DiscordFinding, examineDiscord } from "../../../src/adapters/discord/examine.ts";
import { setupDiscord } from "../../../src/adapters/discord/setup.ts";
import { allCommands } from "../../../src/bot/commands/all-commands.ts";
import type { Course } from "../../../src/bot/course/courses.ts";
import { COURSE } from "../../bot/bot-rig.ts";
import { loopbackRest } from "../../fakes/discord/client.ts";
import { FakeDiscord } from "../../fakes/discord/fake-discord.ts";
import { afterwards } from "./discord-bot.ts";

async function start() {
  const discord = await FakeDiscord.start({ buckets: "unlimited" });
  afterwards(() => discord.close());
  const channel = [...discord.world.channels.values()].find(({ guildId }) => guildId === discord.guild.id)!;
  const course: Course = {
    ...COURSE,
    channels: [{ platform: "discord", id: channel.id }],
    communities: [{ platform: "discord", id: discord.guild.id }],
  };
  const settings = { token: discord.token, rest: loopbackRest(discord) };
  const examine = async (over: Partial<Course> = {}, token = discord.token) => {
    const findings: DiscordFinding[] = [];
    const all = examineDiscord({ ...settings, token }, [{ ...course, ...over }], allCommands);
    for await (const finding of all) findings.push(finding);
    return findings;
  };
  return { discord, channel, settings, examine };
}
const wrong = (findings: readonly DiscordFinding[]) => findings.filter(({ level }) => level !== "ok");

test("after setup everything is well, and nothing was written", async () => {
  const { discord, settings, examine } = await start();
  await setupDiscord(settings, allCommands, () => undefined);
  const before = discord.requests.length;
  const findings = await examine();
  expect(wrong(findings)).toEqual([]);
  expect(findings.map(({ message }) => message).join("\n")).toMatch(
    /the token belongs to "Cloze".*\n\d+ commands are registered\nthe server "NLP 101": every permission.*\nNLP: #.* is open to Cloze/,
  );
  expect(discord.requests.slice(before).filter(({ method }) => method !== "GET")).toEqual([]);
});

test("before setup the commands are missing, with what to run", async () => {
  const { examine } = await start();
  expect(wrong(await examine())).toEqual([
    {
      level: "warning",
      message: expect.stringMatching(/commands are not registered .*npx cloze setup discord/),
    },
  ]);
});

test("a permission that the channel takes away is named with its purpose", async () => {
  const { discord, channel, settings, examine } = await start();
  await setupDiscord(settings, allCommands, () => undefined);
  channel.overwrites.push({
    id: discord.guild.id,
    kind: "role",
    allow: 0n,
    deny: PermissionFlagsBits.AttachFiles,
  });
  const [finding, ...others] = wrong(await examine());
  expect(finding).toMatchObject({
    level: "warning",
    message: expect.stringContaining("Attach Files (to send charts"),
  });
  expect(others).toEqual([]);
});

test("a server without Cloze and a channel that is not there are errors", async () => {
  const { settings, examine } = await start();
  await setupDiscord(settings, allCommands, () => undefined);
  const findings = wrong(
    await examine({
      communities: [{ platform: "discord", id: "42" }],
      channels: [{ platform: "discord", id: "43" }],
    }),
  );
  expect(findings.map(({ level }) => level)).toEqual(["error", "error"]);
  expect(findings[0]!.message).toContain("Cloze is not in the server 42. Invite it by https://discord.com/");
  expect(findings[1]!.message).toContain("can't see the channel 43");
});

test("a wrong token is one error that says where to get another", async () => {
  const { examine } = await start();
  expect(await examine({}, "wrong.token.here12345")).toEqual([
    {
      level: "error",
      message: expect.stringMatching(/does not know the token in DISCORD_TOKEN.*Reset Token/),
    },
  ]);
});
