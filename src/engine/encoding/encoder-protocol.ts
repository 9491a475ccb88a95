/** What the encoders' worker is started with. */
export interface EncoderWorkerData {
  /** The folder with the graphs, the shared embeddings and the tokenizer. */
  readonly directory: string;
  /** Threads that one run of a graph may use. */
  readonly threads: number;
}

/** A word of a text, and the text around it. */
export interface WordInText {
  readonly left: string;
  readonly word: string;
  readonly right: string;
}

/** What the encoders' worker can be asked. n rows of 384 unless said otherwise. */
export type EncoderCalls = {
  /** Sentence vectors, mean-pooled, length 1. */
  sentences: { request: readonly string[]; response: Float32Array; event: never };
  /**
   * Sentence vectors as above, then for each alignment four numbers (token-alignment.ts). `of`, `by` and `known` are
   * positions in `texts`.
   */
  alignments: {
    request: {
      readonly texts: readonly string[];
      readonly pairs: readonly { readonly of: number; readonly by: number; readonly known: number }[];
    };
    response: Float32Array;
    event: never;
  };
  /** For each word two rows: its own state's view and its [MASK]'s view, each of length 1. */
  wordViews: { request: readonly WordInText[]; response: Float32Array; event: never };
  /** Logits at places of sequences (special tokens included): [all places, 30522], in the order given. */
  maskLogits: {
    request: {
      readonly sequences: readonly (readonly number[])[];
      readonly places: readonly (readonly number[])[];
    };
    response: Float32Array;
    event: never;
  };
  /** Rows of the input embeddings; a word of several pieces gets their mean. */
  staticVectors: { request: readonly (readonly number[])[]; response: Float32Array; event: never };
  /** The whole-word pieces nearest to a vector by cosine, best first, `exclude` left out. */
  nearestStatic: {
    request: { readonly vector: Float32Array; readonly count: number; readonly exclude: readonly number[] };
    response: readonly { readonly id: number; readonly cosine: number }[];
    event: never;
  };
};

/** Numbers in a vector of any of the encoders. */
export const HIDDEN_SIZE = 384;
export const VOCABULARY_SIZE = 30_522;

/** File names in the encoders' folder. */
export const GRAPHS = { sentence: "sentence.onnx", masked: "masked.onnx", word: "word.onnx" } as const;
export const EMBEDDINGS_FILE = "embeddings.onnx_data";
