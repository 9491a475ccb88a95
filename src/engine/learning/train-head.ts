import { createUniformDraw } from "../generation/random.ts";
import { measureBaselines } from "./baselines.ts";
import { planTraining, STREAMS, type TrainingPlan } from "./plan-training.ts";
import { readCurves } from "./reading.ts";
import type { TrainingSettings } from "./settings.ts";
import { newHead, trainableHead } from "./softmax-head.ts";
import { confusion, type Measure, measure, type Trainable, trainEpoch } from "./trainable.ts";
import type { CurvePoint, TrainedHead, TrainingProgress } from "./training-results.ts";

/** Called after every epoch: tells how it goes and gives way to other work; throws when nobody waits any more. */
export type AfterEpoch = (progress: TrainingProgress) => Promise<void>;

export interface HeadTask {
  readonly texts: readonly string[];
  readonly vectors: readonly ArrayLike<number>[];
  /** The label's number of each text. */
  readonly labels: readonly number[];
  readonly classes: number;
  readonly settings: TrainingSettings;
}

/**
 * Trains a softmax head on fixed vectors. Cross-validation on the training examples says after how many epochs the
 * validation loss is lowest; then the head is trained so long on all of them. The held-out examples are only measured.
 */
export async function trainHead(task: HeadTask, afterEpoch: AfterEpoch): Promise<TrainedHead> {
  const { texts, vectors, labels, classes, settings } = task;
  const plan = planTraining(labels, classes, settings);
  const dimensions = vectors[0]!.length;
  const untrained = (head = newHead(classes, dimensions)) =>
    trainableHead(head, vectors, plan.labels, settings);
  const validated: Measure[][] = [];
  for (const [number, fold] of plan.folds.entries()) {
    await afterEpoch({ part: "cross-validation", done: number, total: plan.folds.length });
    const model = untrained();
    const draw = createUniformDraw(settings.seed, STREAMS.order);
    const measures: Measure[] = [];
    for (let epoch = 1; epoch <= settings.epochs; epoch++) {
      trainEpoch(model, fold.train, draw);
      measures.push(measure(model, fold.heldOut, plan.labels));
    }
    validated.push(measures);
  }
  const epochs = settings.earlyStopping ? bestEpoch(validated) : settings.epochs;
  const accuracies = validated.map((measures) => measures[epochs - 1]!.accuracy);
  const head = newHead(classes, dimensions);
  const model = untrained(head);
  const curve = await followCurve(model, plan, labels, { epochs, seed: settings.seed }, (point) =>
    afterEpoch({ part: "head", done: point.epoch, total: epochs, point }),
  );
  const last = curve.at(-1)!;
  return {
    curve,
    epochs,
    reading: readCurves(last.train, last.heldOut, plan.guess),
    parameters: head.parameters,
    dimensions,
    crossValidation: { folds: plan.folds.length, ...meanAndDeviation(accuracies) },
    confusion: confusion(model, plan.heldOut, labels, classes),
    baselines: measureBaselines(texts, plan.labels, labels, classes, plan),
    trainedOn: plan.train.map((example) => ({ example, label: plan.labels[example]! })),
    noisy: plan.noisy,
  };
}

/** Trains and measures after each epoch; training examples against the labels told, held-out ones against the right. */
export async function followCurve(
  model: Trainable,
  { train, heldOut, labels: told }: Pick<TrainingPlan, "train" | "heldOut" | "labels">,
  labels: readonly number[],
  { epochs, seed }: { readonly epochs: number; readonly seed: number },
  afterEpoch: (point: CurvePoint) => Promise<void>,
): Promise<CurvePoint[]> {
  const draw = createUniformDraw(seed, STREAMS.order);
  const curve: CurvePoint[] = [];
  for (let epoch = 0; epoch <= epochs; epoch++) {
    if (epoch > 0) trainEpoch(model, train, draw);
    const point = { epoch, train: measure(model, train, told), heldOut: measure(model, heldOut, labels) };
    curve.push(point);
    await afterEpoch(point);
  }
  return curve;
}

/** The epoch, from 1, with the lowest mean loss over the folds; of equal ones the first. */
function bestEpoch(validated: readonly (readonly Measure[])[]): number {
  const losses = validated[0]!.map((_, epoch) => validated.reduce((sum, fold) => sum + fold[epoch]!.loss, 0));
  return losses.indexOf(Math.min(...losses)) + 1;
}

function meanAndDeviation(values: readonly number[]): { mean: number; deviation: number } {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / (values.length - 1)) };
}
