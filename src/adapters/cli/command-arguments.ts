import type { AnyCommand, OptionSpec } from "../../bot/commands/spec.ts";
import { optionName } from "../../bot/commands/spec.ts";
import { UserError } from "../../bot/errors.ts";
import { suggest } from "../../bot/suggest.ts";

/** A command as it was written on the command line. */
export interface CommandArguments {
  /** By kebab-case name, as text (booleans as themselves). */
  readonly options: Readonly<Record<string, string | boolean>>;
  /** Print the data of the result as one JSON object. */
  readonly json: boolean;
  readonly help: boolean;
  /** Where pictures and files of the result are written. */
  readonly save?: string;
}

/** What every command understands beside its own options. */
export const GENERAL_OPTIONS = [
  { written: "--json", description: "Print the result's data as one JSON object" },
  { written: "--save DIRECTORY", description: "Write the result's pictures and files there" },
  { written: "--help", description: "Print this" },
] as const;

/**
 * The command that the first words name, the longest name first ("review schedule" before "review").
 * @returns Undefined when there is none; `rest` are the arguments after the name.
 */
export function findCommand(
  words: readonly string[],
  commands: ReadonlyMap<string, AnyCommand>,
): { command: AnyCommand; rest: readonly string[] } | undefined {
  for (const length of [2, 1]) {
    const command = commands.get(words.slice(0, length).join(" "));
    if (command && words.length >= length) return { command, rest: words.slice(length) };
  }
  return undefined;
}

/**
 * Reads `"The nice woman" --strategy beam --num-beams=4 --trace`. Bare words are the main option's text, but for "true" and
 * "false" right after a switch, which are its value; after `--` every word is bare. Where no option is the main one and
 * several texts are needed, as `similarity "A cat" "A dog"` has them, they are taken in order.
 * @throws {UserError} "option-unknown", "option-missing", "option-invalid", "option-twice", "text-unexpected"
 */
export function readArguments(command: AnyCommand, words: readonly string[]): CommandArguments {
  const specs = new Map(
    Object.entries<OptionSpec>(command.options).map(([key, spec]) => [optionName(key), spec]),
  );
  const options = new Map<string, string | boolean>();
  const general = new Map<string, string | boolean>();
  const bare: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (word === "--") {
      bare.push(...words.slice(i + 1));
      break;
    }
    if (!/^-[-a-z]/i.test(word)) {
      bare.push(word);
      continue;
    }
    const [name, attached] = split(word);
    const next = words[i + 1];
    const target = specs.has(name) || specs.has(name.replace(/^no-/, "")) ? options : general;
    const spec = specs.get(name);
    if (spec?.type === "boolean") {
      // In chat it is written whole:true, so people write "--whole true" here.
      const isNext = attached === undefined && /^(true|false)$/.test(next ?? "");
      add(target, name, attached ?? (isNext ? next! : true));
      if (isNext) i += 1;
    } else if (name === "json" || name === "help") {
      add(target, name, attached ?? true);
    } else if (specs.get(name.replace(/^no-/, ""))?.type === "boolean" && attached === undefined) {
      add(options, name.slice(3), false);
    } else if (spec || name === "save") {
      if (attached === undefined && (next === undefined || startsOption(next, spec))) {
        throw new UserError(
          "option-missing",
          `--${name} needs a value after it${spec ? `: ${spec.description}` : ""}.`,
          {
            option: name,
          },
        );
      }
      add(target, name, attached ?? next!);
      if (attached === undefined) i += 1;
    } else {
      throw unknownOption(name, [...specs.keys(), "json", "save", "help"]);
    }
  }
  addBare(command, specs, options, bare);
  const save = general.get("save");
  return {
    options: Object.fromEntries(options),
    json: flag(general, "json"),
    help: flag(general, "help"),
    ...(typeof save === "string" ? { save } : {}),
  };
}

function split(word: string): [name: string, attached: string | undefined] {
  if (word === "-h") return ["help", undefined];
  const text = word.replace(/^--?/, "");
  const equals = text.indexOf("=");
  return equals < 0 ? [text, undefined] : [text.slice(0, equals), text.slice(equals + 1)];
}

/** A negative number after a number's name is its value; a dash before letters begins an option. */
function startsOption(word: string, spec: OptionSpec | undefined): boolean {
  if (spec?.type === "string" || spec === undefined) return word.startsWith("--");
  return /^-[-a-z]/i.test(word);
}

function add(to: Map<string, string | boolean>, name: string, value: string | boolean): void {
  if (to.has(name)) {
    throw new UserError("option-twice", `--${name} is given twice; give it once.`, { option: name });
  }
  to.set(name, value);
}

function flag(general: ReadonlyMap<string, string | boolean>, name: string): boolean {
  const value = general.get(name);
  if (typeof value === "string") {
    throw new UserError("option-invalid", `--${name} takes no value; it came with "${value}".`, {
      option: name,
    });
  }
  return value ?? false;
}

function addBare(
  command: AnyCommand,
  specs: ReadonlyMap<string, OptionSpec>,
  options: Map<string, string | boolean>,
  bare: readonly string[],
): void {
  if (bare.length === 0) return;
  const [main, spec] =
    [...specs].find(([, candidate]) => candidate.type === "string" && candidate.main) ?? [];
  if (main === undefined || spec?.type !== "string") {
    const needed = [...specs].filter(
      ([name, { type, required }]) => type === "string" && required && !options.has(name),
    );
    if (needed.length === bare.length) {
      for (const [index, [name]] of needed.entries()) add(options, name, bare[index]!);
      return;
    }
    const names = [...specs.keys()].map((name) => `--${name}`);
    throw new UserError(
      "text-unexpected",
      `cloze ${command.name} doesn't know what "${bare.join(" ")}" is. ${names.length > 0 ? `It takes ${names.join(", ")}.` : "It takes no options."}`,
      { given: bare.join(" "), allowed: names },
    );
  }
  add(options, main, bare.join(spec.separator ? ` ${spec.separator} ` : " "));
}

function unknownOption(name: string, names: readonly string[]): UserError {
  const near = suggest(name, names);
  return new UserError(
    "option-unknown",
    `There is no option --${name}.${near ? ` Did you mean --${near}?` : ""} Options: ${names.map((other) => `--${other}`).join(", ")}.`,
    { option: name, allowed: names },
  );
}
