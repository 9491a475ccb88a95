import type { UniformDraw } from "../generation/random.ts";
import { type Adam, createAdam } from "./adam.ts";
import { addGradient, classifyVector, type SoftmaxHead } from "./softmax-head.ts";
import type { Trainable } from "./trainable.ts";

/**
 * A text classifier small enough to be trained whole: one static vector a word piece, their sum over √n, a hidden layer
 * h = tanh(A·sum/√n + c), a softmax head on h. It knows nothing of word order. It is a deep averaging network (Iyyer et al.
 * 2015, ACL P15-1162) but for √n in place of n: means of many vectors are so short that the layer hardly sees them.
 */
export interface StaticBody {
  /** [pieces, dimensions]: the word vectors. */
  readonly rows: Float64Array;
  /** [hidden, dimensions + 1]: each hidden unit's weights, then its bias. */
  readonly layer: Float64Array;
  readonly dimensions: number;
  readonly hidden: number;
}

/** @param rows [pieces, dimensions], copied; the layer is drawn (Glorot & Bengio 2010), its biases are 0. */
export function newBody(
  rows: ArrayLike<number>,
  dimensions: number,
  hidden: number,
  draw: UniformDraw,
): StaticBody {
  const layer = new Float64Array(hidden * (dimensions + 1));
  const range = Math.sqrt(6 / (dimensions + hidden));
  for (let unit = 0; unit < hidden; unit++) {
    for (let j = 0; j < dimensions; j++) layer[unit * (dimensions + 1) + j] = (2 * draw() - 1) * range;
  }
  return { rows: Float64Array.from(rows), layer, dimensions, hidden };
}

export function copyBody(body: StaticBody): StaticBody {
  return { ...body, rows: body.rows.slice(), layer: body.layer.slice() };
}

/** The hidden layer's values for one text, each from -1 to 1. @param pieces Rows of its word vectors. */
export function hiddenState(body: StaticBody, pieces: readonly number[]): Float64Array {
  return activate(body, pooled(body, pieces));
}

function pooled({ rows, dimensions }: StaticBody, pieces: readonly number[]): Float64Array {
  const pool = new Float64Array(dimensions);
  const weight = 1 / Math.sqrt(pieces.length);
  for (const piece of pieces) {
    for (let j = 0; j < dimensions; j++) pool[j]! += rows[piece * dimensions + j]! * weight;
  }
  return pool;
}

function activate({ layer, dimensions, hidden }: StaticBody, pool: Float64Array): Float64Array {
  const state = new Float64Array(hidden);
  for (let unit = 0; unit < hidden; unit++) {
    const at = unit * (dimensions + 1);
    let sum = layer[at + dimensions]!;
    for (let j = 0; j < dimensions; j++) sum += layer[at + j]! * pool[j]!;
    state[unit] = Math.tanh(sum);
  }
  return state;
}

/** Word vectors move in smaller steps than weights: a word that occurs twice could else be learned by heart. */
const ROW_RATE = 0.2;

export interface NetworkRates {
  readonly learningRate: number;
  /** Of the head's weights, as in `trainableHead`. */
  readonly l2: number;
}

/**
 * Body and head learning together.
 * @param body Is changed, and so is `head`.
 * @param texts Each text's rows of word vectors.
 */
export function trainableNetwork(
  body: StaticBody,
  head: SoftmaxHead,
  texts: readonly (readonly number[])[],
  labels: readonly number[],
  { learningRate, l2 }: NetworkRates,
): Trainable {
  const { rows, layer, dimensions, hidden } = body;
  const optimisers = {
    head: createAdam(head.parameters, learningRate),
    layer: createAdam(layer, learningRate),
    rows: createAdam(rows, learningRate * ROW_RATE),
  };
  return {
    predict: (i) => classifyVector(head, hiddenState(body, texts[i]!)),
    step(batch) {
      const onHead = head.parameters.map((weight, at) => (at % (hidden + 1) === hidden ? 0 : l2 * weight));
      const onLayer = new Float64Array(layer.length);
      const onRows = new Map<number, Float64Array>();
      for (const i of batch) {
        const pieces = texts[i]!;
        const pool = pooled(body, pieces);
        const state = activate(body, pool);
        const error = addGradient(head, state, labels[i]!, batch.length, onHead);
        const onPool = new Float64Array(dimensions);
        for (let unit = 0; unit < hidden; unit++) {
          let onUnit = 0;
          for (let k = 0; k < error.length; k++)
            onUnit += error[k]! * head.parameters[k * (hidden + 1) + unit]!;
          onUnit *= 1 - state[unit]! ** 2;
          const at = unit * (dimensions + 1);
          for (let j = 0; j < dimensions; j++) {
            onLayer[at + j]! += onUnit * pool[j]!;
            onPool[j]! += onUnit * layer[at + j]!;
          }
          onLayer[at + dimensions]! += onUnit;
        }
        const weight = 1 / Math.sqrt(pieces.length);
        for (const piece of pieces) {
          const own = onRows.get(piece) ?? new Float64Array(dimensions);
          for (let j = 0; j < dimensions; j++) own[j]! += onPool[j]! * weight;
          onRows.set(piece, own);
        }
      }
      for (const each of Object.values(optimisers)) each.begin();
      optimisers.head.move(onHead);
      optimisers.layer.move(onLayer);
      moveRows(optimisers.rows, onRows, dimensions);
    },
  };
}

function moveRows(adam: Adam, gradients: ReadonlyMap<number, Float64Array>, dimensions: number): void {
  for (const [row, gradient] of gradients) adam.move(gradient, row * dimensions);
}

/** How far a body has moved from what it was. */
export interface Drift {
  /** Mean over the word vectors of the texts it was trained on of ‖now − before‖ / ‖before‖. */
  readonly wordVectors: number;
  /** ‖now − before‖ / ‖before‖ of the hidden layer's weights. */
  readonly hiddenLayer: number;
}

/** @param pieces The rows to look at, each once. */
export function driftOf(before: StaticBody, now: StaticBody, pieces: readonly number[]): Drift {
  const { dimensions } = before;
  const row = ({ rows }: StaticBody, piece: number) =>
    rows.subarray(piece * dimensions, (piece + 1) * dimensions);
  const changes = pieces.map((piece) => relativeChange(row(before, piece), row(now, piece)));
  return {
    wordVectors: changes.reduce((a, b) => a + b, 0) / Math.max(1, changes.length),
    hiddenLayer: relativeChange(before.layer, now.layer),
  };
}

function relativeChange(before: Float64Array, now: Float64Array): number {
  let change = 0;
  let size = 0;
  for (let i = 0; i < before.length; i++) {
    change += (now[i]! - before[i]!) ** 2;
    size += before[i]! ** 2;
  }
  return size === 0 ? 0 : Math.sqrt(change / size);
}
