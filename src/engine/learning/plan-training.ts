import { createUniformDraw } from "../generation/random.ts";
import type { TrainingSettings } from "./settings.ts";
import { type Split, stratifiedFolds, stratifiedSample, stratifiedSplit } from "./split.ts";

/** Which examples are trained on, and with which labels. */
export interface TrainingPlan extends Split {
  /** The label's number of every example as training is told it: wrong ones where noise was asked for. */
  readonly labels: readonly number[];
  /** Training examples whose label was replaced. */
  readonly noisy: number;
  /** Parts of the training examples: each part once as validation, the others to train on. */
  readonly folds: readonly Split[];
  /** Share of the most frequent label among the training examples: what a guess reaches. */
  readonly guess: number;
}

/** Streams of random numbers, one for each purpose, so that one option changes nothing else. */
export const STREAMS = { split: 0, keep: 1, noise: 2, folds: 3, weights: 4, order: 5, firstTask: 6 } as const;

/** Deals the examples by the seed: the same plan for every model that is trained beside another. */
export function planTraining(
  rightLabels: readonly number[],
  classes: number,
  settings: TrainingSettings,
): TrainingPlan {
  const draw = (stream: keyof typeof STREAMS) => createUniformDraw(settings.seed, STREAMS[stream]);
  const { train: all, heldOut } = stratifiedSplit(rightLabels, settings.heldOut, draw("split"));
  const train = stratifiedSample(all, rightLabels, settings.keep ?? all.length, draw("keep"));
  const noise = draw("noise");
  const labels = [...rightLabels];
  const count = Math.round(train.length * settings.labelNoise);
  const order = train.map((i) => ({ i, key: noise() })).sort((a, b) => a.key - b.key);
  for (const { i } of order.slice(0, count)) {
    labels[i] = (labels[i]! + 1 + Math.floor(noise() * (classes - 1))) % classes;
  }
  const ofLabel = [...Map.groupBy(train, (i) => labels[i]!).values()].map(({ length }) => length);
  const folds = Math.max(2, Math.min(settings.folds, ...ofLabel));
  return {
    train,
    heldOut,
    labels,
    noisy: count,
    folds: stratifiedFolds(train, labels, folds, draw("folds")),
    guess: Math.max(...ofLabel) / train.length,
  };
}
