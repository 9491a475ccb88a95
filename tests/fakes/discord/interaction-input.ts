import type { APIApplicationCommand } from "discord-api-types/v10";
import { commandsIn } from "./commands.ts";
import { channelPayload, memberPayload, userPayload } from "./payloads.ts";
import type { ChannelRecord, World } from "./world.ts";

type Json = Record<string, unknown>;
export type Values = Record<string, string | number | boolean>;

/** What Discord's own client would not let a person send: an unknown command, a bad or missing option. */
export class InputRefused extends Error {
  override name = "InputRefused";
}

interface Option extends Json {
  type: number;
  name: string;
  required?: boolean;
  options?: Option[];
  choices?: { name: string; value: string | number }[];
}

export interface Typed {
  command: APIApplicationCommand;
  data: Json;
}

/**
 * Turns what a person types ("/poll close", {id: "a1"}) into the data of an interaction, refusing what the client
 * would refuse. Users, channels and roles are given by name.
 * @param focused The option being completed; then required options may be missing and values are not checked.
 */
export function typeCommand(
  world: World,
  channel: ChannelRecord,
  line: string,
  values: Values,
  focused?: string,
): Typed {
  const [name = "", ...rest] = line.replace(/^\//, "").trim().split(/\s+/);
  const command = registered(world, channel, name, 1);
  const resolved: Json = {};
  const type = focused === undefined ? 2 : 4;
  const build = (options: Option[], words: string[]): Json[] => {
    const containers = options.filter((o) => o.type <= 2);
    if (containers.length > 0) {
      const [word, ...more] = words;
      const chosen = containers.find((o) => o.name === word);
      if (!chosen)
        throw new InputRefused(
          `"${line}" needs one of the subcommands ${containers.map((o) => o.name).join(", ")}.`,
        );
      return [{ type: chosen.type, name: chosen.name, options: build(chosen.options ?? [], more) }];
    }
    if (words.length > 0) throw new InputRefused(`"${line}": there is no subcommand "${words.join(" ")}".`);
    const unknown = Object.keys(values).find((key) => !options.some((o) => o.name === key));
    if (unknown !== undefined)
      throw new InputRefused(
        `"${line}" has no option "${unknown}"; it has ${options.map((o) => o.name).join(", ") || "none"}.`,
      );
    return options.flatMap((option) => {
      const value = values[option.name];
      if (value === undefined) {
        if (option.required && type === 2)
          throw new InputRefused(`"${line}" needs the option "${option.name}".`);
        return [];
      }
      if (option.name === focused)
        return [{ type: option.type, name: option.name, value: String(value), focused: true }];
      return [
        { type: option.type, name: option.name, value: optionValue(world, channel, option, value, resolved) },
      ];
    });
  };
  const options = build((command.options ?? []) as unknown as Option[], rest);
  const data: Json = {
    id: command.id,
    name: command.name,
    type: 1,
    ...(options.length > 0 ? { options } : {}),
    ...(Object.keys(resolved).length > 0 ? { resolved } : {}),
    ...(command.guild_id ? { guild_id: command.guild_id } : {}),
  };
  return { command, data };
}

/** A command a person sees here. @throws {InputRefused} naming those there are. */
export function registered(
  world: World,
  channel: ChannelRecord,
  name: string,
  type: number,
): APIApplicationCommand {
  const guildOnes = channel.guildId === undefined ? [] : commandsIn(world, channel.guildId);
  const context = channel.guildId === undefined ? 1 : 0;
  const globalOnes = commandsIn(world, undefined).filter((c) => !c.contexts || c.contexts.includes(context));
  const here = [...guildOnes, ...globalOnes].filter((c) => c.type === type);
  const found = here.find((c) => c.name === name);
  if (found) return found;
  throw new InputRefused(
    `No command "${name}" is registered here. There are: ${here.map((c) => c.name).join(", ") || "none"}.`,
  );
}

function optionValue(
  world: World,
  channel: ChannelRecord,
  option: Option,
  value: string | number | boolean,
  resolved: Json,
): unknown {
  const wrong = (allowed: string): never => {
    throw new InputRefused(
      `Option "${option.name}" was given ${JSON.stringify(value)}; it takes ${allowed}.`,
    );
  };
  if (option.choices) {
    const choice = option.choices.find((c) => c.value === value || c.name === value);
    return choice ? choice.value : wrong(`one of ${option.choices.map((c) => c.name).join(", ")}`);
  }
  const within = (n: number, low: unknown, high: unknown, what: string): void => {
    if (
      n < ((low as number) ?? Number.NEGATIVE_INFINITY) ||
      n > ((high as number) ?? Number.POSITIVE_INFINITY)
    )
      wrong(`${what} from ${low ?? "any"} to ${high ?? "any"}`);
  };
  switch (option.type) {
    case 3:
      if (typeof value !== "string") return wrong("text");
      within(value.length, option.min_length, option.max_length ?? 6000, "text of a length");
      return value;
    case 4:
      if (!Number.isSafeInteger(value)) return wrong("a whole number");
      within(value as number, option.min_value, option.max_value, "a whole number");
      return value;
    case 10:
      if (typeof value !== "number") return wrong("a number");
      within(value, option.min_value, option.max_value, "a number");
      return value;
    case 5:
      return typeof value === "boolean" ? value : wrong("true or false");
    case 6:
      return resolveUser(world, channel, String(value), resolved) ?? wrong("a member's name");
    case 7:
      return resolveChannel(world, channel, String(value), resolved) ?? wrong("a channel's name");
    default:
      return wrong(`something this server does not imitate (option type ${option.type})`);
  }
}

function resolveUser(world: World, channel: ChannelRecord, name: string, resolved: Json): string | undefined {
  const user = [...world.users.values()].find((u) => u.name === name);
  if (!user) return undefined;
  resolved.users = { ...(resolved.users as Json), [user.id]: userPayload(user) };
  const guild = channel.guildId === undefined ? undefined : world.guilds.get(channel.guildId);
  if (guild?.members.has(user.id))
    resolved.members = {
      ...(resolved.members as Json),
      [user.id]: memberPayload(world, guild, user.id, { user: false, permissions: 0n }),
    };
  return user.id;
}

function resolveChannel(
  world: World,
  channel: ChannelRecord,
  name: string,
  resolved: Json,
): string | undefined {
  const found = [...world.channels.values()].find((c) => c.guildId === channel.guildId && c.name === name);
  if (!found) return undefined;
  resolved.channels = {
    ...(resolved.channels as Json),
    [found.id]: { ...channelPayload(world, found), permissions: "0" },
  };
  return found.id;
}
