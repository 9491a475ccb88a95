import type { Roster } from "../people/roster.ts";
import type { ExampleRecord } from "./example-records.ts";

/** Somebody who gave examples of a set, or whose answers became examples. */
export interface Contributor {
  /** The id that counts now, and those that stand in the examples: more than one when accounts were joined later. */
  readonly id: string;
  readonly ids: ReadonlySet<string>;
  readonly name: string;
  readonly examples: number;
}

/** Who gave how many of these examples, the most first. */
export async function contributors(
  roster: Pick<Roster, "entry">,
  courseId: string,
  examples: readonly ExampleRecord[],
): Promise<Contributor[]> {
  const people = new Map<string, Contributor>();
  for (const [by, own] of Map.groupBy(examples, (example) => example.by)) {
    const entry = await roster.entry(courseId, by);
    const id = entry?.id ?? by;
    const known = people.get(id);
    people.set(id, {
      id,
      ids: new Set([...(known?.ids ?? []), by]),
      name: entry?.displayName ?? "somebody who has left",
      examples: (known?.examples ?? 0) + own.length,
    });
  }
  return [...people.values()].sort((a, b) => b.examples - a.examples);
}
