import { type ReadableCommand, readCommand } from "../../bot/commands/command-text.ts";
import { type AnyCommand, type OptionSpec, optionName } from "../../bot/commands/spec.ts";
import { UserError } from "../../bot/errors.ts";
import { suggest } from "../../bot/suggest.ts";
import { type Mention, readTypedText } from "./typed-text.ts";

/** What somebody typed after a slash command. */
export interface ReadText {
  readonly command: AnyCommand;
  /** By kebab-case name; people and channels as mentions. */
  readonly options: Readonly<Record<string, string | Mention>>;
  /** Nothing was typed. */
  readonly empty: boolean;
}

/**
 * Reads the text of a slash command: `prompt:"The nice woman" strategy:beam`, or bare text as the main option.
 * @param slash As typed, with the slash.
 * @param candidates The commands behind it: one, or several with subcommands.
 * @throws {UserError} "subcommand-needed", "option-unknown", "option-twice", "option-invalid",
 *   "text-unexpected"
 */
export function readCommandText(slash: string, candidates: readonly AnyCommand[], sent: string): ReadText {
  const { text, mentions } = readTypedText(sent);
  const [command, rest] = chooseCommand(slash, candidates, text.trim());
  // The name was dealt with; the reader gets the options alone.
  const readable = { name: "c", options: readableOptions(command) };
  const read = readCommand(`/c ${rest}`, [readable]);
  const name = `${slash}${command.name.slice(firstWord(command).length)}`;
  refuseStrangers(name, readable, read.strangers);
  const options: Record<string, string | Mention> = {};
  const add = (option: string, value: string) => {
    if (option in options) {
      throw new UserError("option-twice", `${option} is given twice; give it once.`, { option });
    }
    options[option] = withMentions(command, option, value, mentions);
  };
  for (const { option, value } of read.values) add(option, value);
  if (read.bare !== "") {
    const main = readable.options.find((option) => option.main);
    if (!main) throw unexpected(name, read.bare, readable);
    add(main.name, read.bare);
  }
  return { command, options, empty: rest === "" };
}

function firstWord(command: AnyCommand): string {
  return command.name.split(" ", 1)[0]!;
}

function chooseCommand(slash: string, candidates: readonly AnyCommand[], text: string): [AnyCommand, string] {
  const [plain] = candidates.filter(({ name }) => !name.includes(" "));
  const [word = ""] = text.toLowerCase().split(/\s/, 1);
  const sub = candidates.find(({ name }) => name.split(" ").slice(1).join(" ") === word);
  if (sub && word !== "") return [sub, text.slice(word.length).trim()];
  if (plain) return [plain, text];
  const allowed = candidates.map(({ name }) => name.split(" ").slice(1).join(" "));
  const near = suggest(word, allowed);
  throw new UserError(
    "subcommand-needed",
    `${slash} needs one of these after it: ${allowed.join(", ")}.${near && word ? ` Did you mean ${slash} ${near}?` : ""}`,
    { given: word, allowed },
  );
}

function readableOptions(command: AnyCommand) {
  return Object.entries<OptionSpec>(command.options).map(([key, option]) => ({
    name: optionName(key),
    type: option.type,
    main: option.type === "string" && option.main === true,
    ...(option.type === "string" && option.choices && { choices: option.choices }),
  }));
}

/** Words before a colon that are nearly an option: a typing error would else become part of the prompt. */
function refuseStrangers(name: string, { options }: ReadableCommand, strangers: readonly string[]): void {
  const names = options.map((option) => option.name);
  for (const stranger of strangers) {
    const near = suggest(stranger, names);
    if (near === undefined) continue;
    throw new UserError(
      "option-unknown",
      `${name} has no option "${stranger}". Did you mean ${near}? If it is part of your text, put the text in quotes.`,
      { option: stranger, allowed: names },
    );
  }
}

function unexpected(name: string, given: string, { options }: ReadableCommand): UserError {
  const names = options.map((option) => option.name);
  const shown = given.length > 60 ? `${given.slice(0, 60)}…` : given;
  const what =
    names.length > 0 ? `Write options as name:value; it has ${names.join(", ")}.` : "It has no options.";
  return new UserError("text-unexpected", `${name} doesn't know what "${shown}" is. ${what}`, {
    given,
    allowed: names,
  });
}

function withMentions(
  command: AnyCommand,
  option: string,
  value: string,
  mentions: ReadonlyMap<string, Mention>,
): string | Mention {
  const key = Object.keys(command.options).find((each) => optionName(each) === option)!;
  const { type } = (command.options as Record<string, OptionSpec>)[key]!;
  if (type !== "user" && type !== "channel") return value;
  const mention = mentions.get(value.trim());
  if (mention?.kind === type) return mention;
  const how = type === "user" ? "a person, chosen with @" : "a channel, chosen with #";
  throw new UserError("option-invalid", `${option} is "${value}"; it must be ${how}.`, {
    option,
    given: value,
  });
}
