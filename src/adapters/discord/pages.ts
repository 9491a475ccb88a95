import { type Line, renderLine, withWords, wordsOf } from "./markdown.ts";
import type { Segment } from "./segments.ts";

/** A line of a message: as Discord reads it, and as plain words. */
interface Row {
  readonly markdown: string;
  readonly plain: string;
  /** The language of the block of code it stands in. */
  readonly code: string | undefined;
}

/** A card's content laid out over messages. */
export interface LaidOut {
  readonly pages: readonly string[];
  /** The plain words of what is on no page; empty when the pages hold everything. */
  readonly rest: string;
}

const FENCE = "```";

/**
 * Lays content out over messages of at most `limit` characters. Lines stay whole where they fit; a longer one is
 * cut between words, its formatting closed and opened again; so is a block of code. What is beyond `mostPages`
 * is given back as words, so that nothing is lost.
 */
export function layOut(segments: readonly Segment[], limit: number, mostPages: number): LaidOut {
  const pages: string[] = [];
  let page = new PageText();
  const rows = segments.flatMap((segment) => rowsOf(segment, limit));
  let taken = 0;
  for (const row of rows) {
    if (page.lengthWith(row) > limit) {
      pages.push(page.text());
      if (pages.length === mostPages) break;
      page = new PageText();
    }
    page.add(row);
    taken++;
  }
  if (pages.length < mostPages && !page.empty) pages.push(page.text());
  const rest = rows.slice(taken).map(({ plain }) => plain);
  return { pages, rest: rest.join("\n") };
}

/** The content of one message while it is filled. */
class PageText {
  #text = "";
  #code: string | undefined;
  empty = true;

  lengthWith(row: Row): number {
    return this.#with(row).length + (row.code === undefined ? 0 : FENCE.length + 1);
  }

  add(row: Row): void {
    this.#text = this.#with(row);
    this.#code = row.code;
    this.empty = false;
  }

  text(): string {
    return this.#code === undefined ? this.#text : `${this.#text}\n${FENCE}`;
  }

  #with({ markdown, code }: Row): string {
    const same = code === this.#code;
    const closed = same || this.#code === undefined ? this.#text : `${this.#text}\n${FENCE}`;
    const opened = same || code === undefined ? markdown : `${FENCE}${code}\n${markdown}`;
    return this.empty ? opened : `${closed}\n${opened}`;
  }
}

function rowsOf(segment: Segment, limit: number): Row[] {
  if (segment.kind === "code") {
    const room = limit - 2 * FENCE.length - segment.language.length - 2;
    return segment.lines
      .flatMap((line) => cutText(line, room))
      .map((line) => ({ markdown: line, plain: line, code: segment.language }));
  }
  const { prefix } = segment;
  return segment.lines
    .flatMap((line) => cutLine(line, limit - prefix.length))
    .map((line) => ({
      markdown: prefix + renderLine(line),
      plain: (prefix.startsWith("-#") ? "" : prefix) + line.map(wordsOf).join(""),
      code: undefined,
    }));
}

/** A line as lines of at most `limit` rendered characters each. */
function cutLine(line: Line, limit: number): Line[] {
  const pieces: Line[] = [];
  let rest = line;
  while (renderLine(rest).length > limit) {
    const at = longestFitting(rest, limit);
    pieces.push(slice(rest, 0, at));
    rest = slice(rest, at);
  }
  return [...pieces, rest];
}

/** How many raw characters of the line fit, up to the last space among them. */
function longestFitting(line: Line, limit: number): number {
  const raw = line.map(wordsOf).join("");
  let low = 1;
  let high = raw.length;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (renderLine(slice(line, 0, middle)).length <= limit) low = middle;
    else high = middle - 1;
  }
  const space = raw.lastIndexOf(" ", low - 1) + 1;
  return space > low / 2 ? space : wholeCharacters(raw, low);
}

/** Never between the two halves of a character. */
function wholeCharacters(raw: string, at: number): number {
  const code = raw.charCodeAt(at - 1);
  return code >= 0xd800 && code <= 0xdbff && at > 1 ? at - 1 : at;
}

function slice(line: Line, from: number, to = Number.POSITIVE_INFINITY): Line {
  let start = 0;
  return line.flatMap((part) => {
    const words = wordsOf(part);
    const piece = words.slice(Math.max(0, from - start), Math.max(0, to - start));
    start += words.length;
    return piece === "" ? [] : [withWords(part, piece)];
  });
}

function cutText(text: string, limit: number): string[] {
  const pieces: string[] = [];
  let rest = text;
  while (rest.length > limit) {
    const at = wholeCharacters(rest, limit);
    pieces.push(rest.slice(0, at));
    rest = rest.slice(at);
  }
  return [...pieces, rest];
}
