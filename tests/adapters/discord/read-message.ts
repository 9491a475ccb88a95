import { parse } from "discord-markdown-parser";
import type { MessageView } from "../../fakes/discord/message-view.ts";

/** What a message's markdown shows, by an independent parser of Discord's dialect. */
export interface ReadMarkdown {
  readonly text: string;
  readonly links: readonly string[];
  readonly formatted: readonly string[];
  /** Mentions that the client would show as such. */
  readonly mentions: readonly string[];
}

interface Node {
  type: string;
  content?: Node[] | string;
  target?: string;
  id?: string;
}

const FORMATTING = new Set([
  "strong",
  "em",
  "underline",
  "strikethrough",
  "spoiler",
  "heading",
  "inlineCode",
  "codeBlock",
]);
const MENTIONS = new Set([
  "everyone",
  "here",
  "user",
  "role",
  "channel",
  "emoji",
  "timestamp",
  "slashCommand",
]);

export function readMarkdown(markdown: string): ReadMarkdown {
  const links: string[] = [];
  const formatted: string[] = [];
  const mentions: string[] = [];
  const read = (content: Node[] | string | undefined): string => {
    if (content === undefined || typeof content === "string") return content ?? "";
    return content.map(readNode).join("");
  };
  const readNode = (node: Node): string => {
    if (node.type === "br" || node.type === "newline") return "\n";
    if (MENTIONS.has(node.type)) mentions.push(node.type);
    if (node.target !== undefined) links.push(node.target);
    const words = read(node.content);
    if (FORMATTING.has(node.type)) formatted.push(words);
    return BLOCKS.has(node.type) ? `${words}\n` : words;
  };
  // "extended" reads masked links too, as Discord does in messages of bots.
  const text = read(parse(markdown, "extended") as unknown as Node[]);
  return { text: withoutZeroWidth(text), links, formatted, mentions };
}

const BLOCKS = new Set(["heading", "subtext", "codeBlock", "blockQuote"]);

export const withoutZeroWidth = (text: string): string => text.replace(/[\u200b-\u200d\u2060\ufeff]/g, "");

/** All words of a message, those of attached text files included. */
export function messageText(message: MessageView): string {
  const files = message.files.filter(({ filename }) => /\.(txt|md)$/.test(filename));
  const texts = files.map(({ bytes }) => withoutZeroWidth(new TextDecoder().decode(bytes)));
  return [readMarkdown(message.content).text, ...texts].join("\n");
}
