import { EngineError } from "../errors.ts";

/** How a fine-tuning goes; what is left out takes the default of `DEFAULTS`. */
export interface TrainingSettings {
  /** Passes over the training examples, at most. */
  readonly epochs: number;
  /** Stop where cross-validation says; off: all epochs are run. */
  readonly earlyStopping: boolean;
  /** Of the head's weights: l2/2 · ‖W‖² is added to the mean loss. */
  readonly l2: number;
  readonly learningRate: number;
  /** Share of the examples that training never sees. */
  readonly heldOut: number;
  /** Parts of the training examples for cross-validation. */
  readonly folds: number;
  /** Training examples kept at most; absent: all. */
  readonly keep?: number;
  /** Share of the training examples whose label is replaced by another one. Held-out labels stay right. */
  readonly labelNoise: number;
  /** Fixes the split, the noise, the order of examples and the first weights. */
  readonly seed: number;
}

export const DEFAULTS: TrainingSettings = {
  epochs: 60,
  earlyStopping: true,
  l2: 0.001,
  learningRate: 0.02,
  heldOut: 0.25,
  folds: 5,
  labelNoise: 0,
  seed: 1,
};

/** Both ends are allowed. */
export const RANGES = {
  epochs: [1, 500],
  l2: [0, 10],
  learningRate: [0.0001, 1],
  heldOut: [0.1, 0.5],
  folds: [2, 10],
  keep: [4, 2000],
  labelNoise: [0, 0.5],
  seed: [0, 4_294_967_295],
} as const satisfies Partial<Record<keyof TrainingSettings, readonly [number, number]>>;

/** @throws {EngineError} "bad-option" */
export function resolveTraining(given: Partial<TrainingSettings>): TrainingSettings {
  const settings = { ...DEFAULTS, ...given };
  for (const [name, [low, high]] of Object.entries(RANGES)) {
    const value = settings[name as keyof typeof RANGES];
    if (value === undefined || (value >= low && value <= high)) continue;
    throw new EngineError("bad-option", `${name} is ${value}; it must be from ${low} to ${high}.`, {
      option: name,
      given: value,
    });
  }
  return settings;
}
