import { checkSelect, checkUnique } from "./component-form.ts";
import { Form, type Path } from "./form.ts";
import { limits } from "./limits.ts";
import type { ModalPayload } from "./world.ts";

type Json = Record<string, unknown>;

const most = limits.modal;

/**
 * Checks a modal: text inputs in action rows, or labels that hold a text input or a select, and plain text.
 * Source: Receiving and Responding, "Modal"; Component Reference, "Text Input" and "Label".
 */
export function checkModal(data: unknown): ModalPayload {
  const form = new Form();
  if (form.object(["data"], data)) {
    form.text(["data", "custom_id"], data.custom_id, { min: 1, max: limits.components.customId });
    form.text(["data", "title"], data.title, { min: 1, max: most.title });
    const { components } = data;
    if (form.list(["data", "components"], components, { min: 1, max: most.components })) {
      const seen = new Set<string>();
      components.forEach((component, i) => {
        checkPart(form, ["data", "components", i], component, seen);
      });
    }
  }
  form.done();
  return data as unknown as ModalPayload;
}

function checkPart(form: Form, path: Path, part: unknown, seen: Set<string>): void {
  if (!form.object(path, part)) return;
  if (!form.oneOf([...path, "type"], part.type, [1, 10, 18])) return;
  if (part.type === 10) {
    form.text([...path, "content"], part.content, { min: 1 });
    return;
  }
  if (part.type === 1) {
    const children = part.components;
    if (!form.list([...path, "components"], children, { min: 1, max: 1 })) return;
    const at = [...path, "components", 0];
    const child = children[0];
    if (!form.object(at, child) || !form.oneOf([...at, "type"], child.type, [4])) return;
    form.text([...at, "label"], child.label, { min: 1, max: most.label });
    checkInput(form, at, child);
    checkUnique(form, [...at, "custom_id"], child.custom_id, seen);
    return;
  }
  form.text([...path, "label"], part.label, { min: 1, max: most.label });
  form.text([...path, "description"], part.description, { max: most.labelDescription, optional: true });
  const at = [...path, "component"];
  const child = part.component;
  if (!form.object(at, child) || !form.oneOf([...at, "type"], child.type, [3, 4, 5, 6, 7, 8])) return;
  if (child.type === 4) {
    if (child.label !== undefined)
      form.fail(
        [...at, "label"],
        "TEXT_INPUT_LABEL_IN_LABEL",
        "A text input in a label has no label of its own",
      );
    checkInput(form, at, child);
  } else {
    if (child.disabled === true)
      form.fail([...at, "disabled"], "COMPONENT_DISABLED_IN_MODAL", "Modals can't have disabled components");
    if (child.required !== false && child.min_values === 0)
      form.fail([...at, "min_values"], "NUMBER_TYPE_MIN", "min_values must be at least 1 when required");
    checkSelect(form, at, child);
  }
  checkUnique(form, [...at, "custom_id"], child.custom_id, seen);
}

function checkInput(form: Form, path: Path, input: Json): void {
  form.text([...path, "custom_id"], input.custom_id, { min: 1, max: limits.components.customId });
  form.oneOf([...path, "style"], input.style, [1, 2]);
  const range = { max: most.input, integer: true, optional: true };
  form.number([...path, "min_length"], input.min_length, { ...range, min: 0 });
  form.number([...path, "max_length"], input.max_length, { ...range, min: 1 });
  form.text([...path, "value"], input.value, { max: most.input, optional: true });
  form.text([...path, "placeholder"], input.placeholder, { max: most.inputPlaceholder, optional: true });
  form.boolean([...path, "required"], input.required);
}
