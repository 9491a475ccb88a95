import { describe, expect, test } from "vitest";
import type { FakeDiscord } from "../../fakes/discord/fake-discord.ts";
import { request } from "../../fakes/discord/raw.ts";
import { long, loopbackDiscord, realClient } from "./setup.ts";

const option = (name: string, rest: object = {}) => ({ type: 3, name, description: "d", ...rest });
const command = (rest: object = {}) => ({ name: "poll", description: "d", ...rest });
const many = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));
const path = (discord: FakeDiscord) =>
  `/applications/${discord.applicationId}/guilds/${discord.guild.id}/commands`;
const choices = (n: number) => many(n, (i) => ({ name: `c${i}`, value: `c${i}` }));

describe("command JSON", () => {
  test.each<[rule: string, body: object, badField: string]>([
    ["a name with capitals", command({ name: "Poll" }), "name"],
    ["a name with a space", command({ name: "a poll" }), "name"],
    ["a name over 32 characters", command({ name: long(33) }), "name"],
    ["no description", { name: "poll" }, "description"],
    ["a description over 100 characters", command({ description: long(101) }), "description"],
    ["more than 25 options", command({ options: many(26, (i) => option(`o${i}`)) }), "options"],
    ["two options with one name", command({ options: [option("a"), option("a")] }), "options.1.name"],
    [
      "a required option after an optional one",
      command({ options: [option("a"), option("b", { required: true })] }),
      "options.1",
    ],
    ["an unknown option type", command({ options: [option("a", { type: 12 })] }), "options.0.type"],
    [
      "more than 25 choices",
      command({ options: [option("a", { choices: choices(26) })] }),
      "options.0.choices",
    ],
    [
      "a choice of the wrong type",
      command({ options: [option("a", { type: 4, choices: [{ name: "x", value: "x" }] })] }),
      "options.0.choices.0.value",
    ],
    [
      "a choice name over 100 characters",
      command({ options: [option("a", { choices: [{ name: long(101), value: "x" }] })] }),
      "options.0.choices.0.name",
    ],
    [
      "autocompletion beside choices",
      command({ options: [option("a", { autocomplete: true, choices: choices(1) })] }),
      "options.0.autocomplete",
    ],
    [
      "autocompletion of a boolean",
      command({ options: [option("a", { type: 5, autocomplete: true })] }),
      "options.0.autocomplete",
    ],
    ["a range on text", command({ options: [option("a", { min_value: 1 })] }), "options.0.min_value"],
    [
      "a broken bound on a whole number",
      command({ options: [option("a", { type: 4, max_value: 1.5 })] }),
      "options.0.max_value",
    ],
    [
      "a text length over 6,000",
      command({ options: [option("a", { max_length: 6001 })] }),
      "options.0.max_length",
    ],
    [
      "a subcommand beside a parameter",
      command({ options: [option("a", { type: 1 }), option("b")] }),
      "options",
    ],
    [
      "a group inside a subcommand",
      command({ options: [option("a", { type: 1, options: [option("b", { type: 2 })] })] }),
      "options.0.options.0.type",
    ],
    ["options on a message command", { type: 3, name: "Quiz me", options: [option("a")] }, "options"],
    ["a description on a message command", { type: 3, name: "Quiz me", description: "d" }, "description"],
    ["contexts on a guild command", command({ contexts: [0] }), "contexts"],
    [
      "permissions that are no number",
      command({ default_member_permissions: "x" }),
      "default_member_permissions",
    ],
  ])("refuses %s with 50035 at the field", async (_, body, badField) => {
    const { discord } = await loopbackDiscord();
    const answer = await request(discord, "POST", path(discord), body);
    expect(answer).toMatchObject({ status: 400, body: { code: 50035 }, badFields: [badField] });
    expect(discord.commands()).toEqual([]);
  });

  test("refuses a command of more than 8,000 characters in all", async () => {
    const { discord } = await loopbackDiscord();
    const options = many(4, (i) =>
      option(`o${i}`, {
        choices: many(25, (k) => ({ name: `${k}`.padEnd(50, "n"), value: `${k}`.padEnd(50, "v") })),
      }),
    );
    const answer = await request(discord, "POST", path(discord), command({ options }));
    expect(answer).toMatchObject({ status: 400, badFields: [""] });
    expect(answer.body.errors._errors[0].code).toBe("APPLICATION_COMMAND_TOO_LARGE");
  });

  test("names the index of a bad command in a bulk overwrite", async () => {
    const { discord } = await loopbackDiscord();
    const answer = await request(discord, "PUT", path(discord), [command(), command({ name: "BAD" })]);
    expect(answer.badFields).toEqual(["1.name"]);
  });

  test("refuses one name twice in a bulk overwrite", async () => {
    const { discord } = await loopbackDiscord();
    const answer = await request(discord, "PUT", path(discord), [command(), command()]);
    expect(answer).toMatchObject({ status: 400, badFields: ["1"] });
  });
});

