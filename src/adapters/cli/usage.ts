import { allowedValues } from "../../bot/commands/help.ts";
import { type AnyCommand, type OptionSpec, optionName } from "../../bot/commands/spec.ts";
import { GENERAL_OPTIONS } from "./command-arguments.ts";
import { wrap } from "./wrap.ts";

const WIDTH = 100;

/** What the operator does with Cloze; the commands of the classroom come from their specs. */
const OPERATOR_COMMANDS = [
  {
    written: "start [--host ADDRESS] [--port NUMBER]",
    description: "Open the classroom; Discord and Slack when their tokens are set",
  },
  { written: "worker", description: "Run models for every Cloze on the same Redis (REDIS_URL)" },
  {
    written: "backup [FILE]",
    description: "Write everything that is kept into one file; Cloze may be running",
  },
  {
    written: "restore FILE [--replace]",
    description: "Put a backup in place; what was there is kept beside it",
  },
  {
    written: "embed --input FILE",
    description: "Print the vector of each line's text, or of the word at its span, as JSON lines",
  },
  {
    written: "grade --input FILE",
    description: "Grade each line's short answer against its references, as JSON lines",
  },
  { written: "doctor", description: "Check models, store, configuration and this machine" },
  {
    written: "models add NAME [--dtype DTYPE]",
    description: "Download a model from the Hugging Face Hub; models remove NAME takes it away",
  },
  {
    written: "models convert FOLDER",
    description: "Bring a checkpoint of Llama, OLMo 2 or Qwen into Cloze's fast layout (needs Python)",
  },
  { written: "setup discord", description: "Check the token, print the invite link, register the commands" },
  { written: "setup slack", description: "Write the app's manifest, check tokens and scopes" },
] as const;

/** `cloze --help` */
export function overallUsage(commands: Iterable<AnyCommand>): string {
  const own = [...commands].map((command) => ({
    written: command.name,
    description: command.description + (command.unavailable?.cli ? " (not on the command line)" : ""),
  }));
  return [
    "Usage: cloze COMMAND [OPTIONS]",
    "",
    "The classroom:",
    ...listing(OPERATOR_COMMANDS),
    "",
    "Commands of the classroom, here too:",
    ...listing(own),
    "",
    "cloze COMMAND --help tells a command's options. cloze --version prints the version.",
    "",
  ].join("\n");
}

/** `cloze <command> --help`, from the command's spec. */
export function commandUsage(command: AnyCommand): string {
  const options = Object.entries<OptionSpec>(command.options).map(([key, spec]) => ({
    spec,
    name: optionName(key),
  }));
  const main = options.find(({ spec }) => spec.type === "string" && spec.main);
  const written = ({ name, spec }: (typeof options)[number]) =>
    spec.type === "boolean" ? `--${name}` : `--${name} ${PLACEHOLDER[spec.type]}`;
  const described = (advanced: boolean) =>
    options
      .filter(({ spec }) => (spec.advanced ?? false) === advanced)
      .map((option) => ({
        written: option === main ? `${option.name.toUpperCase()}, or ${written(option)}` : written(option),
        description: `${option.spec.description} (${allowedValues(option.spec)})`,
      }));
  const position = main
    ? main.spec.required
      ? ` ${main.name.toUpperCase()}`
      : ` [${main.name.toUpperCase()}]`
    : "";
  const excuse = command.unavailable?.cli;
  const advanced = described(true);
  return [
    `Usage: cloze ${command.name}${position} [OPTIONS]`,
    "",
    ...wrap(command.help ?? command.description, WIDTH),
    ...(excuse === undefined ? [] : ["", ...wrap(`Not on the command line. ${excuse}`, WIDTH)]),
    ...(options.length > 0 ? ["", "Options:", ...listing(described(false))] : []),
    ...(advanced.length > 0 ? ["", "Rarely needed:", ...listing(advanced)] : []),
    "",
    "With every command:",
    ...listing(GENERAL_OPTIONS),
    "",
  ].join("\n");
}

const PLACEHOLDER = {
  string: "TEXT",
  integer: "N",
  number: "X",
  user: "PERSON",
  channel: "CHANNEL",
} as const;

function listing(items: readonly { written: string; description: string }[]): string[] {
  const column = Math.min(30, Math.max(...items.map(({ written }) => written.length)) + 2);
  return items.flatMap(({ written, description }) => {
    const lines = wrap(description, WIDTH - column - 2);
    const [first = "", ...others] = lines;
    const indent = " ".repeat(column + 2);
    if (written.length + 2 > column) return [`  ${written}`, ...lines.map((line) => indent + line)];
    return [`  ${written.padEnd(column)}${first}`, ...others.map((line) => indent + line)];
  });
}
