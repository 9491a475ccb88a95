/**
 * What Slack sends of a typed command: `&`, `<` and `>` as entities; people, channels and addresses in angle
 * brackets; no-break spaces that its clients put in.
 */

/** A person or channel that stands in the text. */
export type Mention =
  | { readonly kind: "user"; readonly id: string; readonly name: string }
  | { readonly kind: "channel"; readonly id: string; readonly name: string };

export interface TypedText {
  /** As the person saw it while typing: "@ada", "#general", "https://example.org", "a < b". */
  readonly text: string;
  /** By how they stand in `text`, e.g. "@ada". */
  readonly mentions: ReadonlyMap<string, Mention>;
}

const TOKEN = /<([^<>]*)>/g;
/** Spaces of other kinds that keyboards and clients insert. */
const ODD_SPACES = /[\u00a0\u2007\u202f\u2000-\u200a\u3000]/g;

export function readTypedText(sent: string): TypedText {
  const mentions = new Map<string, Mention>();
  const text = sent
    .replace(ODD_SPACES, " ")
    .replace(TOKEN, (_, inside: string) => readToken(inside, mentions))
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
  return { text, mentions };
}

function readToken(inside: string, mentions: Map<string, Mention>): string {
  const [target = "", label] = inside.split("|", 2);
  const kind = target[0];
  const id = target.slice(1);
  if (kind === "@") return mentioned("@", { kind: "user", id, name: label || id }, mentions);
  if (kind === "#") return mentioned("#", { kind: "channel", id, name: label || id }, mentions);
  // A group or a broadcast: words only, whom it would call is none of a command's business.
  if (kind === "!") return label ? label.replace(/^@?/, "@") : `@${id.replace(/^subteam\^/, "")}`;
  // What was typed, where Slack made an address of it ("example.org").
  return label || target;
}

function mentioned(mark: string, mention: Mention, mentions: Map<string, Mention>): string {
  // Two people can have one name: the second is told apart by the id.
  const name = mention.name.replace(/\s/g, "_");
  const word = mark + name;
  const taken = mentions.get(word);
  const shown = taken && taken.id !== mention.id ? mark + mention.id : word;
  mentions.set(shown, mention);
  return shown;
}
