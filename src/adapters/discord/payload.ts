import { type BaseMessageOptions, MessageFlags } from "discord.js";
import type { Page } from "./render-card.ts";

/** Links in people's and models' words never unfold into previews. */
export const NO_PREVIEWS = MessageFlags.SuppressEmbeds;
/** Seen by one person only, without previews. */
export const FOR_ONE = [MessageFlags.Ephemeral, MessageFlags.SuppressEmbeds] as const;

/** A page as discord.js takes it. Nobody is ever mentioned. */
export function payloadOf({ content, components, files }: Page): BaseMessageOptions {
  return {
    content,
    components: [...components],
    files: files.map(({ name, bytes, alt }) => ({
      attachment: Buffer.from(bytes),
      name,
      ...(alt === undefined ? {} : { description: alt }),
    })),
    allowedMentions: { parse: [] },
  };
}

/**
 * A page that takes a message's place. Files that it had before stay when the page brings the same; otherwise
 * they make room for the new ones.
 */
export function editOf(page: Page, before: Page | undefined): BaseMessageOptions & { attachments?: [] } {
  const same =
    before?.files.length === page.files.length &&
    page.files.every(
      ({ name, bytes }, i) => before.files[i]?.name === name && before.files[i]?.bytes === bytes,
    );
  const payload = payloadOf(page);
  if (!same) return { ...payload, attachments: [] };
  // Left out altogether: an empty list would take the message's files away.
  const { files: _, ...rest } = payload;
  return rest;
}

/** Whether two pages show the same. */
export function samePage(one: Page | undefined, other: Page): boolean {
  return (
    one !== undefined &&
    one.content === other.content &&
    JSON.stringify(one.components) === JSON.stringify(other.components) &&
    one.files.length === other.files.length &&
    one.files.every(({ name, bytes }, i) => other.files[i]?.name === name && other.files[i]?.bytes === bytes)
  );
}