describe("registration", () => {
  test("gives back what it adds and leaves out, so that text comparison would see changes", async () => {
    const { discord } = await loopbackDiscord();
    const client = await realClient(discord);
    const sent = command({ options: [{ required: false, ...option("a") }] });
    await client.application.commands.create(sent as never, discord.guild.id);
    const [stored] = discord.commands();
    expect(JSON.stringify(stored)).not.toContain('"required"');
    expect(stored).toMatchObject({ nsfw: false, default_member_permissions: null });
  });

  test("overwrites a command of the same name and keeps its id", async () => {
    const { discord } = await loopbackDiscord();
    const first = await request(discord, "POST", path(discord), command());
    const second = await request(discord, "POST", path(discord), command({ description: "new" }));
    expect(second.body.id).toBe(first.body.id);
    expect(discord.commands().map((c) => c.description)).toEqual(["new"]);
  });

  test("a bulk overwrite deletes what it leaves out", async () => {
    const { discord } = await loopbackDiscord();
    await request(discord, "POST", path(discord), command());
    await request(discord, "PUT", path(discord), [command({ name: "other" })]);
    expect(discord.commands().map((c) => c.name)).toEqual(["other"]);
  });

  test("refuses a 101st slash command and a 16th message command with 30032", async () => {
    const { discord } = await loopbackDiscord();
    await request(discord, "PUT", path(discord), [
      ...many(100, (i) => command({ name: `c${i}` })),
      ...many(15, (i) => ({ type: 3, name: `M ${i}` })),
    ]);
    expect(discord.commands()).toHaveLength(115);
    for (const body of [command({ name: "more" }), { type: 3, name: "More" }])
      expect(await request(discord, "POST", path(discord), body)).toMatchObject({ body: { code: 30032 } });
  });

  test("refuses the 201st creation of a day with 30034, and allows it the day after", async () => {
    const { discord, clock } = await loopbackDiscord();
    for (const batch of ["a", "b"])
      await request(
        discord,
        "PUT",
        path(discord),
        many(100, (i) => command({ name: `${batch}${i}` })),
      );
    await request(discord, "PUT", path(discord), []);
    expect(await request(discord, "POST", path(discord), command())).toMatchObject({ body: { code: 30034 } });
    await clock.advance(86_400_000);
    expect((await request(discord, "POST", path(discord), command())).status).toBe(200);
  });

  test("refuses another application's commands with 20012", async () => {
    const { discord } = await loopbackDiscord();
    const answer = await request(discord, "GET", "/applications/1/commands");
    expect(answer).toMatchObject({ status: 403, body: { code: 20012 } });
  });

  test("refuses to change an unknown command with 10063", async () => {
    const { discord } = await loopbackDiscord();
    const answer = await request(discord, "PATCH", `${path(discord)}/1`, { description: "x" });
    expect(answer).toMatchObject({ status: 404, body: { code: 10063 } });
  });

  test("keeps guild commands out of direct messages and global ones in", async () => {
    const { discord } = await loopbackDiscord();
    await request(discord, "POST", path(discord), command());
    await request(
      discord,
      "POST",
      `/applications/${discord.applicationId}/commands`,
      command({ name: "help" }),
    );
    const ada = discord.directMessages("ada").user("ada");
    expect(() => ada.command("/poll")).toThrow('No command "poll" is registered here. There are: help.');
    expect(ada.command("/help").interaction.label).toBe("/help");
  });
});

describe("what Discord's own client refuses before the bot hears of it", () => {
  const options = [
    option("text", { required: true, max_length: 5 }),
    option("beams", { type: 4, min_value: 1, max_value: 8 }),
    option("method", { choices: choices(2) }),
    option("who", { type: 6 }),
  ];
  test.each<[rule: string, values: Record<string, string | number | boolean>, message: string]>([
    ["a missing required option", {}, 'needs the option "text"'],
    ["an unknown option", { text: "a", no: 1 }, 'has no option "no"'],
    ["text that is too long", { text: "abcdef" }, "text of a length from any to 5"],
    ["a broken number for a whole one", { text: "a", beams: 1.5 }, "takes a whole number"],
    ["a number out of range", { text: "a", beams: 9 }, "a whole number from 1 to 8"],
    ["a value that is no choice", { text: "a", method: "c9" }, "one of c0, c1"],
    ["an unknown member", { text: "a", who: "nobody" }, "a member's name"],
  ])("refuses %s", async (_, values, message) => {
    const { discord } = await loopbackDiscord();
    await request(discord, "POST", path(discord), command({ options }));
    expect(() => discord.channel("general").user("ada").command("/poll", values)).toThrow(message);
  });

  test("refuses a base command that has subcommands", async () => {
    const { discord } = await loopbackDiscord();
    const sub = { type: 1, name: "close", description: "d" };
    await request(discord, "POST", path(discord), command({ options: [sub] }));
    const ada = discord.channel("general").user("ada");
    expect(() => ada.command("/poll")).toThrow("needs one of the subcommands close");
    expect(ada.command("/poll close").interaction.data).toMatchObject({
      options: [{ name: "close", type: 1 }],
    });
  });
});
