import { asArray, asObject, asString, isObject, type Json } from "../json.ts";
import type { Message } from "../world.ts";

/** What somebody reads on the screen: the blocks' text, or the plain text where there are no blocks. */
export function visibleText(message: Readable): string {
  const blocks = message.blocks.map(blockText).filter((text) => text !== "");
  if (blocks.length > 0) return blocks.join("\n");
  if (!message.markdown) return unescapeEntities(message.text);
  return [message.status ?? "", markdownText(message.text)].filter(Boolean).join("\n");
}

type Readable = Pick<Message, "text" | "blocks" | "markdown" | "status">;

/** Markdown without its escapes and marks, as it reads. */
function markdownText(text: string): string {
  const bare = text.replace(/(?<!\\)(\*\*|__|[*_~`])/g, "").replace(/ {2}\n/g, "\n");
  return unescapeEntities(bare.replace(/\\([!-/:-@[-`{-~])/g, "$1"));
}

/** Slack's three escapes, as its clients show them. */
export function unescapeEntities(text: string): string {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

function textObject(value: unknown): string {
  const text = asObject(value);
  return text.type === "mrkdwn" ? unescapeEntities(asString(text.text)) : asString(text.text);
}

export function blockText(block: Json): string {
  switch (block.type) {
    case "section":
      return [textObject(block.text), ...asArray(block.fields).map(textObject)].filter(Boolean).join("\n");
    case "header":
      return textObject(block.text);
    case "context":
      return asArray(block.elements)
        .map((element) =>
          asObject(element).type === "image" ? asString(asObject(element).alt_text) : textObject(element),
        )
        .join(" ");
    case "image":
      return [textObject(block.title), `[image: ${asString(block.alt_text)}]`].filter(Boolean).join("\n");
    case "rich_text":
      return asArray(block.elements).map(richText).join("\n");
    case "markdown":
      return asString(block.text);
    case "input":
      return textObject(block.label);
    case "table":
      return asArray(block.rows)
        .map((row) =>
          asArray(row)
            .map((cell) => asString(asObject(cell).text) || blockText(asObject(cell)))
            .join(" | "),
        )
        .join("\n");
    case "actions":
      return "";
    default:
      return "";
  }
}

function richText(value: unknown): string {
  const element = asObject(value);
  const parts = asArray(element.elements);
  if (element.type === "rich_text_list") {
    return parts
      .map((item, index) => `${element.style === "ordered" ? `${index + 1}.` : "•"} ${richText(item)}`)
      .join("\n");
  }
  return parts.map(inlineText).join("");
}

function inlineText(value: unknown): string {
  const part = asObject(value);
  if (part.type === "link") return asString(part.text) || asString(part.url);
  if (part.type === "user") return `<@${asString(part.user_id)}>`;
  if (part.type === "broadcast") return `@${asString(part.range)}`;
  if (part.type === "emoji") return `:${asString(part.name)}:`;
  return asString(part.text);
}

/** Whom a message notifies, and where its links lead: what hostile text must never achieve. */
export function effects(message: Readable): { pings: string[]; links: string[] } {
  const found = { pings: [] as string[], links: [] as string[] };
  scan(message.text, found);
  for (const block of message.blocks) walk(block, found);
  return found;
}

function walk(value: unknown, found: { pings: string[]; links: string[] }): void {
  if (Array.isArray(value)) for (const item of value) walk(item, found);
  if (!isObject(value)) return;
  if (value.type === "user") found.pings.push(asString(value.user_id));
  else if (value.type === "usergroup") found.pings.push(asString(value.usergroup_id));
  else if (value.type === "broadcast") found.pings.push(asString(value.range));
  else if (value.type === "link") found.links.push(asString(value.url));
  else if (value.type === "button" && value.url !== undefined) found.links.push(asString(value.url));
  else if (value.type === "mrkdwn") scan(asString(value.text), found, value.verbatim !== true);
  else for (const item of Object.values(value)) walk(item, found);
}

/** In mrkdwn, `<@U…>`, `<!…>` and `<https://…>` act; bare addresses become links unless verbatim. */
function scan(text: string, found: { pings: string[]; links: string[] }, bareLinks = false): void {
  for (const [, inside] of text.matchAll(/<([^<>\n]+)>/g)) {
    if (inside!.startsWith("@") || inside!.startsWith("!")) found.pings.push(inside!.slice(1).split("|")[0]!);
    else if (!inside!.startsWith("#")) found.links.push(inside!.split("|")[0]!);
  }
  if (bareLinks) {
    for (const [url] of text.replaceAll(/<[^<>]*>/g, "").matchAll(/https?:\/\/\S+/g)) found.links.push(url);
  }
}
