import { asArray, isObject, type Json } from "../json.ts";
import { LIMITS } from "../limits.ts";
import { ANY_TEXT, checkConfirm, checkOptionGroups, checkOptions, checkText, PLAIN } from "./objects.ts";
import type { Problems } from "./problem.ts";
import { checkList, checkOneOf, checkShape, checkString } from "./shape.ts";

const COMMON = ["action_id", "confirm", "focus_on_load"] as const;

interface ElementRule {
  readonly required: readonly string[];
  readonly optional: readonly string[];
  readonly check: (element: Json, pointer: string, problems: Problems) => void;
}

function placeholder(element: Json, pointer: string, problems: Problems): void {
  checkText(element.placeholder, `${pointer}/placeholder`, LIMITS.select.placeholder, PLAIN, problems);
}

function selectRule(extraRequired: readonly string[], extraOptional: readonly string[]): ElementRule {
  return {
    required: extraRequired,
    optional: ["placeholder", ...extraOptional],
    check: placeholder,
  };
}

const staticSelect: ElementRule = {
  required: [],
  optional: [
    "placeholder",
    "options",
    "option_groups",
    "initial_option",
    "initial_options",
    "max_selected_items",
  ],
  check(element, pointer, problems) {
    placeholder(element, pointer, problems);
    if ((element.options === undefined) === (element.option_groups === undefined)) {
      problems.push({ message: "must have exactly one of: options, option_groups", pointer });
    }
    if (element.options !== undefined) {
      checkOptions(element.options, `${pointer}/options`, LIMITS.select.options, PLAIN, problems);
    }
    if (element.option_groups !== undefined) {
      checkOptionGroups(element.option_groups, `${pointer}/option_groups`, problems);
    }
    checkInitial(element, pointer, problems);
  },
};

/** What is chosen at first must be one of the options, field by field. */
function checkInitial(element: Json, pointer: string, problems: Problems): void {
  const offered = [
    ...asArray(element.options),
    ...asArray(element.option_groups).flatMap((group) => asArray(isObject(group) ? group.options : [])),
  ].map((option) => JSON.stringify(option));
  const chosen =
    element.initial_option === undefined ? asArray(element.initial_options) : [element.initial_option];
  for (const option of chosen) {
    if (!offered.includes(JSON.stringify(option))) {
      problems.push({ message: "initial_option must be one of the options", pointer });
    }
  }
}

const optionList = (max: number): ElementRule => ({
  required: ["options"],
  optional: ["initial_option", "initial_options"],
  check(element, pointer, problems) {
    checkOptions(element.options, `${pointer}/options`, max, ANY_TEXT, problems);
    checkInitial(element, pointer, problems);
  },
});

const picker: ElementRule = {
  required: [],
  optional: ["initial_date", "initial_time", "initial_date_time", "placeholder", "timezone"],
  check: placeholder,
};

const ELEMENTS: Readonly<Record<string, ElementRule>> = {
  button: {
    required: ["text"],
    optional: ["url", "value", "style", "accessibility_label"],
    check(element, pointer, problems) {
      checkText(element.text, `${pointer}/text`, LIMITS.button.text, PLAIN, problems);
      checkString(element.value, `${pointer}/value`, LIMITS.button.value, problems);
      checkString(element.url, `${pointer}/url`, LIMITS.button.url, problems);
      checkString(
        element.accessibility_label,
        `${pointer}/accessibility_label`,
        LIMITS.button.accessibilityLabel,
        problems,
      );
      checkOneOf(element.style, `${pointer}/style`, ["primary", "danger"], problems);
    },
  },
  static_select: staticSelect,
  multi_static_select: staticSelect,
  external_select: selectRule([], ["initial_option", "min_query_length"]),
  users_select: selectRule([], ["initial_user"]),
  conversations_select: selectRule(
    [],
    ["initial_conversation", "default_to_current_conversation", "response_url_enabled", "filter"],
  ),
  channels_select: selectRule([], ["initial_channel", "response_url_enabled"]),
  multi_users_select: selectRule([], ["initial_users", "max_selected_items"]),
  radio_buttons: optionList(LIMITS.radioButtons),
  checkboxes: optionList(LIMITS.checkboxes),
  overflow: {
    required: ["options"],
    optional: [],
    check: (element, pointer, problems) =>
      checkOptions(element.options, `${pointer}/options`, LIMITS.overflow, PLAIN, problems),
  },
  datepicker: picker,
  timepicker: picker,
  datetimepicker: picker,
  plain_text_input: {
    required: [],
    optional: [
      "placeholder",
      "initial_value",
      "multiline",
      "min_length",
      "max_length",
      "dispatch_action_config",
    ],
    check(element, pointer, problems) {
      placeholder(element, pointer, problems);
      checkNumber(element.min_length, `${pointer}/min_length`, 0, LIMITS.plainTextInput, problems);
      checkNumber(element.max_length, `${pointer}/max_length`, 1, LIMITS.plainTextInput, problems);
      checkString(element.initial_value, `${pointer}/initial_value`, LIMITS.plainTextInput, problems, 0);
    },
  },
  number_input: {
    required: ["is_decimal_allowed"],
    optional: ["placeholder", "initial_value", "min_value", "max_value", "dispatch_action_config"],
    check(element, pointer, problems) {
      placeholder(element, pointer, problems);
      // Slack takes these numbers as strings.
      for (const name of ["initial_value", "min_value", "max_value"]) {
        const value = element[name];
        if (value !== undefined && (typeof value !== "string" || Number.isNaN(Number(value)))) {
          problems.push({ message: "must be a string holding a number", pointer: `${pointer}/${name}` });
        }
      }
    },
  },
  url_text_input: { required: [], optional: ["placeholder", "initial_value"], check: placeholder },
  email_text_input: { required: [], optional: ["placeholder", "initial_value"], check: placeholder },
};

