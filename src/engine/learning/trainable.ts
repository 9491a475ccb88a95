import type { UniformDraw } from "../generation/random.ts";
import { shuffled } from "./split.ts";

/** Something that learns labels of numbered examples by gradient steps. */
export interface Trainable {
  /** One step on the mean loss of these examples. */
  step(batch: readonly number[]): void;
  /** Probabilities of the labels for one example, summing to 1. */
  predict(example: number): Float64Array;
}

/** How well examples are classified. */
export interface Measure {
  /** Mean cross-entropy, in nats, without the regularisation's part. */
  readonly loss: number;
  /** Share of examples whose likeliest label is the right one, from 0 to 1. */
  readonly accuracy: number;
  /** Examples measured. */
  readonly n: number;
}

/** Examples of one gradient step. */
const BATCH = 16;

/** One pass over the examples in a random order. */
export function trainEpoch(model: Trainable, members: readonly number[], draw: UniformDraw): void {
  const order = shuffled(members, draw);
  for (let i = 0; i < order.length; i += BATCH) model.step(order.slice(i, i + BATCH));
}

/** @param labels The right label's number of every example there is. */
export function measure(
  model: Pick<Trainable, "predict">,
  members: readonly number[],
  labels: readonly number[],
): Measure {
  let loss = 0;
  let right = 0;
  for (const i of members) {
    const probabilities = model.predict(i);
    loss -= Math.log(Math.max(probabilities[labels[i]!]!, Number.MIN_VALUE));
    if (likeliest(probabilities) === labels[i]) right++;
  }
  return { loss: loss / members.length, accuracy: right / members.length, n: members.length };
}

/** Examples by right label (rows) and likeliest label (columns). */
export function confusion(
  model: Pick<Trainable, "predict">,
  members: readonly number[],
  labels: readonly number[],
  classes: number,
): number[][] {
  const counts = Array.from({ length: classes }, () => Array<number>(classes).fill(0));
  for (const i of members) counts[labels[i]!]![likeliest(model.predict(i))]! += 1;
  return counts;
}

/** The place of the largest number; of equal ones the first. */
export function likeliest(probabilities: ArrayLike<number>): number {
  let best = 0;
  for (let k = 1; k < probabilities.length; k++) if (probabilities[k]! > probabilities[best]!) best = k;
  return best;
}

/** exp(logit) over their sum, in place. */
export function softmax(logits: Float64Array): Float64Array {
  const highest = Math.max(...logits);
  let sum = 0;
  for (let k = 0; k < logits.length; k++) sum += logits[k] = Math.exp(logits[k]! - highest);
  for (let k = 0; k < logits.length; k++) logits[k]! /= sum;
  return logits;
}
