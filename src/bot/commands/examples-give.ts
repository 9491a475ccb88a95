import type { LabelledText } from "../../engine/encoding/nearest-centroid.ts";
import { EngineError } from "../../engine/errors.ts";
import { checkExamples } from "../../engine/learning/check-examples.ts";
import type { Action } from "../actions.ts";
import type { Card } from "../cards/card.ts";
import type { Context } from "../context.ts";
import { UserError } from "../errors.ts";
import type { Place, Reply } from "../invocation.ts";
import {
  addExamples,
  exampleSets,
  type GivenExample,
  LONGEST_TEXT,
  requireExamples,
} from "../learning/example-records.ts";
import { checkedName } from "../learning/names.ts";
import { labelLines, pollAnswers, readLabelLines, textPoll, textPolls } from "../learning/poll-examples.ts";
import { readExamples } from "../learning/read-examples.ts";
import { examplesInWords, labelsInWords, setOption } from "./examples.ts";
import { defineCommand } from "./spec.ts";

/** What a form can hold on every platform. */
const FORM_CHARACTERS = 3_000;
export const examplesAdd = defineCommand({
  name: "examples add",
  description: "Give labelled examples to train on: one with its label, or a list",
  help:
    "One example: text and label. Many: list, with a CSV table whose first line is text,label, or with one example a line as in spam: You have won! " +
    "Without either a form opens. Everybody in the course may add to a set; /finetune trains on it.",
  options: {
    set: { ...setOption, required: true, description: "The set they go into; a new name begins a new set" },
    list: {
      type: "string",
      main: true,
      multiline: true,
      file: true,
      maxLength: 900_000,
      description: "CSV with the columns text,label; or lines such as spam: You have won!",
    },
    text: { type: "string", multiline: true, maxLength: LONGEST_TEXT, description: "One example's text" },
    label: { type: "string", maxLength: 60, description: "Its label" },
  },
  examples: ['/examples add set:spam text:"You have won a prize!" label:spam', "/examples add set:spam"],
  ack: "modal",
  visibility: "private",
  async *run({ options, person, place }, context) {
    const set = checkedName("The set's name", options.set);
    const { list, text, label } = options;
    if ((text === undefined) !== (label === undefined)) {
      const missing = text === undefined ? "text" : "label";
      throw new UserError("option-missing", `${missing} is missing: one example needs text and label.`, {
        option: missing,
      });
    }
    const given = [
      ...(list ? readExamples(list) : []),
      ...(text !== undefined && label !== undefined ? [{ text, label }] : []),
    ];
    if (given.length > 0) {
      yield await added(
        set,
        given.map((example) => ({ ...example, by: person.id })),
        place,
        context,
      );
      return;
    }
    if (place.channel.platform === "cli") {
      throw new UserError(
        "option-missing",
        "list is missing: examples as CSV or lines; or give text and label.",
        {
          option: "list",
        },
      );
    }
    yield {
      kind: "modal",
      modal: {
        title: "Add examples",
        action: "examples.add",
        record: "-",
        submitLabel: "Add",
        fields: [
          { id: "set", label: "Set", kind: "line", required: true, value: set },
          {
            id: "list",
            label: "One a line as label: text, or CSV",
            kind: "paragraph",
            required: true,
            maxLength: FORM_CHARACTERS,
            placeholder: "spam: You have won!\nham: See you at six.",
          },
        ],
      },
    };
  },
});

const add: Action = {
  name: "examples.add",
  async *run({ fields, person, place }, context) {
    const set = checkedName("The set's name", fields?.set ?? "");
    const given = readExamples(fields?.list ?? "").map((example) => ({ ...example, by: person.id }));
    yield await added(set, given, place, context);
  },
};

