import { z } from "zod";
import type { LabelledText } from "../../engine/encoding/nearest-centroid.ts";
import { UserError } from "../errors.ts";
import { newRecordId } from "../store/record-id.ts";
import type { Namespace, Store } from "../store/store.ts";

const exampleRecord = z.strictObject({
  text: z.string(),
  label: z.string(),
  /** Who gave it; for answers to a poll, who wrote them. */
  by: z.string(),
  at: z.number(),
});
export type ExampleRecord = z.infer<typeof exampleRecord>;

/** By `courseId/set/place-id`: examples are listed in the order they came, so that a seed deals them alike. */
export function exampleRecords(store: Store): Namespace<ExampleRecord> {
  return store.namespace("training-example", exampleRecord);
}

export const LONGEST_TEXT = 1_000;
const LONGEST_LABEL = 40;
const MOST_IN_A_SET = 2_000;
const MOST_SETS = 100;

/** An example as it came in, and who it is from. */
export interface GivenExample extends LabelledText {
  readonly by: string;
}

/**
 * Adds examples to a set, which begins with its first one. What stands there already with this label is not added again.
 * @throws {UserError} "example-invalid", "set-full", "sets-full"
 */
export async function addExamples(
  store: Store,
  { courseId, set, at }: { readonly courseId: string; readonly set: string; readonly at: number },
  given: readonly GivenExample[],
): Promise<{ readonly added: number; readonly already: number; readonly total: number }> {
  const records = exampleRecords(store);
  const there = await examplesOf(store, courseId, set);
  if (there.length === 0 && (await exampleSets(store, courseId)).length >= MOST_SETS) {
    throw new UserError("sets-full", `The course has ${MOST_SETS} sets of examples; delete one first.`);
  }
  const keys = new Set(there.map(keyOf));
  const fresh = given.map(checkedExample).filter((example) => {
    const isNew = !keys.has(keyOf(example));
    keys.add(keyOf(example));
    return isNew;
  });
  const total = there.length + fresh.length;
  if (total > MOST_IN_A_SET) {
    throw new UserError(
      "set-full",
      `The set ${set} would have ${total} examples; it takes ${MOST_IN_A_SET}. Add fewer, or begin another set.`,
      { total, allowed: MOST_IN_A_SET },
    );
  }
  await store.commit(
    [],
    fresh.map((example, i) => {
      const place = String(there.length + i).padStart(5, "0");
      return records.put(`${courseId}/${set}/${place}-${newRecordId()}`, { ...example, at });
    }),
  );
  return { added: fresh.length, already: given.length - fresh.length, total };
}

function keyOf({ text, label }: LabelledText): string {
  return `${label}\n${text}`;
}

function checkedExample({ text, label, by }: GivenExample): GivenExample {
  const example = { text: text.trim(), label: label.trim().normalize("NFC"), by };
  const shown = `"${example.text.slice(0, 40).toWellFormed()}"`;
  const problem =
    example.label === "" || example.label.length > LONGEST_LABEL || /[\p{Cc}]/u.test(example.label)
      ? `The label of ${shown} is "${example.label.slice(0, 60).toWellFormed()}"; it must have 1 to ${LONGEST_LABEL} characters.`
      : example.text === "" || example.text.length > LONGEST_TEXT
        ? `The text ${shown} has ${example.text.length} characters; it must have 1 to ${LONGEST_TEXT}. Shorten it.`
        : undefined;
  if (problem) throw new UserError("example-invalid", problem);
  return example;
}

/** The examples of a set in the order they came. */
export async function examplesOf(store: Store, courseId: string, set: string): Promise<ExampleRecord[]> {
  const found: ExampleRecord[] = [];
  for await (const [, record] of exampleRecords(store).list(`${courseId}/${set}/`)) found.push(record);
  return found;
}

/**
 * The examples of a set that must be there.
 * @throws {UserError} "set-unknown" naming the sets there are
 */
export async function requireExamples(store: Store, courseId: string, set: string): Promise<ExampleRecord[]> {
  const examples = await examplesOf(store, courseId, set);
  if (examples.length > 0) return examples;
  const names = (await exampleSets(store, courseId)).map(({ name }) => name);
  const there =
    names.length === 0
      ? "There is none yet: /examples add begins one."
      : `There are ${names.slice(0, 20).join(", ")}; /examples add begins another.`;
  throw new UserError("set-unknown", `There is no set of examples "${set}". ${there}`, { set, names });
}

export interface ExampleSet {
  readonly name: string;
  /** Examples by label, the first label first. */
  readonly labels: ReadonlyMap<string, number>;
}

/** The sets of a course, by name. */
export async function exampleSets(store: Store, courseId: string): Promise<ExampleSet[]> {
  const sets = new Map<string, Map<string, number>>();
  for await (const [key, { label }] of exampleRecords(store).list(`${courseId}/`)) {
    const name = key.split("/").at(-2)!;
    const labels = sets.get(name) ?? new Map<string, number>();
    labels.set(label, (labels.get(label) ?? 0) + 1);
    sets.set(name, labels);
  }
  return [...sets].map(([name, labels]) => ({ name, labels }));
}

/**
 * Deletes a set, or only what some have added to it.
 * @returns how many examples are gone.
 */
export async function deleteExamples(
  store: Store,
  courseId: string,
  set: string,
  by?: ReadonlySet<string>,
): Promise<number> {
  const records = exampleRecords(store);
  const keys: string[] = [];
  for await (const [key, record] of records.list(`${courseId}/${set}/`)) {
    if (by === undefined || by.has(record.by)) keys.push(key);
  }
  for (const key of keys) await records.delete(key);
  return keys.length;
}
