import type { UniformDraw } from "../generation/random.ts";

/** Positions of examples to train on and of examples that training never sees. */
export interface Split {
  readonly train: readonly number[];
  readonly heldOut: readonly number[];
}

/** The list in a random order (Fisher and Yates); the given one stays as it is. */
export function shuffled<T>(list: readonly T[], draw: UniformDraw): T[] {
  const result = [...list];
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(draw() * (i + 1));
    [result[i], result[j]] = [result[j]!, result[i]!];
  }
  return result;
}

/**
 * Holds out a share of every label's examples, at least one of each, and leaves at least one to train on.
 * @param labels The label's number of each example.
 * @param share Above 0, below 1.
 */
export function stratifiedSplit(labels: readonly number[], share: number, draw: UniformDraw): Split {
  const train: number[] = [];
  const heldOut: number[] = [];
  for (const members of byLabel(labels)) {
    const order = shuffled(members, draw);
    const count = Math.min(members.length - 1, Math.max(1, Math.round(members.length * share)));
    heldOut.push(...order.slice(0, count));
    train.push(...order.slice(count));
  }
  return { train: train.sort(ascending), heldOut: heldOut.sort(ascending) };
}

/**
 * At most `count` of the given examples, each label in the share it has, at least one of every label.
 * @param labels The label's number of each example there is.
 */
export function stratifiedSample(
  members: readonly number[],
  labels: readonly number[],
  count: number,
  draw: UniformDraw,
): number[] {
  if (count >= members.length) return [...members];
  const groups = byLabel(members.map((i) => labels[i]!)).map((places) =>
    shuffled(
      places.map((place) => members[place]!),
      draw,
    ),
  );
  const shares = groups.map(({ length }) => Math.max(1, Math.floor((length * count) / members.length)));
  const most = Math.max(count, groups.length);
  for (let taken = sum(shares); taken < most; taken++) {
    const lacks = groups.map(({ length }, k) => (length * count) / members.length - shares[k]!);
    shares[lacks.indexOf(Math.max(...lacks))]! += 1;
  }
  return groups.flatMap((group, k) => group.slice(0, shares[k])).sort(ascending);
}

/** Parts the examples into folds of about one size, each with every label's share. */
export function stratifiedFolds(
  members: readonly number[],
  labels: readonly number[],
  folds: number,
  draw: UniformDraw,
): Split[] {
  const groups = byLabel(members.map((i) => labels[i]!));
  const dealt = groups.flatMap((places) =>
    shuffled(
      places.map((place) => members[place]!),
      draw,
    ),
  );
  return Array.from({ length: folds }, (_, fold) => ({
    train: dealt.filter((_, i) => i % folds !== fold),
    heldOut: dealt.filter((_, i) => i % folds === fold),
  }));
}

/** Positions by label, labels in ascending order. */
function byLabel(labels: readonly number[]): number[][] {
  const groups = Map.groupBy(
    labels.map((_, i) => i),
    (i) => labels[i]!,
  );
  return [...groups].sort(([a], [b]) => a - b).map(([, members]) => members);
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
const ascending = (a: number, b: number): number => a - b;
