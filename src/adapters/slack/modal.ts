import type { types } from "@slack/bolt";
import type { Modal, ModalField } from "../../bot/cards/card.ts";
import { writeButtonId } from "./button-id.ts";
import { inert } from "./inert.ts";
import { INPUT_LABEL, PLACEHOLDER, TEXT_INPUT, VIEW_TITLE } from "./limits.ts";
import { plainText, shorten } from "./render-actions.ts";

/** The action id of every input: fields are told apart by their block. */
export const INPUT = "value";

/** @param metadata Where the form came from; travels with it. */
export function renderModal(modal: Modal, metadata: string): types.ModalView {
  return {
    type: "modal",
    callback_id: writeButtonId(modal, "form"),
    title: plainText(shorten(inert(modal.title), VIEW_TITLE)),
    submit: plainText(shorten(inert(modal.submitLabel ?? "Send"), VIEW_TITLE)),
    close: plainText("Cancel"),
    private_metadata: metadata,
    blocks: modal.fields.map(field),
  };
}

function field({
  id,
  label,
  kind,
  required,
  minLength,
  maxLength,
  value,
  placeholder,
}: ModalField): types.InputBlock {
  return {
    type: "input",
    block_id: id,
    optional: !required,
    label: plainText(shorten(inert(label), INPUT_LABEL)),
    element: {
      type: "plain_text_input",
      action_id: INPUT,
      multiline: kind === "paragraph",
      ...(minLength !== undefined && { min_length: Math.min(minLength, TEXT_INPUT) }),
      max_length: Math.min(maxLength ?? TEXT_INPUT, TEXT_INPUT),
      ...(value !== undefined && { initial_value: value.slice(0, TEXT_INPUT) }),
      ...(placeholder && { placeholder: plainText(shorten(inert(placeholder), PLACEHOLDER)) }),
    },
  };
}

/** One input's state as Slack sends it. */
export interface InputState {
  readonly type?: string;
  readonly value?: string | null;
  readonly selected_option?: { readonly value: string } | null;
  readonly selected_user?: string | null;
  readonly selected_channel?: string | null;
}

export type ViewState = Readonly<Record<string, Readonly<Record<string, InputState>>>>;

/** What was filled in, by field id; fields left empty are absent. */
export function filledIn(state: ViewState): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [id, actions] of Object.entries(state)) {
    const input = actions[INPUT];
    const value =
      input?.value ?? input?.selected_option?.value ?? input?.selected_user ?? input?.selected_channel;
    if (value) fields[id] = value;
  }
  return fields;
}
