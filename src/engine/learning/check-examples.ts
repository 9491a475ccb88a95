import type { LabelledText } from "../encoding/nearest-centroid.ts";
import { EngineError } from "../errors.ts";

/** Examples fit for training, and what was found before it begins. */
export interface CheckedExamples {
  readonly examples: readonly LabelledText[];
  /** In the order of their first example. */
  readonly labels: readonly string[];
  /** Examples of each label. */
  readonly counts: readonly number[];
  /** What was left out, and what makes the result doubtful; for people to read. */
  readonly warnings: readonly string[];
  /** Texts left out because they stand with different labels. */
  readonly conflicts: readonly { readonly text: string; readonly labels: readonly string[] }[];
  /** Examples left out because text and label stand there already. */
  readonly duplicates: number;
}

const FEWEST_A_LABEL = 4;
const MOST_EXAMPLES = 2_000;
const MOST_LABELS = 12;
/** Fewer examples of a label than these make the measures doubtful. */
const ENOUGH_A_LABEL = 10;

/**
 * Looks at examples before anything is trained. Texts are the same when they differ in case or spaces only.
 * @throws {EngineError} "one-label", "too-few-examples", "too-many-examples", "too-many-labels", "empty-text"
 */
export function checkExamples(given: readonly LabelledText[]): CheckedExamples {
  if (given.length > MOST_EXAMPLES) {
    throw new EngineError(
      "too-many-examples",
      `There are ${given.length} examples; at most ${MOST_EXAMPLES} can be trained on at once. Take a part of them.`,
      { examples: given.length },
    );
  }
  const byText = Map.groupBy(given, ({ text }) => text.trim().toLowerCase().replace(/\s+/g, " "));
  if (byText.has(""))
    throw new EngineError("empty-text", "An example has no text. Give each at least a word.");
  const examples: LabelledText[] = [];
  const conflicts: { text: string; labels: string[] }[] = [];
  let duplicates = 0;
  for (const same of byText.values()) {
    const labels = [...new Set(same.map(({ label }) => label))];
    if (labels.length > 1) conflicts.push({ text: same[0]!.text, labels });
    else examples.push(same[0]!);
    if (labels.length === 1) duplicates += same.length - 1;
  }
  const counted = new Map<string, number>();
  for (const { label } of examples) counted.set(label, (counted.get(label) ?? 0) + 1);
  const labels = [...counted.keys()];
  const counts = [...counted.values()];
  const found = { labels, counts, conflicts, duplicates };
  refuse(found);
  return { examples, ...found, warnings: warnings(found) };
}

type Found = Omit<CheckedExamples, "examples" | "warnings">;

function refuse({ labels, counts, conflicts }: Found): void {
  const left = conflicts.length === 0 ? "" : ` ${conflictsInWords(conflicts)}`;
  if (labels.length < 2) {
    const what = labels.length === 0 ? "There is no usable example." : `All examples are "${labels[0]}".`;
    throw new EngineError(
      "one-label",
      `${what} A classifier needs at least 2 labels with ${FEWEST_A_LABEL} examples each.${left}`,
      { labels, conflicts },
    );
  }
  if (labels.length > MOST_LABELS) {
    throw new EngineError(
      "too-many-labels",
      `There are ${labels.length} labels; at most ${MOST_LABELS} can be told apart here. Are label and text in the wrong order?`,
      { labels },
    );
  }
  const few = labels.flatMap((label, k) =>
    counts[k]! < FEWEST_A_LABEL ? [`"${label}" has ${counts[k]}`] : [],
  );
  if (few.length === 0) return;
  throw new EngineError(
    "too-few-examples",
    `${few.join(", ")}; each label needs at least ${FEWEST_A_LABEL} examples, and twenty are better. Add some.${left}`,
    { labels, counts, conflicts },
  );
}

function warnings({ labels, counts, conflicts, duplicates }: Found): string[] {
  const few = labels.filter((_, k) => counts[k]! < ENOUGH_A_LABEL);
  const most = Math.max(...counts);
  const total = counts.reduce((a, b) => a + b, 0);
  return [
    ...(conflicts.length === 0 ? [] : [conflictsInWords(conflicts)]),
    ...(duplicates === 0
      ? []
      : [
          `${duplicates} ${duplicates === 1 ? "example stands" : "examples stand"} there twice and ${duplicates === 1 ? "is" : "are"} counted once.`,
        ]),
    ...(few.length === 0
      ? []
      : [
          `Fewer than ${ENOUGH_A_LABEL} examples of ${few.join(", ")}: the numbers below can change much with other examples.`,
        ]),
    ...(most / total < 0.8
      ? []
      : [
          `${Math.round((100 * most) / total)} % of the examples are "${labels[counts.indexOf(most)]}": always saying that would be right so often.`,
        ]),
  ];
}

function conflictsInWords(conflicts: CheckedExamples["conflicts"]): string {
  const shown = conflicts
    .slice(0, 3)
    .map(({ text, labels }) => `"${text.slice(0, 80)}" (${labels.join(", ")})`)
    .join("; ");
  const more = conflicts.length > 3 ? ` and ${conflicts.length - 3} more` : "";
  return `Left out, for the same text stands with different labels: ${shown}${more}.`;
}
