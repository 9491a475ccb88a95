import { type ReadCommand, readCommand } from "../../bot/commands/command-text.ts";
import { UserError } from "../../bot/errors.ts";
import type { Account, ChannelRef } from "../../bot/invocation.ts";
import { suggest } from "../../bot/suggest.ts";
import { accountOf, type Member } from "./members.ts";
import type { WireChannel, WireCommand } from "./wire.ts";

/** Whom and what `@` and `#` can mean for the person who types. */
export interface Mentionable {
  readonly members: readonly Member[];
  readonly channels: readonly WireChannel[];
}

/**
 * A typed slash command as name and raw options.
 * @throws {UserError} "option-unknown", "option-twice", "text-unexpected", "person-unknown", "channel-unknown"
 */
export function readTyped(
  text: string,
  commands: readonly WireCommand[],
  mentionable: Mentionable,
): { command: string; options: Record<string, unknown> } {
  const read = readCommand(text, commands);
  if (!read.command) return { command: read.name, options: {} };
  return { command: read.name, options: resolve(read.command, collect(read), mentionable) };
}

/** A form's fields as raw options; empty fields are left out. */
export function readForm(
  command: WireCommand,
  fields: Readonly<Record<string, string>>,
  mentionable: Mentionable,
): Record<string, unknown> {
  return resolve(command, new Map(Object.entries(fields).filter(([, value]) => value !== "")), mentionable);
}

function collect({ command, values, bare, strangers }: ReadCommand<WireCommand>): Map<string, string> {
  const { name, options } = command!;
  const names = options.map((option) => option.name);
  for (const stranger of strangers) {
    const near = suggest(stranger, names);
    if (near === undefined) continue;
    throw new UserError(
      "option-unknown",
      `/${name} has no option "${stranger}". Did you mean ${near}? If it is part of your text, put the text in quotes.`,
      { option: stranger, allowed: names },
    );
  }
  const given = new Map<string, string>();
  const add = (option: string, value: string) => {
    if (given.has(option)) {
      throw new UserError("option-twice", `${option} is given twice; give it once.`, { option });
    }
    given.set(option, value);
  };
  for (const { option, value } of values) add(option, value);
  if (bare === "") return given;
  const main = options.find((option) => option.main);
  if (!main) {
    throw new UserError(
      "text-unexpected",
      `/${name} doesn't know what "${shorten(bare)}" is. ${names.length > 0 ? `Write options as name:value; it has ${names.join(", ")}.` : "It has no options."}`,
      { given: bare, allowed: names },
    );
  }
  add(main.name, bare);
  return given;
}

function resolve(
  { options }: WireCommand,
  given: ReadonlyMap<string, string>,
  { members, channels }: Mentionable,
): Record<string, unknown> {
  const resolved = [...given].map(([name, value]): [string, unknown] => {
    const type = options.find((option) => option.name === name)?.type;
    if (type === "user") return [name, person(name, value, members)];
    if (type === "channel") return [name, channel(name, value, channels)];
    return [name, value];
  });
  return Object.fromEntries(resolved);
}

function person(option: string, given: string, members: readonly Member[]): Account {
  const name = given.replace(/^@/, "");
  const found =
    members.find(({ id }) => id === name) ??
    members.find((member) => member.name.toLowerCase() === name.toLowerCase());
  if (found) return accountOf(found);
  const names = members.map((member) => member.name);
  const near = suggest(name, names);
  throw new UserError(
    "person-unknown",
    `${option} is "${shorten(given)}", and nobody here has that name.${near ? ` Did you mean @${near}?` : " Type @ to choose from the people who joined."}`,
    { option, given },
  );
}

function channel(option: string, given: string, channels: readonly WireChannel[]): ChannelRef {
  const name = given.replace(/^#/, "");
  const found =
    channels.find(({ id }) => id === name) ?? channels.find((candidate) => candidate.name === name);
  if (found) return { platform: "web", id: found.id };
  throw new UserError(
    "channel-unknown",
    `${option} is "${shorten(given)}"; the channels here are ${channels.map((candidate) => `#${candidate.name}`).join(", ")}.`,
    { option, given },
  );
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
