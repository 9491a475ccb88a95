import { createAdam } from "./adam.ts";
import { softmax, type Trainable } from "./trainable.ts";

/** The last layer alone: logits = W·x + b, softmax over them (multinomial logistic regression). */
export interface SoftmaxHead {
  /** [classes, dimensions + 1]: each label's weights, then its bias. */
  readonly parameters: Float64Array;
  readonly classes: number;
  readonly dimensions: number;
}

/** @returns a head of zeros: every label equally likely. */
export function newHead(classes: number, dimensions: number): SoftmaxHead {
  return { parameters: new Float64Array(classes * (dimensions + 1)), classes, dimensions };
}

/** Probabilities of the labels for one vector. */
export function classifyVector(
  { parameters, classes, dimensions }: SoftmaxHead,
  vector: ArrayLike<number>,
): Float64Array {
  const logits = new Float64Array(classes);
  for (let k = 0; k < classes; k++) {
    const at = k * (dimensions + 1);
    let sum = parameters[at + dimensions]!;
    for (let j = 0; j < dimensions; j++) sum += parameters[at + j]! * vector[j]!;
    logits[k] = sum;
  }
  return softmax(logits);
}

/**
 * A head that learns on fixed vectors. The loss is the mean cross-entropy plus l2/2 · ‖W‖² (biases are free), as
 * scikit-learn's LogisticRegression with C = 1/(l2 · n). Its optimum is one point; Adam comes near it, and no library at
 * hand minimises it in fewer lines.
 * @param head Is changed.
 * @param vectors One a example, of the head's dimensions.
 */
export function trainableHead(
  head: SoftmaxHead,
  vectors: readonly ArrayLike<number>[],
  labels: readonly number[],
  { learningRate, l2 }: { readonly learningRate: number; readonly l2: number },
): Trainable {
  const { parameters, classes, dimensions } = head;
  const adam = createAdam(parameters, learningRate);
  const gradient = new Float64Array(parameters.length);
  return {
    predict: (i) => classifyVector(head, vectors[i]!),
    step(batch) {
      for (let k = 0; k < classes; k++) {
        const at = k * (dimensions + 1);
        for (let j = 0; j < dimensions; j++) gradient[at + j] = l2 * parameters[at + j]!;
        gradient[at + dimensions] = 0;
      }
      for (const i of batch) addGradient(head, vectors[i]!, labels[i]!, batch.length, gradient);
      adam.begin();
      adam.move(gradient);
    },
  };
}

/**
 * Adds one example's share of the mean loss's gradient.
 * @returns the gradient by the logits, [classes], for what lies below.
 */
export function addGradient(
  head: SoftmaxHead,
  vector: ArrayLike<number>,
  label: number,
  batchSize: number,
  gradient: Float64Array,
): Float64Array {
  const { dimensions } = head;
  const error = classifyVector(head, vector);
  error[label]! -= 1;
  for (let k = 0; k < error.length; k++) {
    error[k]! /= batchSize;
    const at = k * (dimensions + 1);
    for (let j = 0; j < dimensions; j++) gradient[at + j]! += error[k]! * vector[j]!;
    gradient[at + dimensions]! += error[k]!;
  }
  return error;
}
