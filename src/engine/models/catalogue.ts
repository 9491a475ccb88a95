/** What a model is, as the catalogue tells it. */
export interface ModelDescription {
  readonly id: string;
  readonly name: string;
  readonly family: "decoder-only" | "encoder-only" | "encoder-decoder" | "recurrent";
  /** "base" is a foundation model; "instruct" was tuned to follow instructions. */
  readonly kind: "base" | "instruct" | "sentence-encoder" | "masked" | "task";
  readonly parameters: number;
  readonly contextLength: number;
  readonly licence: string;
  readonly source: string;
  readonly trainingDataReleased: boolean;
  /** What it is for, one sentence. */
  readonly purpose: string;
}
