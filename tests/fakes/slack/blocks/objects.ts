import { LIMITS } from "../limits.ts";
import type { Problems } from "./problem.ts";
import { checkList, checkOneOf, checkShape, checkString } from "./shape.ts";

export type TextKind = "plain_text" | "mrkdwn";

/** A text object. `kinds`: which types the place takes. */
export function checkText(
  value: unknown,
  pointer: string,
  max: number,
  kinds: readonly TextKind[],
  problems: Problems,
): void {
  if (value === undefined) return;
  const found: Problems = [];
  const text = checkShape(
    value,
    pointer,
    { required: ["type", "text"], optional: ["emoji", "verbatim"] },
    found,
  );
  if (text) {
    checkOneOf(text.type, `${pointer}/type`, kinds, found);
    checkString(text.text, `${pointer}/text`, max, found);
    if (text.type === "mrkdwn" && text.emoji !== undefined) {
      found.push({ message: "invalid additional property: emoji", pointer });
    }
    if (text.type === "plain_text" && text.verbatim !== undefined) {
      found.push({ message: "invalid additional property: verbatim", pointer });
    }
  }
  // Slack first says that no schema of the union fits, then what is wrong.
  if (found.length > 0 && kinds.length > 1) {
    problems.push({ message: "failed to match all allowed schemas", pointer });
  }
  problems.push(...found);
}

export const PLAIN: readonly TextKind[] = ["plain_text"];
export const ANY_TEXT: readonly TextKind[] = ["plain_text", "mrkdwn"];

/** A confirmation dialog. */
export function checkConfirm(value: unknown, pointer: string, problems: Problems): void {
  if (value === undefined) return;
  const confirm = checkShape(
    value,
    pointer,
    { required: ["title", "text", "confirm", "deny"], optional: ["style"] },
    problems,
  );
  if (!confirm) return;
  checkText(confirm.title, `${pointer}/title`, LIMITS.confirm.title, PLAIN, problems);
  checkText(confirm.text, `${pointer}/text`, LIMITS.confirm.text, ANY_TEXT, problems);
  checkText(confirm.confirm, `${pointer}/confirm`, LIMITS.confirm.confirm, PLAIN, problems);
  checkText(confirm.deny, `${pointer}/deny`, LIMITS.confirm.deny, PLAIN, problems);
  checkOneOf(confirm.style, `${pointer}/style`, ["primary", "danger"], problems);
}

/** One option of a select, radio group, checkbox group or overflow menu. */
export function checkOption(
  value: unknown,
  pointer: string,
  kinds: readonly TextKind[],
  problems: Problems,
): void {
  const option = checkShape(
    value,
    pointer,
    { required: ["text", "value"], optional: ["description", "url"] },
    problems,
  );
  if (!option) return;
  checkText(option.text, `${pointer}/text`, LIMITS.option.text, kinds, problems);
  checkString(option.value, `${pointer}/value`, LIMITS.option.value, problems);
  checkText(option.description, `${pointer}/description`, LIMITS.option.description, kinds, problems);
  checkString(option.url, `${pointer}/url`, LIMITS.option.url, problems);
}

/** A list of options with values that differ. */
export function checkOptions(
  value: unknown,
  pointer: string,
  max: number,
  kinds: readonly TextKind[],
  problems: Problems,
): void {
  const options = checkList(value, pointer, max, problems);
  const values = new Set<unknown>();
  for (const [index, option] of options.entries()) {
    checkOption(option, `${pointer}/${index}`, kinds, problems);
    const optionValue = (option as { value?: unknown } | null)?.value;
    if (values.has(optionValue)) {
      problems.push({
        message: `option value "${optionValue}" already exists`,
        pointer: `${pointer}/${index}`,
      });
    }
    values.add(optionValue);
  }
}

export function checkOptionGroups(value: unknown, pointer: string, problems: Problems): void {
  for (const [index, entry] of checkList(value, pointer, LIMITS.select.groups, problems).entries()) {
    const at = `${pointer}/${index}`;
    const group = checkShape(entry, at, { required: ["label", "options"] }, problems);
    if (!group) continue;
    checkText(group.label, `${at}/label`, LIMITS.optionGroup.label, PLAIN, problems);
    checkOptions(group.options, `${at}/options`, LIMITS.optionGroup.options, PLAIN, problems);
  }
}
