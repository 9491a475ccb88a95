/**
 * Reads a slash command as people type it: `/generate The nice woman strategy:beam num-beams:4`. Used to run
 * it and, in the web classroom's page, to complete it: so it takes half-written text, keeps positions, and
 * imports nothing.
 */

/** As much of an option's spec as reading needs. */
export interface ReadableOption {
  readonly name: string;
  readonly type: string;
  readonly main: boolean;
  readonly choices?: readonly unknown[];
}

export interface ReadableCommand {
  readonly name: string;
  readonly options: readonly ReadableOption[];
}

export interface ReadValue {
  readonly option: string;
  /** Without quotes and escapes. */
  readonly value: string;
  /** Of the whole `name:value` in the text. */
  readonly start: number;
  readonly end: number;
  /** Where the value begins, an opening quote left out. */
  readonly valueStart: number;
  /** An opening quote without its closing one. */
  readonly open: boolean;
}

export interface ReadCommand<C extends ReadableCommand> {
  /** The command's name as far as it is known, else the first word. */
  readonly name: string;
  readonly command?: C;
  /** Where the options begin; the text's length while the name is still being written. */
  readonly rest: number;
  /** In order; an option given twice is there twice. */
  readonly values: readonly ReadValue[];
  /** Text that belongs to no named option: the main option's value. */
  readonly bare: string;
  /** Words that look like options and are none of this command's. */
  readonly strangers: readonly string[];
}

const OPENING = '"“”„«';
const CLOSING: Readonly<Record<string, string>> = { '"': '"', "“": "”", "”": "”", "„": "“”", "«": "»" };
const STRANGER = /(?<=^|\s)([a-z][a-z0-9-]*):(?=[^\s/])/gi;
const NAME = /([a-z][a-z0-9-]*):/iy;

/** "//" begins a message whose first character is a slash. */
export function isCommand(text: string): boolean {
  return text.startsWith("/") && !text.startsWith("//");
}

/** @param text One for which `isCommand` holds. */
export function readCommand<C extends ReadableCommand>(text: string, commands: readonly C[]): ReadCommand<C> {
  const known = commands
    .filter(({ name }) => text.startsWith(name, 1) && /^\s|^$/.test(text.slice(name.length + 1)))
    .sort((a, b) => b.name.length - a.name.length)[0];
  if (!known) {
    const name = /^\S*/.exec(text.slice(1))?.[0] ?? "";
    return { name, rest: text.length, values: [], bare: "", strangers: [] };
  }
  const rest = known.name.length + 1;
  return { name: known.name, command: known, rest, ...readOptions(text, rest, known.options) };
}

function readOptions(text: string, from: number, options: readonly ReadableOption[]) {
  const byName = new Map(options.map((option) => [option.name, option]));
  const values: ReadValue[] = [];
  const bare: string[] = [];
  const strangers: string[] = [];
  let at = from;
  while (at < text.length) {
    if (/\s/.test(text[at]!)) {
      at += 1;
      continue;
    }
    const name = nameAt(text, at);
    const option = name === undefined ? undefined : byName.get(name);
    if (name !== undefined && option) {
      const begin = at + name.length + 1;
      const long = option.main && option.type === "string" && !option.choices;
      const value = readValue(text, begin, long ? byName : undefined);
      values.push({ option: name, start: at, ...value });
      at = value.end;
      continue;
    }
    const end = bareEnd(text, at, byName);
    const words = text.slice(at, end).trimEnd();
    const unquoted = unquote(words);
    bare.push(unquoted);
    if (unquoted === words) {
      for (const [, stranger] of words.matchAll(STRANGER)) strangers.push(stranger!.toLowerCase());
    }
    at = end;
  }
  return { values, bare: bare.join(" "), strangers };
}

function nameAt(text: string, at: number): string | undefined {
  if (at > 0 && !/\s/.test(text[at - 1]!)) return undefined;
  NAME.lastIndex = at;
  return NAME.exec(text)?.[1]?.toLowerCase();
}

/** Bare text goes on until the next `name:` of a known option that stands outside quotes. */
function bareEnd(text: string, from: number, byName: ReadonlyMap<string, unknown>): number {
  let at = from;
  if (OPENING.includes(text[at]!)) {
    const quoted = readQuoted(text, at);
    if (!quoted.open) at = quoted.end;
  }
  for (; at < text.length; at++) {
    const name = at > from ? nameAt(text, at) : undefined;
    if (name !== undefined && byName.has(name)) return at;
  }
  return text.length;
}

/** @param until Given for the main option, whose unquoted value may hold spaces. */
function readValue(text: string, begin: number, until: ReadonlyMap<string, unknown> | undefined) {
  const first = text[begin];
  if (first !== undefined && OPENING.includes(first)) {
    const { value, end, open } = readQuoted(text, begin);
    return { value, end, open, valueStart: begin + 1 };
  }
  if (until) {
    const end = bareEnd(text, begin, until);
    return { value: text.slice(begin, end).trim(), end, open: false, valueStart: begin };
  }
  let end = begin;
  while (end < text.length && !/\s/.test(text[end]!)) end += 1;
  return { value: text.slice(begin, end), end, open: false, valueStart: begin };
}

/** A quoted text; `\"` and `\\` stand for the characters themselves. */
function readQuoted(text: string, begin: number): { value: string; end: number; open: boolean } {
  const closing = CLOSING[text[begin]!]!;
  let value = "";
  let at = begin + 1;
  while (at < text.length) {
    const character = text[at]!;
    const next = text[at + 1];
    if (character === "\\" && next !== undefined && (next === "\\" || closing.includes(next))) {
      value += next;
      at += 2;
    } else if (closing.includes(character)) {
      return { value, end: at + 1, open: false };
    } else {
      value += character;
      at += 1;
    }
  }
  return { value, end: at, open: true };
}

/** Takes the quotes off a text that is quoted as a whole. */
function unquote(text: string): string {
  if (text === "" || !OPENING.includes(text[0]!)) return text;
  const { value, end, open } = readQuoted(text, 0);
  return !open && end === text.length ? value : text;
}

/** A value as it is written into a command. */
export function quoteValue(value: string): string {
  if (value !== "" && !/[\s":|\\“”„«»]/.test(value)) return value;
  return `"${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}
