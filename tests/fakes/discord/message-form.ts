import { notImitated, refusals } from "./api-error.ts";
import { checkComponents } from "./component-form.ts";
import { checkEmbeds } from "./embed-form.ts";
import { Form, type Path } from "./form.ts";
import { limits } from "./limits.ts";
import { checkAllowedMentions } from "./mentions.ts";

export type Json = Record<string, unknown>;

export interface UploadedFile {
  /** The n of files[n]. */
  n: string;
  filename: string;
  contentType: string;
  bytes: Uint8Array;
}

export const flag = {
  suppressEmbeds: 1 << 2,
  ephemeral: 1 << 6,
  loading: 1 << 7,
  suppressNotifications: 1 << 12,
  componentsV2: 1 << 15,
} as const;

/** Flags that a request may set, by where it goes. */
export const settableFlags = {
  channel: flag.suppressEmbeds | flag.suppressNotifications,
  interaction: flag.suppressEmbeds | flag.suppressNotifications | flag.ephemeral,
  edit: flag.suppressEmbeds,
  defer: flag.ephemeral,
} as const;

export interface MessageFormContext {
  /** Where the fields stand in the body: [] or ["data"]. */
  path: Path;
  flags: number;
  /** Names of files already on the message (when editing). */
  present?: readonly { id: string; filename: string }[];
}

/**
 * Checks the fields that creating, editing and answering with a message have in common.
 * Source: Message Resource, "Create Message"; API Reference, "Uploading Files".
 */
export function checkMessage(body: Json, files: readonly UploadedFile[], context: MessageFormContext): void {
  const form = new Form();
  const at = (...path: Path): Path => [...context.path, ...path];
  if (body.poll) throw notImitated("polls of the platform's own kind");
  if (((body.flags as number) ?? 0) & flag.componentsV2)
    throw notImitated("messages made of components only");
  form.text(at("content"), body.content, { max: limits.message.content, optional: true });
  form.boolean(at("tts"), body.tts);
  if (body.nonce !== undefined && body.nonce !== null)
    form.text(at("nonce"), String(body.nonce), { max: limits.message.nonce });
  form.list(at("sticker_ids"), body.sticker_ids, { max: limits.message.stickers, optional: true });
  if (form.number(at("flags"), body.flags, { integer: true, min: 0, optional: true })) {
    const refused = body.flags & ~context.flags;
    if (refused) form.fail(at("flags"), "MESSAGE_FLAGS_INVALID", `Flags ${refused} can't be set here.`);
  }
  const names = new Set([...files.map((f) => f.filename), ...(context.present ?? []).map((p) => p.filename)]);
  checkEmbeds(form, at("embeds"), body.embeds, names);
  checkComponents(form, at("components"), body.components);
  checkAllowedMentions(form, at("allowed_mentions"), body.allowed_mentions);
  checkAttachments(form, at("attachments"), body.attachments, files, context.present ?? []);
  form.done();
  if (files.length > limits.message.files) throw refusals.tooManyAttachments();
  if (files.some((f) => f.bytes.length > limits.file.bytes)) throw refusals.tooLarge();
}

function checkAttachments(
  form: Form,
  path: Path,
  attachments: unknown,
  files: readonly UploadedFile[],
  present: readonly { id: string }[],
): void {
  if (!form.list(path, attachments, { optional: true })) return;
  attachments.forEach((attachment, i) => {
    if (!form.object([...path, i], attachment)) return;
    form.text([...path, i, "description"], attachment.description, {
      max: limits.file.description,
      optional: true,
    });
    const id = String(attachment.id);
    const known = files.some((f) => f.n === id) || present.some((p) => p.id === id);
    if (!known)
      form.fail(
        [...path, i, "id"],
        "ATTACHMENT_NOT_FOUND",
        `There is no files[${id}] and no attachment ${id}.`,
      );
  });
}

/** True if the message would show nothing. */
export function isEmpty(message: {
  content: string;
  embeds: unknown[];
  attachments: unknown[];
  components: unknown[];
}): boolean {
  return (
    message.content.trim() === "" &&
    message.embeds.length === 0 &&
    message.attachments.length === 0 &&
    message.components.length === 0
  );
}
