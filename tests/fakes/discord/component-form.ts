import type { Form, Path } from "./form.ts";
import { isSnowflake } from "./ids.ts";
import { limits } from "./limits.ts";

type Json = Record<string, unknown>;

const selectTypes = [3, 5, 6, 7, 8];
const most = limits.components;

/**
 * Checks the action rows of a message: buttons and selects.
 * Source: Component Reference, "Action Row", "Button", "String Select" and "Anatomy of a Component".
 */
export function checkComponents(form: Form, path: Path, components: unknown): void {
  if (!form.list(path, components, { max: most.rows, optional: true })) return;
  const customIds = new Set<string>();
  components.forEach((row, i) => {
    const at = [...path, i];
    if (!form.object(at, row)) return;
    if (!form.oneOf([...at, "type"], row.type, [1])) return;
    const children = row.components;
    if (!form.list([...at, "components"], children, { min: 1, max: most.buttonsInRow })) return;
    const selects = children.filter((c) => selectTypes.includes((c as Json)?.type as number));
    if (selects.length > 0 && children.length > 1)
      form.fail(
        [...at, "components"],
        "COMPONENT_LAYOUT_WIDTH_EXCEEDED",
        "The specified component exceeds the maximum width",
      );
    children.forEach((child, k) => {
      const place = [...at, "components", k];
      if (!form.object(place, child)) return;
      if (child.type === 2) checkButton(form, place, child);
      else if (selectTypes.includes(child.type as number)) checkSelect(form, place, child);
      else form.oneOf([...place, "type"], child.type, [2, ...selectTypes]);
      checkUnique(form, [...place, "custom_id"], child.custom_id, customIds);
    });
  });
}

/** Two components of one message or modal must not share a custom id. */
export function checkUnique(form: Form, path: Path, customId: unknown, seen: Set<string>): void {
  if (typeof customId !== "string") return;
  if (seen.has(customId))
    form.fail(path, "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated");
  seen.add(customId);
}

function checkButton(form: Form, path: Path, button: Json): void {
  if (!form.oneOf([...path, "style"], button.style, [1, 2, 3, 4, 5, 6])) return;
  form.text([...path, "label"], button.label, { max: most.buttonLabel, optional: true });
  form.boolean([...path, "disabled"], button.disabled);
  checkEmoji(form, [...path, "emoji"], button.emoji);
  if (button.style === 6) {
    if (!isSnowflake(button.sku_id)) form.required([...path, "sku_id"]);
    return;
  }
  if (!button.label && !button.emoji)
    form.fail(path, "BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED", "A button must have a label or an emoji");
  if (button.style === 5) {
    form.text([...path, "url"], button.url, { min: 1, max: most.url });
    if (button.custom_id !== undefined)
      form.fail(
        [...path, "custom_id"],
        "BUTTON_COMPONENT_CUSTOM_ID_NOT_ALLOWED",
        "A link button can't have a custom id",
      );
    return;
  }
  form.text([...path, "custom_id"], button.custom_id, { min: 1, max: most.customId });
  if (button.url !== undefined)
    form.fail([...path, "url"], "BUTTON_COMPONENT_URL_NOT_ALLOWED", "A custom button can't have a url");
}

/** Checks a select menu, in a message or in a modal's label. */
export function checkSelect(form: Form, path: Path, select: Json): void {
  form.text([...path, "custom_id"], select.custom_id, { min: 1, max: most.customId });
  form.text([...path, "placeholder"], select.placeholder, { max: most.placeholder, optional: true });
  form.boolean([...path, "disabled"], select.disabled);
  const range = { max: most.selectOptions, integer: true, optional: true };
  form.number([...path, "min_values"], select.min_values, { ...range, min: 0 });
  form.number([...path, "max_values"], select.max_values, { ...range, min: 1 });
  const min = (select.min_values as number | undefined) ?? 1;
  const max = (select.max_values as number | undefined) ?? 1;
  if (min > max)
    form.fail([...path, "min_values"], "SELECT_COMPONENT_MIN_VALUES", "min_values is above max_values");
  if (select.type !== 3) return;
  const { options } = select;
  if (!form.list([...path, "options"], options, { min: 1, max: most.selectOptions })) return;
  if (max > options.length)
    form.fail(
      [...path, "max_values"],
      "SELECT_COMPONENT_MAX_VALUES",
      `max_values is above the number of options, ${options.length}`,
    );
  const values = new Set<unknown>();
  options.forEach((option, i) => {
    const at = [...path, "options", i];
    if (!form.object(at, option)) return;
    form.text([...at, "label"], option.label, { min: 1, max: most.selectText });
    form.text([...at, "value"], option.value, { min: 1, max: most.selectText });
    form.text([...at, "description"], option.description, { max: most.selectText, optional: true });
    checkEmoji(form, [...at, "emoji"], option.emoji);
    if (values.has(option.value))
      form.fail(
        [...at, "value"],
        "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
        "The specified option value is already used",
      );
    values.add(option.value);
  });
}

function checkEmoji(form: Form, path: Path, emoji: unknown): void {
  if (!form.object(path, emoji, true)) return;
  if (emoji.id === undefined && !/\p{Extended_Pictographic}|\p{Regional_Indicator}/u.test(String(emoji.name)))
    form.fail([...path, "name"], "BUTTON_COMPONENT_INVALID_EMOJI", "Invalid emoji");
}
