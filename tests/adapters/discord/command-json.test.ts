import { describe, expect, test } from "vitest";
import { commandsJson } from "../../../src/adapters/discord/command-json.ts";
import { allCommands } from "../../../src/bot/commands/all-commands.ts";
import { type AnyCommand, defineCommand, type OptionSpecs } from "../../../src/bot/commands/spec.ts";
import { FakeDiscord } from "../../fakes/discord/fake-discord.ts";
import { request } from "../../fakes/discord/raw.ts";
import { afterwards } from "./discord-bot.ts";

const command = (name: string, options: OptionSpecs = {}, rest: Partial<AnyCommand> = {}): AnyCommand =>
  defineCommand({
    name,
    description: `does ${name}`,
    options,
    examples: [],
    ack: "instant",
    visibility: "channel",
    async *run() {},
    ...rest,
  });
const many = (count: number, advanced: boolean): OptionSpecs =>
  Object.fromEntries(
    Array.from({ length: count }, (_, i) => [
      `o${advanced ? "a" : ""}${i}`,
      { type: "string", description: "d", advanced },
    ]),
  );
const json = (...commands: AnyCommand[]) => commandsJson(commands) as unknown as Record<string, unknown>[];

test("Discord takes every command there is", async () => {
  const discord = await FakeDiscord.start();
  afterwards(() => discord.close());
  const path = `/applications/${discord.applicationId}/commands`;
  const answer = await request(discord, "PUT", path, commandsJson(allCommands));
  expect(answer).toMatchObject({ status: 200 });
  expect(answer.body.length).toBeGreaterThan(0);
});

describe("options", () => {
  test("bring their type, range, choices and completion, required ones first", () => {
    const [made] = json(
      command("write", {
        topP: { type: "number", min: 0, max: 1, aboveMin: true, description: "mass" },
        beams: { type: "integer", min: 1, max: 8, description: "beams" },
        method: { type: "string", choices: [{ name: "greedy", value: "g" }], description: "how" },
        model: { type: "string", autocomplete: async () => [], description: "which" },
        trace: { type: "boolean", description: "steps" },
        partner: { type: "user", description: "who" },
        where: { type: "channel", description: "where" },
        prompt: { type: "string", required: true, maxLength: 9_000, description: "text" },
      }),
    );
    expect(made?.options).toEqual([
      { type: 3, name: "prompt", description: "text", required: true, max_length: 6_000 },
      { type: 10, name: "top-p", description: "mass", min_value: 0, max_value: 1 },
      { type: 4, name: "beams", description: "beams", min_value: 1, max_value: 8 },
      { type: 3, name: "method", description: "how", choices: [{ name: "greedy", value: "g" }] },
      { type: 3, name: "model", description: "which", autocomplete: true },
      { type: 5, name: "trace", description: "steps" },
      { type: 6, name: "partner", description: "who" },
      { type: 7, name: "where", description: "where", channel_types: [0, 5] },
    ]);
  });

  test("up to 25 all have fields of their own, advanced ones too", () => {
    const [made] = json(command("write", { ...many(20, false), ...many(5, true) }));
    expect(made?.options).toHaveLength(25);
    expect(JSON.stringify(made)).not.toContain('"more"');
  });

  test("beyond 25, the advanced ones travel in more", () => {
    const [made] = json(command("write", { ...many(24, false), ...many(6, true) }));
    const options = made?.options as { name: string; description: string }[];
    expect(options).toHaveLength(25);
    expect(options.at(-1)).toMatchObject({ name: "more", autocomplete: true });
    expect(options.at(-1)!.description).toContain("6 rarer options");
  });

  test("beyond 25 that are not advanced, the command is named as a mistake", () => {
    expect(() => json(command("write", many(26, false)))).toThrow(
      "/write has 26 options that are not marked as advanced; Discord takes 25.",
    );
  });

  test("more than 8,000 characters in all are named as a mistake", () => {
    const choices = Array.from({ length: 25 }, (_, i) => ({
      name: `${i}`.padEnd(90, "n"),
      value: `${i}`.padEnd(90, "v"),
    }));
    const options = {
      a: { type: "string", choices, description: "d" },
      b: { type: "string", choices, description: "d" },
    } as const;
    expect(() => json(command("write", options))).toThrow(
      /\/write has \d+ characters .* Discord takes 8000\./,
    );
  });
});

describe("names", () => {
  test("a second word makes a subcommand", () => {
    const [made] = json(command("review schedule"), command("review today"));
    expect(made).toMatchObject({
      name: "review",
      description: "review: schedule, today",
      options: [
        { type: 1, name: "schedule", description: "does review schedule" },
        { type: 1, name: "today" },
      ],
    });
  });

  test("a base command beside its own subcommands is named as a mistake", () => {
    expect(() => json(command("review"), command("review today"))).toThrow(
      `Discord can't offer "/review" beside subcommands of it: review, review today.`,
    );
  });

  test("a context menu label makes a message command as well", () => {
    const made = json(command("quiz", {}, { contextMenu: "Quiz me on this message" }));
    expect(made.map(({ type, name, description }) => [type, name, description])).toEqual([
      [1, "quiz", "does quiz"],
      [3, "Quiz me on this message", ""],
    ]);
  });

  test("a command that Discord can't offer is left out", () => {
    expect(
      json(command("here", {}, { unavailable: { discord: "It needs a page." } }), command("there")),
    ).toHaveLength(1);
  });
});
