import type { CheckedExamples } from "../../engine/learning/check-examples.ts";
import { checkExamples } from "../../engine/learning/check-examples.ts";
import { DEFAULTS, RANGES, type TrainingSettings } from "../../engine/learning/settings.ts";
import { demonstrationTask, TASK_ABOUT, TASKS, type TaskName } from "../../engine/learning/tasks.ts";
import type { OptionSpecs, OptionValues } from "../commands/spec.ts";
import { optionName } from "../commands/spec.ts";
import { UserError } from "../errors.ts";
import type { Store } from "../store/store.ts";
import { requireExamples } from "./example-records.ts";
import { checkedName } from "./names.ts";

const range = (name: keyof typeof RANGES) => ({ min: RANGES[name][0], max: RANGES[name][1] });

/** How a training goes, under the names of the engine's settings. */
export const trainingOptions = {
  epochs: {
    type: "integer",
    ...range("epochs"),
    default: DEFAULTS.epochs,
    description: "Passes over the training examples, at most",
  },
  earlyStopping: {
    type: "boolean",
    default: DEFAULTS.earlyStopping,
    description: "Stop where cross-validation finds the lowest loss",
  },
  l2: {
    type: "number",
    ...range("l2"),
    default: DEFAULTS.l2,
    description: "Regularisation: how much large weights of the head cost",
  },
  learningRate: {
    type: "number",
    ...range("learningRate"),
    default: DEFAULTS.learningRate,
    description: "Adam's step size",
  },
  heldOut: {
    type: "number",
    ...range("heldOut"),
    default: DEFAULTS.heldOut,
    description: "Share of the examples that training never sees",
  },
  folds: {
    type: "integer",
    ...range("folds"),
    default: DEFAULTS.folds,
    description: "Parts for cross-validation of the training examples",
  },
  keep: { type: "integer", ...range("keep"), description: "Train on no more than so many examples" },
  labelNoise: {
    type: "number",
    ...range("labelNoise"),
    default: DEFAULTS.labelNoise,
    description: "Give this share of the training examples a wrong label",
  },
  seed: {
    type: "integer",
    ...range("seed"),
    default: DEFAULTS.seed,
    description: "Fixes the split, the noise and the order of examples",
  },
} as const satisfies OptionSpecs;

export const taskOption = {
  type: "string",
  choices: TASKS.map((value) => ({ name: `${value}: ${TASK_ABOUT[value]}`, value })),
  description: "Sentences that come with Cloze, instead of your own examples",
} as const;

export type TrainingValues = OptionValues<typeof trainingOptions>;

export function trainingSettings(values: TrainingValues): Partial<TrainingSettings> {
  const { keep, ...rest } = values;
  return { ...rest, ...(keep === undefined ? {} : { keep }) };
}

/** The options that differ from what they are when left out, as they are typed. */
export function typedTraining(values: TrainingValues): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values)
      .filter(([key, value]) => value !== DEFAULTS[key as keyof TrainingSettings])
      .map(([key, value]) => [optionName(key), value]),
  );
}

/** What is trained on. */
export interface TrainingData {
  readonly checked: CheckedExamples;
  /** The name for a head when none is given. */
  readonly name: string;
  /** "the examples of spam", "the sentences of the task order". */
  readonly inWords: string;
  /** Who gave each of `checked.examples`. */
  readonly by: readonly (string | undefined)[];
}

/** @throws {UserError} "examples-or-task", "set-unknown", "name-invalid"; {EngineError} what `checkExamples` finds */
export async function trainingData(
  store: Store,
  courseId: string,
  { examples, task }: { readonly examples: string | undefined; readonly task: string | undefined },
): Promise<TrainingData> {
  if ((examples === undefined) === (task === undefined)) {
    throw new UserError(
      "examples-or-task",
      `Name what to train on: examples:… for a set that /examples add has begun, or task:… for sentences that come with Cloze (${TASKS.join(", ")}). One of them, not both.`,
    );
  }
  if (task !== undefined) {
    const checked = demonstrationTask(task as TaskName);
    return { checked, name: task, inWords: `task ${task} (${TASK_ABOUT[task as TaskName]})`, by: [] };
  }
  const set = checkedName("The set's name", examples!);
  const records = await requireExamples(store, courseId, set);
  const checked = checkExamples(records);
  const by = checked.examples.map(({ text, label }) => {
    return records.find((record) => record.text === text && record.label === label)?.by;
  });
  return { checked, name: set, inWords: `the examples of ${set}`, by };
}