export const examplesPoll = defineCommand({
  name: "examples poll",
  description: "Make labelled examples of the answers to a closed poll that was answered in words",
  help:
    "Opens a form with the answers, one a line, to write a label into each. A label stands there already where an answer was graded (right, close, not-yet) or begins with one, as in positive: I love it. " +
    "With accept:true those labels are taken as they are, without a form.",
  options: {
    set: { ...setOption, required: true, description: "The set they go into; a new name begins a new set" },
    poll: {
      type: "string",
      maxLength: 40,
      description: "The poll; left out, the newest one",
      autocomplete: async (typed, context) => {
        const polls = await Promise.all(context.courses.all().map(({ id }) => textPolls(context, id)));
        return polls
          .flat()
          .filter(({ question }) => question.toLowerCase().includes(typed.toLowerCase()))
          .map(({ id, question }) => ({ name: question.slice(0, 100), value: id }));
      },
    },
    accept: {
      type: "boolean",
      default: false,
      description: "Take the labels that stand there, and leave out answers without one",
    },
  },
  examples: ["/examples poll set:answers", "/examples poll set:answers accept:true"],
  role: "assistant",
  ack: "modal",
  visibility: "private",
  async *run({ options, place }, context) {
    const set = checkedName("The set's name", options.set);
    const poll = await textPoll(context, place.courseId, options.poll?.trim());
    const answers = await pollAnswers(context, poll);
    if (options.accept) {
      yield await added(set, readLabelLines(answers, labelLines(answers)), place, context);
      return;
    }
    const lines = labelLines(answers);
    if (place.channel.platform === "cli" || lines.length > FORM_CHARACTERS) {
      throw new UserError(
        "form-too-small",
        place.channel.platform === "cli"
          ? "Here is no form to write labels into. Take the grades as labels with accept, or use the web classroom."
          : `The answers have ${lines.length} characters and a form takes ${FORM_CHARACTERS}. Take the grades as labels with accept:true, or put the texts with labels into a CSV file for /examples add.`,
      );
    }
    yield {
      kind: "modal",
      modal: {
        title: "Label the answers",
        action: "examples.label",
        record: poll.id,
        submitLabel: "Add",
        fields: [
          { id: "set", label: "Set", kind: "line", required: true, value: set },
          {
            id: "lines",
            label: "A label after each number; none leaves it out",
            kind: "paragraph",
            required: true,
            maxLength: FORM_CHARACTERS,
            value: lines,
          },
        ],
      },
    };
  },
});

const labelAnswers: Action = {
  name: "examples.label",
  role: "assistant",
  async *run({ record, fields, place }, context) {
    const set = checkedName("The set's name", fields?.set ?? "");
    const answers = await pollAnswers(context, await textPoll(context, place.courseId, record));
    yield await added(set, readLabelLines(answers, fields?.lines ?? ""), place, context);
  },
};

export const examplesActions: readonly Action[] = [add, labelAnswers];

async function added(
  set: string,
  given: readonly GivenExample[],
  { courseId }: Place,
  { store, clock }: Context,
): Promise<Reply> {
  if (given.length === 0) {
    throw new UserError("examples-unreadable", "No line has a label, so there is nothing to add.");
  }
  const result = await addExamples(store, { courseId, set, at: clock.now() }, given);
  const { labels } = (await exampleSets(store, courseId)).find(({ name }) => name === set)!;
  const doubts = beforeTraining(await requireExamples(store, courseId, set));
  const already = result.already === 0 ? "" : ` ${result.already} stood there already.`;
  const card: Card = {
    title: "Examples",
    tone: "success",
    blocks: [
      { type: "text", text: `${examplesInWords(result.added)} added to ${set}.${already}` },
      { type: "text", text: `${set}: ${labelsInWords(labels)}` },
      ...(doubts.length > 0 ? [{ type: "list" as const, items: doubts }] : []),
    ],
    footer: ["Train on them: ", { code: `/finetune examples:${set}` }],
  };
  return { kind: "message", card, data: { set, ...result, labels: [...labels] } };
}

/** What stands in the way of a training on these examples, or makes it doubtful. */
function beforeTraining(examples: readonly LabelledText[]): readonly string[] {
  try {
    return checkExamples(examples).warnings;
  } catch (error) {
    if (error instanceof EngineError) return [error.message];
    throw error;
  }
}
