/** Invisible characters that turn the direction of the text after them; shown by their names instead. */
const DIRECTION_CONTROLS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f]/g;
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/**
 * Takes away what text can do without markup: direction controls are shown by name, other controls left out,
 * `@everyone` and `@here` broken by a zero-width space, and right-to-left words isolated, so that they do not
 * turn what stands beside them.
 */
export function inert(text: string): string {
  const named = text
    .replace(DIRECTION_CONTROLS, (c) => `⟨U+${c.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}⟩`)
    .replace(CONTROLS, "")
    .replace(/@(?=everyone|here)/gi, "@\u200b");
  if (!RIGHT_TO_LEFT.test(named)) return named;
  return named.replace(/[^\n]+/g, (line) => (RIGHT_TO_LEFT.test(line) ? `\u2068${line}\u2069` : line));
}

const MARKUP = /[\\`*_~|<[\]]/g;
const LINE_START = /^(\s*)(#{1,3}|-#|>{1,3}|[-+*])(?=\s)/gm;
const NUMBERED = /^(\s*\d+)\.(?=\s)/gm;
const ADDRESS = /([a-z][a-z0-9+.-]*):\/\//gi;
const INVITATION = /(discord(?:app)?\.(?:gg|com\/invite))\//gi;

/**
 * Text for a message's content, in which nothing formats, links, mentions or starts a list. Discord takes a
 * backslash before any punctuation as "this character itself".
 */
export function escapeMarkdown(text: string): string {
  return inert(text)
    .replace(MARKUP, "\\$&")
    .replace(LINE_START, (_, space: string, mark: string) => `${space}\\${mark.replace(/^\\/, "")}`)
    .replace(NUMBERED, "$1\\.")
    .replace(ADDRESS, "$1\\:\\/\\/")
    .replace(INVITATION, (whole) => whole.replaceAll("/", "\\/"));
}

/** Text for a code block: only the end of the block must not come early. */
export function escapeCode(code: string): string {
  return inert(code).replace(/`{3,}/g, (run) => [...run].join("\u200b"));
}
