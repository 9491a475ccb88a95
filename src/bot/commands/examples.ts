import { textCard } from "../cards/card.ts";
import { UserError } from "../errors.ts";
import { type Contributor, contributors } from "../learning/contributors.ts";
import {
  deleteExamples,
  type ExampleRecord,
  exampleSets,
  requireExamples,
} from "../learning/example-records.ts";
import { checkedName } from "../learning/names.ts";
import { atLeast } from "../people/roles.ts";
import { defineCommand, type StringOption } from "./spec.ts";

/** A set of examples, suggested by its name. */
export const setOption = {
  type: "string",
  maxLength: 100,
  description: "The name of a set of labelled examples",
  autocomplete: async (typed, { store, courses }) => {
    const sets = (await Promise.all(courses.all().map(({ id }) => exampleSets(store, id)))).flat();
    return sets
      .map(({ name, labels }) => ({ name: `${name}: ${labelsInWords(labels)}`.slice(0, 100), value: name }))
      .filter(({ value }) => value.includes(typed.toLowerCase()));
  },
} as const satisfies StringOption;

const SHOWN = 20;

export const examplesList = defineCommand({
  name: "examples list",
  description: "The sets of labelled examples of this course, or what is in one",
  options: { set: { ...setOption, main: true, description: "Show this set's examples" } },
  examples: ["/examples list", "/examples list set:spam"],
  ack: "instant",
  visibility: "private",
  async *run({ options, person, place }, { store, roster }) {
    if (options.set !== undefined && options.set.trim() !== "") {
      const set = checkedName("The set's name", options.set);
      const examples = await requireExamples(store, place.courseId, set);
      const rows = someOfEach(examples).map(({ label, text }) => [label, text]);
      const more = examples.length - rows.length;
      const counts = new Map(
        [...Map.groupBy(examples, ({ label }) => label)].map(([label, own]) => [label, own.length]),
      );
      const people = atLeast(person.role, "assistant")
        ? await contributors(roster, place.courseId, examples)
        : [];
      yield {
        kind: "message",
        card: {
          title: `Examples: ${set}`,
          blocks: [
            { type: "text", text: `${examplesInWords(examples.length)}: ${labelsInWords(counts)}.` },
            { type: "table", columns: [{ name: "label" }, { name: "text" }], rows },
            ...(more > 0 ? [{ type: "text" as const, text: `and ${more} more.` }] : []),
            ...(people.length > 1 ? [{ type: "text" as const, text: givenBy(people) }] : []),
          ],
        },
        data: { set, examples: examples.map(({ text, label }) => ({ text, label })) },
      };
      return;
    }
    const sets = await exampleSets(store, place.courseId);
    const items = sets.map(({ name, labels }) => [{ code: name }, ` ${labelsInWords(labels)}`]);
    yield {
      kind: "message",
      card:
        sets.length === 0
          ? textCard("There are no examples yet. /examples add begins a set.", { title: "Examples" })
          : { title: "Examples", blocks: [{ type: "list", items }] },
      data: { sets: sets.map(({ name, labels }) => ({ name, labels: [...labels] })) },
    };
  },
});

export const examplesDelete = defineCommand({
  name: "examples delete",
  description: "Delete a set of examples; students delete what they have added to it",
  options: {
    set: { ...setOption, main: true, required: true },
    from: { type: "user", description: "Delete only what this person has added; for staff" },
  },
  examples: ["/examples delete set:spam"],
  ack: "instant",
  visibility: "private",
  async *run({ options, person, place }, { store, roster }) {
    const { courseId } = place;
    const set = checkedName("The set's name", options.set);
    const people = await contributors(roster, courseId, await requireExamples(store, courseId, set));
    const isStaff = atLeast(person.role, "assistant");
    const { from } = options;
    if (from && !isStaff) {
      throw new UserError(
        "examples-not-yours",
        "Only staff can delete what others have added. Leave from out to delete your own.",
      );
    }
    const whose = from ? (await roster.find(courseId, from))?.id : person.id;
    const ids = people.find(({ id }) => id === whose)?.ids ?? new Set<string>();
    const all = isStaff && !from;
    const deleted = await deleteExamples(store, courseId, set, all ? undefined : ids);
    const owner = from ? ` from ${from.displayName}` : isStaff ? "" : " of yours";
    const heads = isStaff ? " Heads trained on them stay: train again, or /heads delete." : "";
    const text = `${examplesInWords(deleted)}${owner} deleted from ${set}.${heads}`;
    yield { kind: "message", card: textCard(text, { title: "Examples" }), data: { set, deleted } };
  },
});

/** The first of every label, in the order they came: a table often holds one label after the other. */
function someOfEach(examples: readonly ExampleRecord[]): ExampleRecord[] {
  const labels = Map.groupBy(examples, ({ label }) => label);
  const each = Math.max(1, Math.floor(SHOWN / labels.size));
  const shown = new Set([...labels.values()].flatMap((own) => own.slice(0, each)).slice(0, SHOWN));
  return examples.filter((example) => shown.has(example));
}

function givenBy(people: readonly Contributor[]): string {
  const named = people.slice(0, SHOWN).map(({ name, examples }) => `${name} (${examples})`);
  const more = people.length - named.length;
  return `Given by ${named.join(", ")}${more > 0 ? ` and ${more} more` : ""}. /examples delete takes one person's out with from.`;
}

/** "12 spam, 30 ham". */
export function labelsInWords(labels: ReadonlyMap<string, number>): string {
  return [...labels].map(([label, count]) => `${count} ${label}`).join(", ");
}

/** "1 example", "12 examples". */
export function examplesInWords(count: number): string {
  return count === 1 ? "1 example" : `${count} examples`;
}
