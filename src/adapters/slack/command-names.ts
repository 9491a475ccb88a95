import type { AnyCommand } from "../../bot/commands/spec.ts";

/** Slack's own commands: an app's command of the same name never reaches the app. */
export const BUILT_IN: ReadonlySet<string> = new Set(
  (
    "active archive away call collapse dm dnd expand feed feedback help invite join kick leave me msg mute open " +
    "prefs remind remove rename search shortcuts shrug star status topic who"
  ).split(" "),
);

export interface PrefixSettings {
  /** Put before a command's name, e.g. "cloze-". */
  readonly prefix: string;
  /** Commands that bear it beside those that Slack keeps to itself: names that other apps use, or all. */
  readonly prefixed: "all" | readonly string[];
}

/** How commands are called in Slack. */
export interface CommandNames {
  /** The slash commands to declare, each with the commands it leads to ("/review": "review schedule", …). */
  readonly slash: ReadonlyMap<string, readonly AnyCommand[]>;
  /** What people type for a command, e.g. "/cloze-help" or "/review schedule". */
  typed(name: string): string;
  /** Text in which "/help" stands for Cloze's command, as it is called here. */
  rename(text: string): string;
}

export function createCommandNames(
  commands: Iterable<AnyCommand>,
  { prefix, prefixed }: PrefixSettings,
): CommandNames {
  const slash = new Map<string, AnyCommand[]>();
  const typed = new Map<string, string>();
  const firstWords = new Map<string, string>();
  for (const command of commands) {
    if (command.unavailable?.slack) continue;
    const [first = "", ...rest] = command.name.split(" ");
    const marked = BUILT_IN.has(first) || prefixed === "all" || prefixed.includes(first);
    const name = `/${marked ? prefix : ""}${first}`;
    slash.set(name, [...(slash.get(name) ?? []), command]);
    typed.set(command.name, [name, ...rest].join(" "));
    firstWords.set(first, name);
  }
  return {
    slash,
    typed: (name) => typed.get(name) ?? `/${name}`,
    rename: (text) =>
      text.replace(/(^|[\s(])\/([a-z][a-z0-9-]*)(?![\w/-])/gm, (whole, before: string, first: string) => {
        const name = firstWords.get(first);
        return name === undefined ? whole : before + name;
      }),
  };
}
