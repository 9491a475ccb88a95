import type { ComponentChildren } from "preact";
import type { Inline, Text } from "../../../bot/cards/card.ts";

/** A card's text. Its strings are nothing but text: the view library escapes them. */
export function TextView({ text }: { readonly text: Text }) {
  if (typeof text === "string") return <>{closed(text)}</>;
  return <>{text.map((part, index) => inline(part, index))}</>;
}

function inline(part: Inline, index: number): ComponentChildren {
  if (typeof part === "string") return closed(part);
  if ("bold" in part) return <b key={index}>{closed(part.bold)}</b>;
  if ("italic" in part) return <i key={index}>{closed(part.italic)}</i>;
  if ("strike" in part) return <s key={index}>{closed(part.strike)}</s>;
  if ("code" in part) return <code key={index}>{closed(part.code)}</code>;
  if ("person" in part) {
    return (
      <bdi key={index} class="person">
        {part.person}
      </bdi>
    );
  }
  const safe = /^https?:\/\//i.test(part.link);
  if (!safe) return closed(`${part.label} (${part.link})`);
  return (
    <a key={index} href={part.link} target="_blank" rel="noopener noreferrer">
      {closed(part.label)}
    </a>
  );
}

/**
 * Ends every change of writing direction that a line begins by an invisible character, so that it can't turn
 * the words that stand after it. Rules: Unicode bidirectional algorithm, BD9 and BD12.
 */
export function closed(text: string): string {
  if (!/[\u202a-\u202e\u2066-\u2069]/.test(text)) return text;
  return text.split("\n").map(closedLine).join("\n");
}

function closedLine(line: string): string {
  /** The characters that will end what is open, innermost last. */
  const ends: string[] = [];
  for (const character of line) {
    if (/[\u202a\u202b\u202d\u202e]/.test(character)) ends.push(POP_EMBEDDING);
    else if (/[\u2066-\u2068]/.test(character)) ends.push(POP_ISOLATE);
    else if (character === POP_EMBEDDING && ends.at(-1) === POP_EMBEDDING) ends.pop();
    else if (character === POP_ISOLATE && ends.includes(POP_ISOLATE)) {
      // Ending an isolate ends the embeddings opened inside it.
      ends.length = ends.lastIndexOf(POP_ISOLATE);
    }
  }
  return line + ends.reverse().join("");
}

const POP_EMBEDDING = "\u202c";
const POP_ISOLATE = "\u2069";
