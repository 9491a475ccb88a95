import { type CandidateSpace, createCandidateSpace } from "./candidates.ts";

/**
 * Arrays that every row of a step needs for a moment. One set for each vocabulary size is shared by all
 * decoders of a process: a step runs to its end before another begins, and nothing is kept in them.
 */
export interface WorkSpace extends CandidateSpace {
  /** The model's logits before processors changed them. */
  readonly modelLogits: Float32Array;
  readonly keys: Float64Array;
  readonly masses: Float64Array;
  /** `seen[token] === stamp` marks a token as met; a new stamp forgets all. */
  readonly seen: Int32Array;
  stamp: number;
}

const workSpaces = new Map<number, WorkSpace>();

export function workSpaceFor(vocabSize: number): WorkSpace {
  let space = workSpaces.get(vocabSize);
  if (!space) {
    space = {
      ...createCandidateSpace(vocabSize),
      modelLogits: new Float32Array(vocabSize),
      keys: new Float64Array(vocabSize),
      masses: new Float64Array(vocabSize),
      seen: new Int32Array(vocabSize),
      stamp: 0,
    };
    workSpaces.set(vocabSize, space);
  }
  return space;
}
