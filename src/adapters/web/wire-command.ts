import { allowedValues } from "../../bot/commands/help.ts";
import { type AnyCommand, type OptionSpec, optionName } from "../../bot/commands/spec.ts";
import type { WireCommand, WireOption } from "./wire.ts";

/** A command's spec as the page needs it for completion, hints and forms. */
export function wireCommand(command: AnyCommand): WireCommand {
  const { name, description, help, examples, visibility } = command;
  const options = Object.entries<OptionSpec>(command.options).map(([key, spec]) =>
    wireOption(optionName(key), spec),
  );
  return { name, description, examples, visibility, options, ...(help === undefined ? {} : { help }) };
}

function wireOption(name: string, spec: OptionSpec): WireOption {
  return {
    name,
    type: spec.type,
    description: spec.description,
    allowed: allowedValues(spec),
    required: spec.required ?? false,
    advanced: spec.advanced ?? false,
    main: spec.type === "string" && (spec.main ?? false),
    multiline: spec.type === "string" && (spec.multiline ?? false),
    file: spec.type === "string" && (spec.file ?? false),
    suggests: spec.type === "string" && spec.autocomplete !== undefined,
    ...("choices" in spec && spec.choices ? { choices: spec.choices } : {}),
    ...("default" in spec && spec.default !== undefined ? { default: spec.default } : {}),
    ...("min" in spec && spec.min !== undefined ? { min: spec.min } : {}),
    ...("max" in spec && spec.max !== undefined ? { max: spec.max } : {}),
    ...("maxLength" in spec && spec.maxLength !== undefined ? { maxLength: spec.maxLength } : {}),
  };
}
