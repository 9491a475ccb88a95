import type { SeenFile, SeenMessage } from "../../contracts/platform-driver.ts";
import { asArray, asObject, asString, isObject, type Json } from "../../fakes/slack/json.ts";
import { interactives } from "../../fakes/slack/people/press.ts";
import { effects, visibleText } from "../../fakes/slack/people/visible-text.ts";
import type { Message, World } from "../../fakes/slack/world.ts";

const ZERO_WIDTH = /\u200b|\u200c|\u200d|\u2060|\ufeff/g;

/** A message of the loopback Slack as people see it. */
export function seenMessage(world: World, message: Message): SeenMessage {
  const files = [...filesOf(world, message)];
  const attached = files
    .filter(({ name }) => /\.(txt|md)$/.test(name))
    .map(({ bytes }) => new TextDecoder().decode(bytes));
  const controls = interactives(message.blocks);
  const menu = controls.find(({ element }) => asString(element.type).endsWith("static_select"))?.element;
  return {
    ref: { channel: { platform: "slack", id: message.channel }, id: message.ts },
    text: [visibleText(message), ...attached].join("\n").replace(ZERO_WIDTH, ""),
    ...effects(message),
    formatted: message.blocks.length > 0 ? message.blocks.flatMap(formatted) : markdownMarks(message),
    buttons: controls
      .filter(({ element }) => element.type === "button" && element.url === undefined)
      .map(({ label }) => ({ label, disabled: false })),
    ...(menu && { select: select(menu) }),
    files,
  };
}

function select(menu: Json): SeenMessage["select"] & object {
  const labels = asArray(menu.options).map((option) => asString(asObject(asObject(option).text).text));
  return { labels, min: 1, max: Number(menu.max_selected_items ?? 1) };
}

function* filesOf(world: World, message: Message): Generator<SeenFile> {
  for (const block of message.blocks) {
    const file = world.files.get(asString(asObject(block.slack_file).id));
    if (file)
      yield { name: file.name, alt: asString(block.alt_text), bytes: Uint8Array.from(file.bytes ?? []) };
  }
  for (const { name, altText, bytes } of message.files) {
    yield { name, alt: altText, bytes: Uint8Array.from(bytes ?? []) };
  }
}

/** Runs that Slack shows bold, slanted, struck or as code, quoted and preformatted text aside: that is a block. */
function formatted(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(formatted);
  if (!isObject(value)) return [];
  if (value.type === "header") return [asString(asObject(value.text).text)];
  // In mrkdwn, marks in the text format it.
  if (value.type === "mrkdwn")
    return [...asString(value.text).matchAll(/([*_~`])(.+?)\1/g)].map(([, , inside]) => inside!);
  if (value.type === "text" && Object.keys(asObject(value.style)).length > 0) return [asString(value.text)];
  return Object.values(value).flatMap(formatted);
}

function markdownMarks({ text, markdown }: Message): string[] {
  const marks = markdown ? /(?<!\\)([*_~`]+)(.+?)(?<!\\)\1/g : /([*_~`])(.+?)\1/g;
  return [...text.matchAll(marks)].map(([, , inside]) => inside!);
}
