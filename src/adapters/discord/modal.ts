import { type APIModalInteractionResponseCallbackData, ComponentType, TextInputStyle } from "discord.js";
import type { Modal } from "../../bot/cards/card.ts";
import { writeCustomId } from "./custom-id.ts";
import { LIMITS } from "./limits.ts";

/**
 * A form. Discord's has no label for its button, so `submitLabel` is not shown; everything else is.
 * @throws {RangeError} for more than five fields.
 */
export function modalOf(modal: Modal): APIModalInteractionResponseCallbackData {
  if (modal.fields.length > LIMITS.modalFields)
    throw new RangeError(
      `The form "${modal.title}" has ${modal.fields.length} fields; Discord takes ${LIMITS.modalFields}.`,
    );
  return {
    custom_id: writeCustomId(modal),
    title: modal.title.slice(0, LIMITS.modalTitle),
    components: modal.fields.map((field) => ({
      type: ComponentType.Label,
      label: field.label.slice(0, LIMITS.modalLabel),
      component: {
        type: ComponentType.TextInput,
        custom_id: field.id,
        style: field.kind === "paragraph" ? TextInputStyle.Paragraph : TextInputStyle.Short,
        required: field.required ?? false,
        max_length: Math.min(field.maxLength ?? LIMITS.modalInput, LIMITS.modalInput),
        ...(field.minLength === undefined ? {} : { min_length: field.minLength }),
        ...(field.value === undefined ? {} : { value: field.value }),
        ...(field.placeholder === undefined
          ? {}
          : { placeholder: field.placeholder.slice(0, LIMITS.modalPlaceholder) }),
      },
    })),
  };
}
