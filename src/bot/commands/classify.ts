import { classifyText } from "../../engine/learning/learning.ts";
import { allHeads, loadHead } from "../learning/head-records.ts";
import { checkedName } from "../learning/names.ts";
import { formatCommand } from "./format-command.ts";
import { defineCommand, type StringOption } from "./spec.ts";

/** A trained head, suggested by its name. */
export const headOption = {
  type: "string",
  required: true,
  maxLength: 100,
  description: "The head to use; /heads list shows them",
  autocomplete: async (typed, { store, courses }) => {
    const heads = (await Promise.all(courses.all().map(({ id }) => allHeads(store, id)))).flat();
    return heads
      .filter(({ name }) => name.includes(typed.toLowerCase()))
      .map(({ name, labels }) => ({ name: `${name}: ${labels.join(", ")}`.slice(0, 100), value: name }));
  },
} as const satisfies StringOption;

export const classify = defineCommand({
  name: "classify",
  description: "Label a text with a head that /finetune has trained",
  help: "Shows the probability of each label, and the training examples whose sentence vectors are nearest to the text's: what the head has seen that is like it.",
  options: {
    head: headOption,
    text: { type: "string", main: true, required: true, maxLength: 2000, description: "The text to label" },
  },
  examples: ['/classify head:spam text:"You have won a free cruise!"'],
  ack: "deferred",
  visibility: "channel",
  costly: true,
  async *run({ options, place }, { engine, store, signal }) {
    const name = checkedName("The head's name", options.head);
    const { record, head, examples, vectors } = await loadHead(store, place.courseId, name);
    const { labels, nearest } = await classifyText(engine.encoders, head, vectors, options.text, signal);
    const near = nearest.map(({ example, cosine }) => ({ ...examples[example]!, cosine }));
    const [best] = labels;
    yield {
      kind: "message",
      card: {
        title: `Classify: ${name}`,
        blocks: [
          { type: "quote", text: options.text },
          {
            type: "bars",
            unit: "probability",
            full: 1,
            bars: labels.map(({ label, probability }) => ({
              label,
              value: probability,
              marked: label === best!.label,
            })),
          },
          { type: "text", text: [{ bold: "Nearest training examples" }, " by the cosine of their vectors"] },
          {
            type: "list",
            items:
              near.length === 0
                ? ["none are kept any more"]
                : near.map(({ label, text, cosine }) => [
                    `${cosine.toFixed(2)} `,
                    { bold: label },
                    ` ${shorten(text)}`,
                  ]),
          },
        ],
        footer: [
          `Head on frozen MiniLM vectors, ${record.examples} training examples from ${record.trainedOn}, held-out accuracy ${(100 * record.heldOut.accuracy).toFixed(0)} % (n = ${record.heldOut.n})\nAgain: `,
          { code: formatCommand("classify", { head: name, text: options.text }) },
        ],
      },
      data: {
        head: name,
        text: options.text,
        labels: labels.map(({ label, probability }) => ({ label, probability })),
        nearest: near.map(({ text, label, cosine }) => ({ text, label, cosine: Number(cosine.toFixed(3)) })),
      },
    };
  },
});

function shorten(text: string): string {
  return text.length > 160 ? `${text.slice(0, 160).toWellFormed()}…` : text;
}
