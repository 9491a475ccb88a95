import type { types } from "@slack/bolt";
import {
  type AnyCommand,
  type Choice,
  type NumberOption,
  type OptionSpec,
  optionName,
  type StringOption,
} from "../../bot/commands/spec.ts";
import { inert } from "./inert.ts";
import { INPUT_LABEL, OPTION_TEXT, OPTION_VALUE, OPTIONS, TEXT_INPUT, VIEW_TITLE } from "./limits.ts";
import { INPUT } from "./modal.ts";
import { plainText, shorten } from "./render-actions.ts";

/** Marks the forms that stand for a command; the command's name follows. */
export const FORM_ID = "cloze-command/";
/** The button that shows the rarely needed options. */
export const MORE_OPTIONS = "cloze-more-options";

/** Whether a form is of use when the command is called without text: something is needed. */
export function needsForm(command: AnyCommand): boolean {
  return Object.values<OptionSpec>(command.options).some(({ required }) => required);
}

/**
 * A command's options as a form.
 * @param all Shows the rarely needed options too.
 * @param title As people type the command, e.g. "/generate".
 */
export function commandForm(
  command: AnyCommand,
  { title, metadata, all }: { title: string; metadata: string; all: boolean },
): types.ModalView {
  const options = Object.entries<OptionSpec>(command.options);
  const shown = options.filter(([, option]) => all || !option.advanced);
  const more: types.KnownBlock[] =
    shown.length < options.length
      ? [
          {
            type: "actions",
            block_id: "more",
            elements: [
              {
                type: "button",
                action_id: MORE_OPTIONS,
                text: plainText(`More options (${options.length - shown.length})`),
              },
            ],
          },
        ]
      : [];
  return {
    type: "modal",
    callback_id: FORM_ID + command.name,
    title: plainText(shorten(title, VIEW_TITLE)),
    submit: plainText("Go"),
    close: plainText("Cancel"),
    private_metadata: metadata,
    blocks: [
      { type: "context", block_id: "about", elements: [plainText(inert(command.description))] },
      ...shown.map(([key, option]) => field(optionName(key), option)),
      ...more,
    ],
  };
}

function field(name: string, option: OptionSpec): types.InputBlock {
  const cut = option.type === "string" && !option.choices && (option.maxLength ?? 0) > TEXT_INPUT;
  const hint = cut
    ? `${option.description}. At most ${TEXT_INPUT} characters here; type the command for longer texts.`
    : option.description;
  return {
    type: "input",
    block_id: name,
    optional: !option.required,
    label: plainText(name),
    hint: plainText(shorten(inert(hint), INPUT_LABEL)),
    element: element(option),
  };
}

function element(option: OptionSpec): types.InputBlockElement {
  switch (option.type) {
    case "string":
      if (option.choices) return choose(option.choices, option.default);
      if (option.autocomplete) {
        // Not "min_query_length: 0" alone decides: the typed text itself is offered too.
        return { type: "external_select", action_id: INPUT, min_query_length: 0, ...placeholder(option) };
      }
      return textInput(option);
    case "integer":
    case "number":
      return option.choices ? choose(option.choices, option.default) : numberInput(option);
    case "boolean":
      return choose(YES_NO, option.default === undefined ? undefined : option.default ? "yes" : "no");
    case "user":
      return { type: "users_select", action_id: INPUT };
    case "channel":
      return { type: "channels_select", action_id: INPUT };
  }
}

const YES_NO: readonly Choice<string>[] = [
  { name: "yes", value: "yes" },
  { name: "no", value: "no" },
];

function placeholder({ default: value }: StringOption) {
  return value === undefined ? {} : { placeholder: plainText(shorten(inert(value), OPTION_TEXT)) };
}

function textInput({ minLength, maxLength, multiline, default: value }: StringOption): types.PlainTextInput {
  return {
    type: "plain_text_input",
    action_id: INPUT,
    multiline: multiline ?? false,
    max_length: Math.min(maxLength ?? TEXT_INPUT, TEXT_INPUT),
    ...(minLength !== undefined && { min_length: Math.min(minLength, TEXT_INPUT) }),
    ...(value !== undefined && value !== "" && { initial_value: value.slice(0, TEXT_INPUT) }),
  };
}

function numberInput({ type, min, max, default: value }: NumberOption): types.NumberInput {
  return {
    type: "number_input",
    action_id: INPUT,
    is_decimal_allowed: type === "number",
    ...(min !== undefined && { min_value: String(min) }),
    ...(max !== undefined && { max_value: String(max) }),
    ...(value !== undefined && { initial_value: String(value) }),
  };
}

function choose(choices: readonly Choice<string | number>[], initial?: string | number): types.StaticSelect {
  const options = choices.slice(0, OPTIONS).map(selectOption);
  const chosen = options.find(({ value }) => value === String(initial));
  return { type: "static_select", action_id: INPUT, options, ...(chosen && { initial_option: chosen }) };
}

/** A choice as Slack takes it. */
export function selectOption({ name, value }: Choice<string | number>): types.PlainTextOption {
  return { text: plainText(shorten(inert(name), OPTION_TEXT)), value: String(value).slice(0, OPTION_VALUE) };
}
