import { isCommand, quoteValue, type ReadCommand, readCommand } from "../../../bot/commands/command-text.ts";
import type { WireCommand, WireOption } from "../wire.ts";

/** One line of the list above the composer. */
export interface Completion {
  readonly label: string;
  readonly detail: string;
  /** Replaces the text between `from` and `to`. */
  readonly insert: string;
  readonly from: number;
  readonly to: number;
}

export interface Help {
  readonly items: readonly Completion[];
  /** The first item is chosen already: Enter completes. Otherwise Enter sends. */
  readonly eager: boolean;
  /** What the text under the cursor means. */
  readonly command?: WireCommand;
  readonly option?: WireOption;
  /** Options that can still be added. */
  readonly unused: readonly WireOption[];
  /** Values are to be asked from the server; they replace `from` to `to`. */
  readonly ask?: {
    readonly command: string;
    readonly option: string;
    readonly typed: string;
    readonly from: number;
    readonly to: number;
  };
}

const NOTHING: Help = { items: [], eager: false, unused: [] };
const MOST = 50;

/** What can be offered for a text with the cursor at `caret`. */
export function helpFor(text: string, caret: number, commands: readonly WireCommand[]): Help {
  if (!isCommand(text)) return NOTHING;
  const read = readCommand(text, commands);
  if (!read.command || caret < read.rest || (caret === read.rest && text.length === read.rest)) {
    return commandHelp(text, caret, commands, read.command);
  }
  const { command } = read;
  const given = new Set(read.values.map(({ option }) => option));
  const main = command.options.find((option) => option.main);
  if (main && read.bare !== "") given.add(main.name);
  const unused = command.options.filter(({ name }) => !given.has(name));
  const value = read.values.find(({ valueStart, end }) => caret >= valueStart && caret <= end);
  if (value) {
    const option = command.options.find(({ name }) => name === value.option)!;
    const from = value.start + value.option.length + 1;
    const typed = text.slice(value.valueStart, Math.min(caret, value.end)).replace(/["”“»]$/, "");
    return { ...valueHelp(command, option, typed, from, value.end), command, option, unused };
  }
  const items = optionItems(text, caret, unused, read);
  return { items, eager: false, command, unused, ...(main && { option: main }) };
}

function commandHelp(
  text: string,
  caret: number,
  commands: readonly WireCommand[],
  exact: WireCommand | undefined,
): Help {
  const typed = text.slice(1, Math.max(1, caret)).toLowerCase();
  const to = exact ? exact.name.length + 1 : text.length;
  const starting = commands.filter(({ name }) => name.startsWith(typed));
  const within = commands.filter(({ name }) => !name.startsWith(typed) && name.includes(typed));
  const items = [...starting, ...within].slice(0, MOST).map(
    ({ name, description }): Completion => ({
      label: `/${name}`,
      detail: description,
      insert: `/${name} `,
      from: 0,
      to,
    }),
  );
  const unused = exact?.options ?? [];
  return { items, eager: !exact && items.length > 0, unused, ...(exact && { command: exact }) };
}

function valueHelp(
  command: WireCommand,
  option: WireOption,
  typed: string,
  from: number,
  to: number,
): Pick<Help, "items" | "eager" | "ask"> {
  const choices =
    option.type === "boolean"
      ? [
          { name: "true", value: "true" },
          { name: "false", value: "false" },
        ]
      : option.choices;
  if (choices) {
    const begin = typed.toLowerCase();
    const exact = choices.some(({ value }) => String(value) === typed);
    const items = choices
      .filter(({ name, value }) => `${value} ${name}`.toLowerCase().includes(begin))
      .map(({ name, value }) => valueItem(name, String(value), from, to));
    return { items: exact ? [] : items, eager: begin !== "" && !exact };
  }
  if (option.suggests || option.type === "user" || option.type === "channel") {
    return { items: [], eager: false, ask: { command: command.name, option: option.name, typed, from, to } };
  }
  return { items: [], eager: false };
}

/** A value to choose: shown by its name, inserted as people would type it. */
export function valueItem(name: string, value: string, from: number, to: number): Completion {
  return {
    label: value,
    detail: name === value ? "" : name.replace(`${value}: `, ""),
    insert: `${quoteValue(value)} `,
    from,
    to,
  };
}

function optionItems(
  text: string,
  caret: number,
  unused: readonly WireOption[],
  { rest }: ReadCommand<WireCommand>,
): Completion[] {
  const word = /(?<=\s)[a-z][a-z0-9-]+$/i.exec(text.slice(rest, caret))?.[0].toLowerCase();
  if (word === undefined) return [];
  return unused
    .filter(({ name }) => name.startsWith(word))
    .map((option) => ({
      label: `${option.name}:`,
      detail: option.description,
      insert: `${option.name}:`,
      from: caret - word.length,
      to: caret,
    }));
}

/** Adds `name:` at the end of a text, where the option's value is then typed. */
export function withOption(text: string, option: WireOption): string {
  return `${text.trimEnd()} ${option.name}:`;
}
