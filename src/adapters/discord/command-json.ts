import {
  ApplicationCommandType,
  ChannelType,
  InteractionContextType,
  type RESTPostAPIApplicationCommandsJSONBody,
  ApplicationCommandOptionType as Type,
} from "discord.js";
import type { AnyCommand, OptionSpec } from "../../bot/commands/spec.ts";
import { optionName } from "../../bot/commands/spec.ts";
import { LIMITS } from "./limits.ts";

/** An option as Discord's JSON has it; the fields present depend on the type. */
export interface OptionJson {
  type: Type;
  name: string;
  description: string;
  required?: boolean;
  choices?: { name: string; value: string | number }[];
  min_value?: number;
  max_value?: number;
  min_length?: number;
  max_length?: number;
  autocomplete?: boolean;
  channel_types?: number[];
  options?: OptionJson[];
}

/** A command as Discord's JSON has it, where it is registered for everybody ("global"). */
export interface CommandJson {
  type: ApplicationCommandType;
  name: string;
  description: string;
  options?: OptionJson[];
  contexts: InteractionContextType[];
}

/** The text option in which advanced options travel. */
export const MORE = "more";

/**
 * The commands as Discord's JSON. "review schedule" becomes the subcommand `schedule` of `review`; a command with
 * a context menu label becomes a message command too. Commands that Discord can't offer are left out.
 * @throws {RangeError} when a command does not fit Discord's limits, naming it: a mistake in its spec.
 */
export function commandsJson(commands: Iterable<AnyCommand>): RESTPostAPIApplicationCommandsJSONBody[] {
  const offered = [...commands].filter((command) => command.unavailable?.discord === undefined);
  const byBase = Map.groupBy(offered, ({ name }) => name.split(" ")[0]!);
  const slash = [...byBase].map(([base, members]) => slashCommand(base, members));
  const menus = offered.flatMap(({ contextMenu }): CommandJson[] =>
    contextMenu === undefined
      ? []
      : [{ type: ApplicationCommandType.Message, name: contextMenu, description: "", contexts: everywhere }],
  );
  for (const command of slash) checkTotal(command);
  return [...slash, ...menus] as RESTPostAPIApplicationCommandsJSONBody[];
}

/** Whether an option of this command travels in `more`. */
export function travelsInMore(command: AnyCommand, spec: OptionSpec): boolean {
  return spec.advanced === true && Object.keys(command.options).length > LIMITS.options;
}

const everywhere = [InteractionContextType.Guild, InteractionContextType.BotDM];

function slashCommand(base: string, members: readonly AnyCommand[]): CommandJson {
  const own = members.find(({ name }) => name === base);
  if (own && members.length > 1)
    throw new RangeError(`Discord can't offer "/${base}" beside subcommands of it: ${names(members)}.`);
  const common = { type: ApplicationCommandType.ChatInput, name: base, contexts: everywhere };
  if (own) return { ...common, description: own.description, options: optionsJson(own) };
  const options = members.map((member) => ({
    type: Type.Subcommand,
    name: member.name.slice(base.length + 1),
    description: member.description,
    options: optionsJson(member),
  }));
  return {
    ...common,
    description: `${base}: ${options.map(({ name }) => name).join(", ")}`.slice(0, 100),
    options,
  };
}

const names = (commands: readonly AnyCommand[]): string => commands.map(({ name }) => name).join(", ");

function optionsJson(command: AnyCommand): OptionJson[] {
  const all = Object.entries(command.options as Record<string, OptionSpec>);
  const shown = all.filter(([, spec]) => !travelsInMore(command, spec));
  const required = shown.filter(([, spec]) => spec.required);
  const optional = shown.filter(([, spec]) => !spec.required);
  const options = [...required, ...optional].map(([key, spec]) => optionJson(optionName(key), spec));
  if (shown.length < all.length) options.push(moreJson(all.length - shown.length));
  if (options.length <= LIMITS.options) return options;
  throw new RangeError(
    `/${command.name} has ${options.length} options that are not marked as advanced; Discord takes ${LIMITS.options}.`,
  );
}

function moreJson(count: number): OptionJson {
  return {
    type: Type.String,
    name: MORE,
    description: `${count} rarer options, as name:value name:"two words"`,
    autocomplete: true,
  };
}

function optionJson(name: string, spec: OptionSpec): OptionJson {
  const { description } = spec;
  const common = { name, description, ...(spec.required ? { required: true } : {}) };
  switch (spec.type) {
    case "string":
      return {
        type: Type.String,
        ...common,
        ...(spec.choices ? { choices: choices(spec.choices) } : {}),
        ...(spec.autocomplete && !spec.choices ? { autocomplete: true } : {}),
        ...(spec.minLength === undefined ? {} : { min_length: spec.minLength }),
        ...(spec.maxLength === undefined
          ? {}
          : { max_length: Math.min(spec.maxLength, LIMITS.stringLength) }),
      };
    case "integer":
    case "number":
      return {
        type: spec.type === "integer" ? Type.Integer : Type.Number,
        ...common,
        ...(spec.choices ? { choices: choices(spec.choices) } : {}),
        ...(spec.min === undefined ? {} : { min_value: spec.min }),
        ...(spec.max === undefined ? {} : { max_value: spec.max }),
      };
    case "boolean":
      return { type: Type.Boolean, ...common };
    case "user":
      return { type: Type.User, ...common };
    case "channel":
      return {
        type: Type.Channel,
        ...common,
        channel_types: [ChannelType.GuildText, ChannelType.GuildAnnouncement],
      };
  }
}

const choices = <T extends string | number>(all: readonly { name: string; value: T }[]) =>
  all.map(({ name, value }) => ({ name: name.slice(0, LIMITS.choiceText), value }));

/** Discord adds up names, descriptions and values of a command, its options and their choices. */
function checkTotal(command: CommandJson): void {
  const total = totalLength(command);
  if (total <= LIMITS.commandTotal) return;
  throw new RangeError(
    `/${command.name} has ${total} characters in names, descriptions and choices; Discord takes ${LIMITS.commandTotal}.`,
  );
}

function totalLength(node: {
  name: string;
  description?: string;
  value?: string | number;
  options?: OptionJson[];
  choices?: { name: string; value: string | number }[];
}): number {
  const own = node.name.length + (node.description?.length ?? 0) + String(node.value ?? "").length;
  return [...(node.options ?? []), ...(node.choices ?? [])].reduce(
    (sum, child) => sum + totalLength(child),
    own,
  );
}
