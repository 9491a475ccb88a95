import { InputRefused, type Values } from "./interaction-input.ts";
import type { ModalPayload } from "./world.ts";

type Json = Record<string, unknown>;

/** A field of a modal as a person sees it. */
export interface ModalField {
  customId: string;
  label: string;
  description: string | undefined;
  required: boolean;
  value: string | undefined;
  placeholder: string | undefined;
  minLength: number;
  maxLength: number;
  /** For selects. */
  options: { label: string; value: string; default?: boolean }[] | undefined;
  paragraph: boolean;
}

export function modalFields(modal: ModalPayload): ModalField[] {
  return modal.components.flatMap((part) => {
    if (part.type === 10) return [];
    const child = (part.type === 18 ? part.component : (part.components as Json[])[0]) as Json;
    return [
      {
        customId: child.custom_id as string,
        label: String(part.label ?? child.label ?? ""),
        description: part.description as string | undefined,
        required: child.required !== false,
        value: child.value as string | undefined,
        placeholder: child.placeholder as string | undefined,
        minLength: (child.min_length as number | undefined) ?? 0,
        maxLength: (child.max_length as number | undefined) ?? 4000,
        options: child.options as ModalField["options"],
        paragraph: child.style === 2,
      },
    ];
  });
}

/**
 * The data of a submission. Fields are named by custom id or label; those left out keep what was filled in.
 * @throws {InputRefused} for what the client refuses: a required field left empty, a length, an unknown field.
 */
export function fillModal(modal: ModalPayload, values: Values): Json {
  const fields = modalFields(modal);
  const used = new Set<string>();
  const filledIn = (field: ModalField): string => {
    const key = [field.customId, field.label].find((name) => name in values);
    if (key !== undefined) used.add(key);
    return key === undefined
      ? (field.value ?? field.options?.find((o) => o.default)?.value ?? "")
      : String(values[key]);
  };
  const answer = (child: Json): Json => {
    const field = fields.find((f) => f.customId === child.custom_id)!;
    const value = filledIn(field);
    if (field.required && value === "")
      throw new InputRefused(`The field "${field.label}" must be filled in.`);
    if (value !== "" && (value.length < field.minLength || value.length > field.maxLength))
      throw new InputRefused(
        `The field "${field.label}" takes ${field.minLength} to ${field.maxLength} characters, not ${value.length}.`,
      );
    if (!field.options) return { type: child.type, id: 0, custom_id: field.customId, value };
    const chosen = field.options.filter((o) => o.value === value || o.label === value).map((o) => o.value);
    if (value !== "" && chosen.length === 0)
      throw new InputRefused(`The field "${field.label}" has no option "${value}".`);
    return { type: child.type, id: 0, custom_id: field.customId, values: chosen };
  };
  const components = modal.components.map((part) =>
    part.type === 18
      ? { type: 18, id: 0, component: answer(part.component as Json) }
      : part.type === 1
        ? { type: 1, id: 0, components: [answer((part.components as Json[])[0]!)] }
        : { type: part.type, id: 0 },
  );
  const unknown = Object.keys(values).find((key) => !used.has(key));
  if (unknown !== undefined)
    throw new InputRefused(
      `There is no field "${unknown}"; there are ${fields.map((f) => f.label).join(", ")}.`,
    );
  return { custom_id: modal.custom_id, components };
}
