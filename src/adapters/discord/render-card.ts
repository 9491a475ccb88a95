import type { Card } from "../../bot/cards/card.ts";
import { linkRows, type Row, rowsOf } from "./components.ts";
import { LIMITS, MOST_MESSAGES } from "./limits.ts";
import { layOut } from "./pages.ts";
import { type CardFile, segmentsOf } from "./segments.ts";

/** One message of a card. */
export interface Page {
  readonly content: string;
  readonly components: readonly Row[];
  readonly files: readonly CardFile[];
}

export interface RenderOptions {
  /** How many messages there may be before the rest goes to a file. Default 5. */
  readonly mostMessages?: number;
  /** More will come: what does not fit is announced rather than attached. */
  readonly unfinished?: boolean;
}

const REST_FILE = "rest.txt";
const CONTINUED = `-# This goes on in the attached ${REST_FILE}.`;
const MORE_FOLLOWS = "-# … more follows";

/**
 * A card as messages: text over as many as it needs, buttons and files on the last. What is more than
 * `mostMessages` hold goes on in an attached file, and the last message says so.
 */
export function renderCard(card: Card, options: RenderOptions = {}): Page[] {
  const { mostMessages = MOST_MESSAGES, unfinished = false } = options;
  const { segments, files } = segmentsOf(card);
  const rows = [...rowsOf(card.actions ?? []), ...linkRows(card.links ?? [])];
  const whole = layOut(segments, LIMITS.content, mostMessages);
  if (whole.rest === "") return distribute(whole.pages, rows, files);
  const note = unfinished ? MORE_FOLLOWS : CONTINUED;
  const { pages, rest } = layOut(segments, LIMITS.content - note.length - 1, mostMessages);
  const texts = [...pages.slice(0, -1), `${pages.at(-1)}\n${note}`];
  return distribute(texts, rows, unfinished ? files : [...files, restFile(rest)]);
}

/** Buttons and files stand with the last text; what a message can't hold of them goes to further messages. */
function distribute(texts: readonly string[], rows: readonly Row[], files: readonly CardFile[]): Page[] {
  const pages = texts.slice(0, -1).map((content): Page => ({ content, components: [], files: [] }));
  const count = Math.max(1, Math.ceil(rows.length / LIMITS.rows), Math.ceil(files.length / LIMITS.files));
  for (let i = 0; i < count; i++) {
    const content = i === 0 ? (texts.at(-1) ?? "") : "";
    const components = rows.slice(i * LIMITS.rows, (i + 1) * LIMITS.rows);
    pages.push({ content, components, files: files.slice(i * LIMITS.files, (i + 1) * LIMITS.files) });
  }
  return pages.map((page) => (showsNothing(page) ? { ...page, content: "\u200b" } : page));
}

/** Discord refuses such a message. */
function showsNothing({ content, components, files }: Page): boolean {
  return content.trim() === "" && components.length === 0 && files.length === 0;
}

function restFile(rest: string): CardFile {
  return {
    name: REST_FILE,
    bytes: new TextEncoder().encode(`${rest}\n`),
    alt: "The rest of the reply as text",
  };
}
