import { findListedWords } from "../../engine/generation/word-list/classroom-words.ts";
import type { ActionRow, Card, Text } from "../cards/card.ts";

/** Texts looked through before: while a reply is written, most of its card stays as it was. */
const REMEMBERED_TEXTS = 2_000;
/** In blocks: addresses and names of files, which must stay as they are. */
const KEPT = new Set(["link", "fileName", "mediaType", "language"]);

/**
 * The card with the words of the list "classroom" blacked out, and a note that says how many. Whoever wrote them, a
 * model or a student. Pictures and files are not looked into. A card without such words is given back as it is.
 */
export function hideListedWords(card: Card): Card {
  const count = { hidden: 0 };
  const { title, blocks, footer, actions } = card;
  const hidden: Card = {
    ...card,
    blocks: within(blocks, count),
    ...(title === undefined ? {} : { title: within(title, count) }),
    ...(footer === undefined ? {} : { footer: within(footer, count) }),
    ...(actions === undefined ? {} : { actions: actions.map((row) => inActions(row, count)) }),
  };
  if (count.hidden === 0) return card;
  const words = count.hidden === 1 ? "1 word is" : `${count.hidden} words are`;
  const note = `${words} hidden by the course's word list.`;
  return { ...hidden, footer: hidden.footer === undefined ? note : appended(hidden.footer, `\n${note}`) };
}

function within<T>(value: T, count: { hidden: number }): T {
  if (typeof value === "string") return blackedOut(value, count) as T;
  if (Array.isArray(value)) return value.map((each) => within(each, count)) as T;
  if (value === null || typeof value !== "object" || ArrayBuffer.isView(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, KEPT.has(key) ? each : within(each, count)]),
  ) as T;
}

/** What a button does must not change with what it says. */
function inActions(row: ActionRow, count: { hidden: number }): ActionRow {
  if ("buttons" in row) {
    return { buttons: row.buttons.map((button) => ({ ...button, label: blackedOut(button.label, count) })) };
  }
  const { select } = row;
  const choices = select.choices.map(({ label, description, ...rest }) => ({
    ...rest,
    label: blackedOut(label, count),
    ...(description === undefined ? {} : { description: blackedOut(description, count) }),
  }));
  return { select: { ...select, choices } };
}

const remembered = new Map<string, { readonly text: string; readonly hidden: number }>();

function blackedOut(text: string, count: { hidden: number }): string {
  const known = remembered.get(text) ?? lookThrough(text);
  if (remembered.size >= REMEMBERED_TEXTS) remembered.clear();
  remembered.set(text, known);
  count.hidden += known.hidden;
  return known.text;
}

function lookThrough(text: string): { text: string; hidden: number } {
  let end = 0;
  let hidden = 0;
  let result = "";
  for (const word of findListedWords(text)) {
    // Two patterns may find the same word.
    if (word.start < end) continue;
    result += text.slice(end, word.start) + "█".repeat([...text.slice(word.start, word.end)].length);
    end = word.end;
    hidden++;
  }
  return { text: result + text.slice(end), hidden };
}

function appended(footer: Text, note: string): Text {
  return typeof footer === "string" ? footer + note : [...footer, note];
}