function checkNumber(value: unknown, pointer: string, min: number, max: number, problems: Problems): void {
  if (value === undefined) return;
  if (typeof value !== "number" || !Number.isInteger(value)) {
    problems.push({ message: "must be an integer", pointer });
  } else if (value < min) problems.push({ message: `must be greater than ${min - 1}`, pointer });
  else if (value > max) problems.push({ message: `must be less than ${max + 1}`, pointer });
}

/** Which elements each place takes. */
export const PLACES = {
  actions: [
    "button",
    "checkboxes",
    "datepicker",
    "datetimepicker",
    "overflow",
    "radio_buttons",
    "static_select",
    "external_select",
    "users_select",
    "conversations_select",
    "channels_select",
    "multi_static_select",
    "multi_users_select",
    "timepicker",
  ],
  accessory: [
    "button",
    "checkboxes",
    "datepicker",
    "image",
    "overflow",
    "radio_buttons",
    "static_select",
    "external_select",
    "users_select",
    "conversations_select",
    "channels_select",
    "multi_static_select",
    "multi_users_select",
    "timepicker",
  ],
  input: [
    "checkboxes",
    "datepicker",
    "datetimepicker",
    "email_text_input",
    "number_input",
    "plain_text_input",
    "radio_buttons",
    "static_select",
    "external_select",
    "users_select",
    "conversations_select",
    "channels_select",
    "multi_static_select",
    "multi_users_select",
    "timepicker",
    "url_text_input",
  ],
} as const;

/** An interactive element in its place; ids must differ within the block. */
export function checkElement(
  value: unknown,
  pointer: string,
  place: keyof typeof PLACES,
  ids: Set<string>,
  problems: Problems,
): void {
  if (!isObject(value)) {
    problems.push({ message: "must be an object", pointer });
    return;
  }
  const type = String(value.type);
  if (type === "image" && place === "accessory") {
    checkImage(value, pointer, problems);
    return;
  }
  const rule = ELEMENTS[type];
  if (!rule || !(PLACES[place] as readonly string[]).includes(type)) {
    problems.push({ message: `unsupported type: ${type}`, pointer: `${pointer}/type` });
    return;
  }
  checkShape(value, pointer, { required: rule.required, optional: [...rule.optional, ...COMMON] }, problems);
  if (checkString(value.action_id, `${pointer}/action_id`, LIMITS.actionId, problems)) {
    if (ids.has(value.action_id)) {
      problems.push({
        message: `\`action_id\` "${value.action_id}" already exists`,
        pointer: `${pointer}/action_id`,
      });
    }
    ids.add(value.action_id);
  }
  checkConfirm(value.confirm, `${pointer}/confirm`, problems);
  rule.check(value, pointer, problems);
}

/** An image, as a block, an accessory or in a context. */
export function checkImage(value: unknown, pointer: string, problems: Problems, asBlock = false): void {
  const image = checkShape(
    value,
    pointer,
    {
      required: ["alt_text"],
      optional: ["image_url", "slack_file", ...(asBlock ? ["title", "block_id"] : [])],
    },
    problems,
  );
  if (!image) return;
  if ((image.image_url === undefined) === (image.slack_file === undefined)) {
    problems.push({ message: "must have exactly one of: image_url, slack_file", pointer });
  }
  checkString(image.image_url, `${pointer}/image_url`, LIMITS.image.url, problems);
  checkString(image.alt_text, `${pointer}/alt_text`, LIMITS.image.alt, problems);
  if (asBlock) checkText(image.title, `${pointer}/title`, LIMITS.image.title, PLAIN, problems);
}

/** The elements of a context block. */
export function checkContext(value: unknown, pointer: string, problems: Problems): void {
  for (const [index, element] of checkList(value, pointer, LIMITS.context, problems).entries()) {
    const at = `${pointer}/${index}`;
    if (isObject(element) && element.type === "image") checkImage(element, at, problems);
    else checkText(element, at, LIMITS.text, ANY_TEXT, problems);
  }
}
