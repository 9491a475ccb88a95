import type { Form, Path } from "./form.ts";
import { limits } from "./limits.ts";

type Json = Record<string, unknown>;

const most = limits.command;
const namePattern = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u;
const subcommand = 1;
const group = 2;
const string = 3;
const integer = 4;
const channel = 7;
const number = 10;
/** Everything from a string to an attachment. */
const valueTypes = [3, 4, 5, 6, 7, 8, 9, 10, 11];
const choosable = [string, integer, number];

/**
 * Checks the JSON of one application command.
 * Source: Application Commands, "Application Command Object", "Option Structure", "Slash Commands" (8,000
 * characters) and "Subcommands and Subcommand Groups" (nesting).
 */
export function checkCommand(form: Form, path: Path, command: unknown, inGuild: boolean): void {
  if (!form.object(path, command)) return;
  const type = command.type ?? 1;
  if (!form.oneOf([...path, "type"], type, [1, 2, 3])) return;
  form.text([...path, "default_member_permissions"], command.default_member_permissions, {
    pattern: /^\d+$/,
    optional: true,
  });
  if (inGuild && Array.isArray(command.contexts))
    form.fail(
      [...path, "contexts"],
      "APPLICATION_COMMAND_GUILD_CONTEXTS",
      "Only for globally-scoped commands",
    );
  if (form.list([...path, "contexts"], command.contexts, { optional: true }))
    command.contexts.forEach((c, i) => {
      form.oneOf([...path, "contexts", i], c, [0, 1, 2]);
    });
  if (type !== 1) {
    form.text([...path, "name"], command.name, { min: 1, max: most.name });
    if (command.description)
      form.fail([...path, "description"], "APPLICATION_COMMAND_DESCRIPTION", "Must be empty for this type");
    if (Array.isArray(command.options) && command.options.length > 0)
      form.fail([...path, "options"], "APPLICATION_COMMAND_OPTIONS", "Only CHAT_INPUT commands have options");
    return;
  }
  checkName(form, [...path, "name"], command.name);
  form.text([...path, "description"], command.description, { min: 1, max: most.description });
  checkOptions(form, [...path, "options"], command.options, [subcommand, group]);
  if (totalLength(command) > most.total)
    form.fail(path, "APPLICATION_COMMAND_TOO_LARGE", `Command exceeds maximum size (${most.total})`);
}

function checkName(form: Form, path: Path, name: unknown): void {
  if (!form.text(path, name, { min: 1, max: most.name })) return;
  if (!namePattern.test(name) || name !== name.toLowerCase())
    form.fail(path, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid");
}

/** @param containers Which of subcommand and group may stand here; empty in the innermost list. */
function checkOptions(form: Form, path: Path, options: unknown, containers: readonly number[]): void {
  if (!form.list(path, options, { max: most.options, optional: true })) return;
  const names = new Set<unknown>();
  let optionalSeen = false;
  let parameters = 0;
  for (const [i, option] of options.entries()) {
    const at = [...path, i];
    if (!form.object(at, option)) continue;
    checkName(form, [...at, "name"], option.name);
    form.text([...at, "description"], option.description, { min: 1, max: most.description });
    if (names.has(option.name))
      form.fail(
        [...at, "name"],
        "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS",
        "Option names must be unique",
      );
    names.add(option.name);
    if (!form.oneOf([...at, "type"], option.type, [...containers, ...valueTypes])) continue;
    if (option.type === subcommand) checkOptions(form, [...at, "options"], option.options, []);
    else if (option.type === group) checkOptions(form, [...at, "options"], option.options, [subcommand]);
    else {
      parameters++;
      if (option.required === true && optionalSeen)
        form.fail(
          at,
          "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
          "Required options must be placed before non-required options",
        );
      if (option.required !== true) optionalSeen = true;
      checkParameter(form, at, option);
    }
  }
  if (parameters > 0 && parameters < options.length)
    form.fail(path, "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Sub-commands and parameters can't be mixed");
}

function checkParameter(form: Form, path: Path, option: Json): void {
  const only = (field: string, types: readonly number[]): boolean => {
    if (option[field] === undefined || option[field] === null || option[field] === false) return false;
    if (types.includes(option.type as number)) return true;
    form.fail([...path, field], "APPLICATION_COMMAND_OPTION_FIELD", `Not for options of type ${option.type}`);
    return false;
  };
  form.boolean([...path, "required"], option.required);
  const whole = option.type === integer;
  for (const field of ["min_value", "max_value"] as const)
    if (only(field, [integer, number]))
      form.number([...path, field], option[field], { integer: whole, min: -(2 ** 53), max: 2 ** 53 });
  if (only("min_length", [string]))
    form.number([...path, "min_length"], option.min_length, {
      integer: true,
      min: 0,
      max: most.stringLength,
    });
  if (only("max_length", [string]))
    form.number([...path, "max_length"], option.max_length, {
      integer: true,
      min: 1,
      max: most.stringLength,
    });
  only("channel_types", [channel]);
  if (only("autocomplete", choosable) && Array.isArray(option.choices) && option.choices.length > 0)
    form.fail(
      [...path, "autocomplete"],
      "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_CHOICES",
      "autocomplete can't be set with choices",
    );
  if (only("choices", choosable))
    checkChoices(form, [...path, "choices"], option.choices, option.type as number);
}

/** Checks choices of a command option, or the answer to an autocompletion. */
export function checkChoices(form: Form, path: Path, choices: unknown, type: number): void {
  if (!form.list(path, choices, { max: most.choices })) return;
  const names = new Set<unknown>();
  choices.forEach((choice, i) => {
    const at = [...path, i];
    if (!form.object(at, choice)) return;
    form.text([...at, "name"], choice.name, { min: 1, max: most.choiceName });
    if (names.has(choice.name))
      form.fail(
        [...at, "name"],
        "APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_ALREADY_EXISTS",
        "Names must be unique",
      );
    names.add(choice.name);
    if (type === string) form.text([...at, "value"], choice.value, { min: 1, max: most.choiceValue });
    else form.number([...at, "value"], choice.value, { integer: type === integer });
  });
}

/** Names, descriptions and values of the command, its options and choices, added up. */
function totalLength(node: Json): number {
  const own = ["name", "description", "value"].reduce(
    (sum, key) => sum + (typeof node[key] === "string" ? (node[key] as string).length : 0),
    0,
  );
  const inner = [node.options, node.choices].flatMap((list) => (Array.isArray(list) ? list : []));
  return inner.reduce((sum: number, child) => sum + totalLength(child as Json), own);
}
