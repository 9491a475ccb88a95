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
 * Ends every change of writing direction that the text begins by an invisible character, so that it can't
 * turn the words that stand after it.
 */
export function closed(text: string): string {
  let embeddings = 0;
  let isolates = 0;
  for (const character of text) {
    if (/[\u202A\u202B\u202D\u202E]/.test(character)) embeddings += 1;
    else if (character === "\u202C") embeddings = Math.max(0, embeddings - 1);
    else if (/[\u2066-\u2068]/.test(character)) isolates += 1;
    else if (character === "\u2069") isolates = Math.max(0, isolates - 1);
  }
  return text + "\u202C".repeat(embeddings) + "\u2069".repeat(isolates);
}
