import { z } from "zod";
import type { LabelledText } from "../../engine/encoding/nearest-centroid.ts";
import type { SoftmaxHead } from "../../engine/learning/softmax-head.ts";
import { UserError } from "../errors.ts";
import type { Person } from "../invocation.ts";
import { atLeast } from "../people/roles.ts";
import type { Namespace, Store } from "../store/store.ts";

const headRecord = z.strictObject({
  name: z.string(),
  /** Labels in the order of the parameters. */
  labels: z.array(z.string()),
  dimensions: z.int(),
  /** [labels, dimensions + 1] as base64 of float64, little-endian. */
  parameters: z.string(),
  /** What it was trained on, and how well it did. */
  trainedOn: z.string(),
  examples: z.int(),
  heldOut: z.strictObject({ accuracy: z.number(), n: z.int() }),
  trainedBy: z.string(),
  trainedAt: z.number(),
});
export type HeadRecord = z.infer<typeof headRecord>;

/** The examples that a head was trained on, for the nearest ones as the reason of a label. */
const headExamples = z.strictObject({
  trainedAt: z.number(),
  examples: z.array(z.strictObject({ text: z.string(), label: z.string(), by: z.string().optional() })),
  /** [examples, dimensions] as base64 of float16, little-endian: cosines keep three digits. */
  vectors: z.string(),
});
export type HeadExamples = z.infer<typeof headExamples>;

/** By `courseId/name`. */
export function headRecords(store: Store): Namespace<HeadRecord> {
  return store.namespace("head", headRecord);
}

/** By `courseId/name`, as the heads. */
export function headExampleRecords(store: Store): Namespace<HeadExamples> {
  return store.namespace("head-examples", headExamples);
}

const MOST_HEADS = 100;

/**
 * The name that a person's new head gets. One that somebody else has taken is refused when it was asked for, and numbered
 * when it only follows from the set's name; staff may put theirs in its place.
 * @throws {UserError} "head-taken", "heads-full"
 */
export async function nameForHead(
  store: Store,
  courseId: string,
  { asked, usual }: { readonly asked: string | undefined; readonly usual: string },
  person: Person,
): Promise<string> {
  const heads = await allHeads(store, courseId);
  const isTaken = (name: string) => {
    const before = heads.find((head) => head.name === name);
    return before && before.trainedBy !== person.id && !atLeast(person.role, "assistant");
  };
  if (asked !== undefined && isTaken(asked)) {
    throw new UserError(
      "head-taken",
      `Somebody else has trained a head named ${asked}. Choose another name, as in head:${asked}-2.`,
      { name: asked },
    );
  }
  let name = asked ?? usual;
  for (let number = 2; isTaken(name); number++) name = `${usual}-${number}`;
  if (heads.length >= MOST_HEADS && !heads.some((head) => head.name === name)) {
    throw new UserError("heads-full", `The course has ${MOST_HEADS} heads; delete one with /heads delete.`);
  }
  return name;
}

export interface HeadToSave {
  readonly courseId: string;
  readonly head: Omit<HeadRecord, "parameters" | "examples">;
  readonly parameters: Float64Array;
  readonly examples: readonly (LabelledText & { readonly by?: string | undefined })[];
  readonly vectors: readonly Float32Array[];
}

export async function saveHead(store: Store, { courseId, head, ...rest }: HeadToSave): Promise<void> {
  const key = `${courseId}/${head.name}`;
  const vectors = new Float16Array(rest.vectors.length * head.dimensions);
  rest.vectors.forEach((vector, i) => {
    vectors.set(vector, i * head.dimensions);
  });
  const examples = rest.examples.map(({ text, label, by }) => ({
    text,
    label,
    ...(by !== undefined && { by }),
  }));
  await store.commit(
    [],
    [
      headRecords(store).put(key, {
        ...head,
        parameters: toBase64(rest.parameters),
        examples: examples.length,
      }),
      headExampleRecords(store).put(key, {
        trainedAt: head.trainedAt,
        examples,
        vectors: toBase64(vectors),
      }),
    ],
  );
}

export interface LoadedHead {
  readonly record: HeadRecord;
  readonly head: SoftmaxHead & { readonly labels: readonly string[] };
  readonly examples: readonly LabelledText[];
  readonly vectors: readonly Float16Array[];
}

/** @throws {UserError} "head-unknown" naming the heads there are */
export async function loadHead(store: Store, courseId: string, name: string): Promise<LoadedHead> {
  const key = `${courseId}/${name}`;
  const record = await headRecords(store).get(key);
  if (!record) {
    const names = (await allHeads(store, courseId)).map((head) => head.name);
    const there =
      names.length === 0
        ? "There is none yet: /finetune trains one."
        : `There are ${names.slice(0, 20).join(", ")}.`;
    throw new UserError("head-unknown", `There is no head "${name}". ${there}`, { name, names });
  }
  const { labels, dimensions } = record;
  const kept = await headExampleRecords(store).get(key);
  const flat = new Float16Array(fromBase64(kept?.vectors ?? ""));
  const examples = kept?.examples ?? [];
  return {
    record,
    head: {
      labels,
      dimensions,
      classes: labels.length,
      parameters: new Float64Array(fromBase64(record.parameters)),
    },
    examples,
    vectors: examples.map((_, i) => flat.subarray(i * dimensions, (i + 1) * dimensions)),
  };
}

/** The heads of a course, by name. */
export async function allHeads(store: Store, courseId: string): Promise<HeadRecord[]> {
  const heads: HeadRecord[] = [];
  for await (const [, record] of headRecords(store).list(`${courseId}/`)) heads.push(record);
  return heads;
}

export async function deleteHead(store: Store, courseId: string, name: string): Promise<void> {
  const key = `${courseId}/${name}`;
  await store.commit(
    [],
    [headRecords(store).put(key, undefined), headExampleRecords(store).put(key, undefined)],
  );
}

/** Takes somebody's texts out of what heads show as near examples; the weights hold nobody's words. */
export async function forgetExamplesOf(
  store: Store,
  courseId: string,
  ids: ReadonlySet<string>,
): Promise<void> {
  const records = headExampleRecords(store);
  const isTheirs = ({ by }: { by?: string | undefined }) => by !== undefined && ids.has(by);
  for await (const [key, kept] of records.list(`${courseId}/`)) {
    if (!kept.examples.some(isTheirs)) continue;
    await records.update(key, (now = kept) => {
      const flat = new Float16Array(fromBase64(now.vectors));
      const size = flat.length / now.examples.length;
      const stays = now.examples
        .map((example, i) => ({ example, i }))
        .filter(({ example }) => !isTheirs(example));
      const vectors = new Float16Array(stays.length * size);
      stays.forEach(({ i }, place) => {
        vectors.set(flat.subarray(i * size, (i + 1) * size), place * size);
      });
      return { ...now, examples: stays.map(({ example }) => example), vectors: toBase64(vectors) };
    });
  }
}

function toBase64(numbers: Float64Array | Float16Array): string {
  return Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength).toString("base64");
}

function fromBase64(text: string): ArrayBuffer {
  // A copy: a small Buffer lies anywhere inside a shared one, and typed arrays begin at multiples of their size.
  return Uint8Array.from(Buffer.from(text, "base64")).buffer;
}
