import type { Baselines } from "./baselines.ts";
import type { Reading } from "./reading.ts";
import type { Drift } from "./static-network.ts";
import type { Measure } from "./trainable.ts";

/** How well a model does after so many passes over the training examples; epoch 0 is before the first. */
export interface CurvePoint {
  readonly epoch: number;
  /** Against the labels that training was told, wrong ones included. */
  readonly train: Measure;
  readonly heldOut: Measure;
}

/** What every trained model tells. */
export interface Trained {
  readonly curve: readonly CurvePoint[];
  /** Where training stopped, in epochs. */
  readonly epochs: number;
  readonly reading: Reading;
}

/** A frozen encoder's trained last layer. */
export interface TrainedHead extends Trained {
  /** [labels, dimensions + 1], see `SoftmaxHead`. */
  readonly parameters: Float64Array;
  readonly dimensions: number;
  /**
   * Accuracy over the folds of the training examples at the epoch where training stops. The stop was chosen on these
   * folds, the held-out examples had no say in it.
   */
  readonly crossValidation: { readonly folds: number; readonly mean: number; readonly deviation: number };
  /** Held-out examples by right label (rows) and likeliest label (columns). */
  readonly confusion: readonly (readonly number[])[];
  readonly baselines: Baselines;
  /** Positions of the training examples, each with its label's number as training was told it. */
  readonly trainedOn: readonly { readonly example: number; readonly label: number }[];
  /** Training examples with a wrong label, by request. */
  readonly noisy: number;
}

/** A static network that had learned the topics of sentences first, then the examples. */
export interface TrainedNetwork extends Trained {
  readonly drift: Drift;
  /** On sentences held out from the task it learned first. */
  readonly firstTask: { readonly before: Measure; readonly after: Measure };
  /** The same loss after each epoch, from epoch 0 on. */
  readonly forgetting: readonly { readonly epoch: number; readonly loss: number }[];
}

export interface TrainedNetworks {
  /** Only a new head was trained. */
  readonly frozen: TrainedNetwork;
  /** Word vectors, hidden layer and head were trained. */
  readonly whole: TrainedNetwork;
}

/** What is going on; the last one counts. */
export interface TrainingProgress {
  readonly part:
    | "sentence vectors"
    | "cross-validation"
    | "head"
    | "first task"
    | "frozen network"
    | "whole network";
  readonly done: number;
  readonly total: number;
  /** Of a model in training. */
  readonly point?: CurvePoint;
}
