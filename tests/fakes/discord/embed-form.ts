import type { Form, Path } from "./form.ts";
import { limits } from "./limits.ts";

type Json = Record<string, unknown>;

const web = /^https?:\/\//;
const webOrAttachment = /^(https?|attachment):\/\//;

/**
 * Checks the embeds of one message and their common total.
 * @param filenames Files that come with the message or are already on it; `attachment://` must name one.
 * Source: Message Resource, "Embed Object" and "Embed Limits".
 */
export function checkEmbeds(form: Form, path: Path, embeds: unknown, filenames: ReadonlySet<string>): void {
  if (!form.list(path, embeds, { max: limits.message.embeds, optional: true })) return;
  let total = 0;
  embeds.forEach((embed, i) => {
    const at = [...path, i];
    if (form.object(at, embed)) total += checkEmbed(form, at, embed, filenames);
  });
  if (total > limits.embed.total)
    form.fail(path, "MAX_EMBED_SIZE_EXCEEDED", `Embed size exceeds maximum size of ${limits.embed.total}`);
}

function checkEmbed(form: Form, path: Path, embed: Json, filenames: ReadonlySet<string>): number {
  const { embed: most } = limits;
  let total = 0;
  const text = (field: Path, value: unknown, max: number, min = 0, optional = true): void => {
    if (form.text([...path, ...field], value, { max, min, optional })) total += value.trim().length;
  };
  text(["title"], embed.title, most.title);
  text(["description"], embed.description, most.description);
  if (form.object([...path, "footer"], embed.footer, true)) {
    text(["footer", "text"], embed.footer.text, most.footer, 1, false);
    checkUrl(form, [...path, "footer", "icon_url"], embed.footer.icon_url, webOrAttachment, filenames);
  }
  if (form.object([...path, "author"], embed.author, true)) {
    text(["author", "name"], embed.author.name, most.author, 1, false);
    checkUrl(form, [...path, "author", "url"], embed.author.url, web, filenames);
    checkUrl(form, [...path, "author", "icon_url"], embed.author.icon_url, webOrAttachment, filenames);
  }
  const { fields } = embed;
  if (form.list([...path, "fields"], fields, { max: most.fields, optional: true })) {
    fields.forEach((field, i) => {
      if (!form.object([...path, "fields", i], field)) return;
      text(["fields", i, "name"], field.name, most.fieldName, 1, false);
      text(["fields", i, "value"], field.value, most.fieldValue, 1, false);
      form.boolean([...path, "fields", i, "inline"], field.inline);
    });
  }
  checkUrl(form, [...path, "url"], embed.url, web, filenames);
  for (const kind of ["image", "thumbnail"] as const) {
    const picture = embed[kind];
    if (form.object([...path, kind], picture, true))
      checkUrl(form, [...path, kind, "url"], picture.url, webOrAttachment, filenames);
  }
  form.number([...path, "color"], embed.color, { min: 0, max: 0xffffff, integer: true, optional: true });
  if (
    form.text([...path, "timestamp"], embed.timestamp, { optional: true }) &&
    Number.isNaN(Date.parse(embed.timestamp as string))
  )
    form.fail([...path, "timestamp"], "DATE_TIME_TYPE_PARSE", `Could not parse ${embed.timestamp}.`);
  const empty = total === 0 && !embed.image && !embed.thumbnail;
  if (empty) form.required([...path, "description"]);
  return total;
}

function checkUrl(
  form: Form,
  path: Path,
  value: unknown,
  scheme: RegExp,
  filenames: ReadonlySet<string>,
): void {
  if (!form.text(path, value, { optional: true, max: 2048 })) return;
  if (!scheme.test(value)) {
    form.fail(path, "URL_TYPE_INVALID_URL", "Not a well formed URL.");
    return;
  }
  const named = /^attachment:\/\/(.+)$/.exec(value)?.[1];
  if (named !== undefined && !filenames.has(named))
    form.fail(path, "EMBED_ATTACHMENT_NOT_FOUND", `There is no attached file named "${named}".`);
}
