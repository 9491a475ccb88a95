import { isObject } from "../json.ts";
import type { Problems } from "./problem.ts";
import { checkList, checkOneOf, checkShape, checkString } from "./shape.ts";

const STYLES = ["bold", "italic", "strike", "code", "underline", "highlight", "client_highlight", "unlink"];

const INLINE: Readonly<Record<string, { required: readonly string[]; optional: readonly string[] }>> = {
  text: { required: ["text"], optional: ["style"] },
  link: { required: ["url"], optional: ["text", "unsafe", "style"] },
  emoji: { required: ["name"], optional: ["unicode", "style"] },
  user: { required: ["user_id"], optional: ["style"] },
  usergroup: { required: ["usergroup_id"], optional: ["style"] },
  channel: { required: ["channel_id"], optional: ["style"] },
  broadcast: { required: ["range"], optional: [] },
  date: { required: ["timestamp", "format"], optional: ["url", "fallback"] },
  color: { required: ["value"], optional: [] },
};

/** No page limits a rich text's length; the whole message's limit applies. */
const UNLIMITED = Number.MAX_SAFE_INTEGER;

function checkInline(value: unknown, pointer: string, allowed: readonly string[], problems: Problems): void {
  const type = isObject(value) ? String(value.type) : "";
  const rule = INLINE[type];
  if (!isObject(value) || !rule || !allowed.includes(type)) {
    problems.push({ message: `unsupported type: ${type}`, pointer: `${pointer}/type` });
    return;
  }
  checkShape(value, pointer, rule, problems);
  if (type === "text") checkString(value.text, `${pointer}/text`, UNLIMITED, problems);
  if (type === "link") {
    checkString(value.url, `${pointer}/url`, 3000, problems);
    checkString(value.text, `${pointer}/text`, UNLIMITED, problems);
  }
  if (type === "broadcast") {
    checkOneOf(value.range, `${pointer}/range`, ["here", "channel", "everyone"], problems);
  }
  if (value.style !== undefined) {
    checkShape(value.style, `${pointer}/style`, { required: [], optional: STYLES }, problems);
  }
}

function checkSection(value: unknown, pointer: string, problems: Problems): void {
  const section = checkShape(value, pointer, { required: ["elements"] }, problems);
  const elements = checkList(section?.elements, `${pointer}/elements`, UNLIMITED, problems, 0);
  for (const [index, element] of elements.entries()) {
    checkInline(element, `${pointer}/elements/${index}`, Object.keys(INLINE), problems);
  }
}

/** The elements of a rich_text block. */
export function checkRichText(value: unknown, pointer: string, problems: Problems): void {
  for (const [index, element] of checkList(value, pointer, UNLIMITED, problems).entries()) {
    const at = `${pointer}/${index}`;
    const type = isObject(element) ? element.type : undefined;
    if (type === "rich_text_section") checkSection(element, at, problems);
    else if (type === "rich_text_list") {
      const list = checkShape(
        element,
        at,
        { required: ["style", "elements"], optional: ["indent", "offset", "border"] },
        problems,
      );
      checkOneOf(list?.style, `${at}/style`, ["bullet", "ordered"], problems);
      for (const [item, section] of checkList(
        list?.elements,
        `${at}/elements`,
        UNLIMITED,
        problems,
      ).entries()) {
        checkSection(section, `${at}/elements/${item}`, problems);
      }
    } else if (type === "rich_text_preformatted" || type === "rich_text_quote") {
      const optional = type === "rich_text_preformatted" ? ["border", "language"] : ["border"];
      const quote = checkShape(element, at, { required: ["elements"], optional }, problems);
      const allowed = type === "rich_text_preformatted" ? ["text", "link"] : Object.keys(INLINE);
      for (const [item, inline] of checkList(
        quote?.elements,
        `${at}/elements`,
        UNLIMITED,
        problems,
        0,
      ).entries()) {
        checkInline(inline, `${at}/elements/${item}`, allowed, problems);
      }
    } else problems.push({ message: `unsupported type: ${String(type)}`, pointer: `${at}/type` });
  }
}
