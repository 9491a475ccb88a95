import type { Block, Card, Text } from "../cards/card.ts";
import type { Context } from "../context.ts";
import type { Person, Role } from "../invocation.ts";
import { describeRange } from "./parse-options.ts";
import { type AnyCommand, defineCommand, type OptionSpec, optionName } from "./spec.ts";
import { unknownCommand } from "./unknown-command.ts";

const ROLE_ORDER: readonly Role[] = ["student", "assistant", "teacher"];
const ROLE_HEADING: Record<Role, string> = {
  student: "For everybody",
  assistant: "For teaching assistants",
  teacher: "For the teacher",
};

export const help = defineCommand({
  name: "help",
  description: "What Cloze can do, or how one command works",
  options: {
    command: {
      type: "string",
      main: true,
      description: "The command to explain, e.g. generate",
      maxLength: 40,
      autocomplete: async (typed, { commands }) =>
        [...commands.commands.keys()]
          .filter((name) => name.includes(typed.toLowerCase().replace(/^\//, "")))
          .map((name) => ({ name: `/${name}`, value: name })),
    },
  },
  examples: ["/help", "/help command:generate"],
  ack: "instant",
  visibility: "private",
  async *run({ options, person, place }, context) {
    if (options.command === undefined) {
      const commands = usable(context, person);
      const data = { commands: commands.map(({ name, description }) => ({ name, description })) };
      yield { kind: "message", card: overview(commands, context, place.courseId), data };
      return;
    }
    const name = options.command.trim().toLowerCase().replace(/^\//, "");
    const command = context.commands.commands.get(name);
    if (!command) throw unknownCommand(name, context.commands.commands);
    yield { kind: "message", card: explain(command), data: describeCommand(command) };
  },
});

function usable(context: Context, person: Person): AnyCommand[] {
  const rank = ROLE_ORDER.indexOf(person.role);
  return [...context.commands.commands.values()].filter(
    (command) => ROLE_ORDER.indexOf(command.role ?? "student") <= rank,
  );
}

function overview(commands: readonly AnyCommand[], context: Context, courseId: string): Card {
  const blocks: Block[] = [
    {
      type: "text",
      text: "Real language models on the teacher's machine: see how they choose words, fill blanks, compare meanings; vote, pair up, review.",
    },
  ];
  for (const role of ROLE_ORDER) {
    const own = commands.filter((command) => (command.role ?? "student") === role);
    if (own.length === 0) continue;
    blocks.push({ type: "text", text: [{ bold: ROLE_HEADING[role] }] });
    blocks.push({
      type: "list",
      items: own.map(({ name, description }): Text => [{ code: `/${name}` }, ` ${description}`]),
    });
  }
  const [model] = context.engine.models();
  blocks.push({
    type: "text",
    text: [
      { bold: "The models are small. " },
      `${model ? `${model.name} has ${Math.round(model.parameters / 1e6)} million parameters. ` : ""}Small models write fluently and know little; what they say can be wrong, dated or unkind. Treat it as a specimen, not as an answer.`,
      context.courses.get(courseId)?.wordList === false
        ? " This course has no word list: vulgar words can come up."
        : " English vulgar words and slurs are kept out of what they write; the teacher can switch that off.",
    ],
  });
  return {
    title: "Cloze",
    blocks,
    footer: ["More about one: ", { code: "/help command:generate" }],
  };
}

function explain(command: AnyCommand): Card {
  const blocks: Block[] = [{ type: "text", text: command.help ?? command.description }];
  const entries = Object.entries<OptionSpec>(command.options);
  if (entries.length > 0) {
    blocks.push({ type: "text", text: [{ bold: "Options" }] });
    blocks.push({
      type: "list",
      items: entries.map(
        ([key, option]): Text => [
          { code: optionName(key) },
          ` ${option.description} (${allowedValues(option)})`,
        ],
      ),
    });
  }
  if (command.examples.length > 0) {
    blocks.push({ type: "text", text: [{ bold: "Examples" }] });
    blocks.push({ type: "code", code: command.examples.join("\n") });
  }
  return { title: `/${command.name}`, blocks };
}

/** What an option takes, in words: "a number above 0 and at most 1; 0.9 when left out". */
export function allowedValues(option: OptionSpec): string {
  const parts: string[] = [];
  if (option.required) parts.push("needed");
  if (option.type === "string") {
    if (option.choices) parts.push(option.choices.map(({ value }) => value).join(", "));
    else parts.push(option.maxLength ? `text, at most ${option.maxLength} characters` : "text");
  } else if (option.type === "integer" || option.type === "number") {
    parts.push(describeRange(option));
  } else if (option.type === "boolean") {
    parts.push("true or false");
  } else {
    parts.push(option.type === "user" ? "a person" : "a channel");
  }
  if ("default" in option && option.default !== undefined) parts.push(`${option.default} when left out`);
  return parts.join("; ");
}

function describeCommand(command: AnyCommand) {
  return {
    name: command.name,
    description: command.description,
    options: Object.entries<OptionSpec>(command.options).map(([key, option]) => ({
      name: optionName(key),
      description: option.description,
      allowed: allowedValues(option),
    })),
    examples: command.examples,
  };
}
