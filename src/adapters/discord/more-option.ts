import { quoteValue, type ReadableCommand, readCommand } from "../../bot/commands/command-text.ts";
import type { AnyCommand, Choice, OptionSpec } from "../../bot/commands/spec.ts";
import { optionName } from "../../bot/commands/spec.ts";
import { travelsInMore } from "./command-json.ts";
import { LIMITS } from "./limits.ts";

/** What was written in `more`: options by name, or why it can't be read. */
export type MoreRead =
  | { readonly kind: "options"; readonly options: Readonly<Record<string, string>> }
  | { readonly kind: "problem"; readonly message: string };

/** Reads the text option `more`: `typical-p:0.9 stop:"The end"`. */
export function readMore(command: AnyCommand, text: string): MoreRead {
  const advanced = advancedOptions(command);
  const { values, bare, strangers } = readCommand(`/x ${text}`, [readable(advanced)]);
  const names = [...advanced.keys()].join(", ");
  if (strangers.length > 0)
    return problem(
      `There is no option "${strangers[0]}" for more; it takes ${names}. The others have fields of their own.`,
    );
  if (bare !== "")
    return problem(
      `more is written as name:value name:"two words", and "${bare}" belongs to no name. Names: ${names}.`,
    );
  const twice = values.find(({ option }, i) => values.findIndex((other) => other.option === option) < i);
  if (twice) return problem(`${twice.option} is given twice in more; give it once.`);
  return { kind: "options", options: Object.fromEntries(values.map(({ option, value }) => [option, value])) };
}

/** Suggestions while `more` is typed: names not used yet, and the choices of the name that is being given. */
export function suggestMore(command: AnyCommand, typed: string): Choice<string>[] {
  const advanced = advancedOptions(command);
  const [, before = "", word = ""] = /^(.*?)(\S*)$/s.exec(typed) ?? [];
  const used = new Set(readCommand(`/x ${before}`, [readable(advanced)]).values.map(({ option }) => option));
  const [name = "", given] = word.toLowerCase().split(":");
  const spec = advanced.get(name);
  const pieces =
    given !== undefined && spec
      ? valuesOf(spec)
          .filter((value) => value.startsWith(given))
          .map((value) => ({ text: `${name}:${quoteValue(value)}`, note: spec.description }))
      : [...advanced]
          .filter(([option]) => !used.has(option) && option.includes(name))
          .map(([option, { description }]) => ({ text: `${option}:`, note: description }));
  const first = given === undefined || typed === "" ? [] : [{ text: word, note: "" }];
  return [...pieces, ...(pieces.length === 0 ? first : [])]
    .map(({ text, note }) => ({ name: label(before + text, note), value: before + text }))
    .filter(({ value }) => value !== "" && value.length <= LIMITS.choiceText)
    .slice(0, LIMITS.choices);
}

const label = (text: string, note: string): string =>
  (note === "" ? text : `${text} ${note}`).slice(0, LIMITS.choiceText);

const problem = (message: string): MoreRead => ({ kind: "problem", message });

function advancedOptions(command: AnyCommand): Map<string, OptionSpec> {
  return new Map(
    Object.entries(command.options as Record<string, OptionSpec>)
      .filter(([, spec]) => travelsInMore(command, spec))
      .map(([key, spec]) => [optionName(key), spec]),
  );
}

function readable(advanced: ReadonlyMap<string, OptionSpec>): ReadableCommand {
  return { name: "x", options: [...advanced].map(([name, { type }]) => ({ name, type, main: false })) };
}

function valuesOf(spec: OptionSpec): string[] {
  if (spec.type === "boolean") return ["true", "false"];
  return "choices" in spec && spec.choices ? spec.choices.map(({ value }) => String(value)) : [];
}
