/**
 * The ways of choosing the next token. The names follow the literature; transformers derives the same
 * modes from `do_sample`, `num_beams`, `num_beam_groups` and `penalty_alpha`.
 */
export const STRATEGIES = ["greedy", "sample", "beam", "beam-sample", "diverse-beam", "contrastive"] as const;
export type Strategy = (typeof STRATEGIES)[number];

/** "classroom": vulgar words and slurs, see `word-list/classroom-words.ts`. */
export const WORD_LISTS = ["off", "classroom"] as const;
export type WordList = (typeof WORD_LISTS)[number];

/** A token that must be written at a given place. `step` counts generated tokens from 0. */
export interface ForcedToken {
  readonly step: number;
  readonly tokenId: number;
}

/**
 * Everything that decides how a model's logits become text, besides model and prompt. Names are
 * transformers' `GenerationConfig` in camelCase. Each field has a neutral value that switches it off;
 * `NEUTRAL_SETTINGS` holds them all. Unlike transformers, `topK` is off (0) by default, not 50.
 */
export interface GenerationSettings {
  readonly strategy: Strategy;
  /** Most tokens to write, the prompt not counted. */
  readonly maxNewTokens: number;
  /** EOS is impossible until this many tokens have been written. 0 is off. */
  readonly minNewTokens: number;
  /** EOS is impossible until prompt and written tokens together are this many. 0 is off. */
  readonly minLength: number;

  readonly numBeams: number;
  /** Diverse beam search: `numBeams` is split into this many groups. 1 is off. */
  readonly numBeamGroups: number;
  /** Diverse beam search: taken off a token's log-probability for each earlier group's beam that just chose it. */
  readonly diversityPenalty: number;
  /** Beam methods: final score = log-probability / length^lengthPenalty. Above 0 favours longer, below 0 shorter. */
  readonly lengthPenalty: number;
  /**
   * Beam methods, when to stop: true as soon as `numBeams` sequences are finished, false when the best running
   * beam looks unable to beat the worst finished one at its present length, "never" only when it cannot.
   */
  readonly earlyStopping: boolean | "never";
  /** How many sequences to return: samples drawn, or best finished beams. */
  readonly numReturnSequences: number;

  /** Logits are divided by it before any cut. 1 is off; 0 means greedy (see `resolveSettings`). */
  readonly temperature: number;
  /** Sampling: keep the k likeliest tokens (0 is off). Contrastive search: how many candidates to weigh. */
  readonly topK: number;
  /** Keep the fewest likeliest tokens whose probabilities reach this sum. 1 is off. */
  readonly topP: number;
  /** Cut tokens less likely than this fraction of the likeliest one. 0 is off. */
  readonly minP: number;
  /** Locally typical sampling: keep the most typical tokens up to this probability mass. 1 is off. */
  readonly typicalP: number;
  /** Cut tokens less likely than this. 0 is off. */
  readonly epsilonCutoff: number;
  /** Cut tokens less likely than min(eta, sqrt(eta)·exp(−entropy)). 0 is off. */
  readonly etaCutoff: number;
  /** Cut tokens whose logit is more than this many standard deviations below the largest. 0 is off. */
  readonly topNSigma: number;
  /** Contrastive search: weight of the degeneration penalty against the model's confidence. */
  readonly penaltyAlpha: number;

  /** Divides positive and multiplies negative scores of tokens seen in prompt or text. 1 is off. */
  readonly repetitionPenalty: number;
  /** Taken off a token's score for each time it was written. 0 is off. */
  readonly frequencyPenalty: number;
  /** Taken off a token's score once it was written. 0 is off. */
  readonly presencePenalty: number;
  /** No n-gram of this size occurs twice, the prompt included. 0 is off. */
  readonly noRepeatNgramSize: number;
  /** Token sequences that must never be completed. */
  readonly badWords: readonly (readonly number[])[];
  /** Tokens that are never written. */
  readonly suppressTokens: readonly number[];
  /** Tokens that must stand at given places. */
  readonly forcedTokens: readonly ForcedToken[];
  /** A list of words that are never completed, in any tokenization. "off" is off. */
  readonly wordList: WordList;

  /** Writing ends once the text written (not the prompt) contains one of these. */
  readonly stopStrings: readonly string[];
  /** Writing ends with the first token chosen after this many milliseconds; 0 is off. */
  readonly maxTimeMs: number;

  /** Start of the random numbers, an integer from 0 to 2^53 − 1. Methods that draw nothing give the same text for every seed. */
  readonly seed: number;
  /** Whether `takeTrace` reports each step. */
  readonly trace: boolean;
  /** Trace: candidates listed a step; the others are summed up as probability mass. */
  readonly traceTopTokens: number;
}

/** Every method and cut switched off: plain greedy decoding of up to 64 tokens. */
export const NEUTRAL_SETTINGS: GenerationSettings = {
  strategy: "greedy",
  maxNewTokens: 64,
  minNewTokens: 0,
  minLength: 0,
  numBeams: 1,
  numBeamGroups: 1,
  diversityPenalty: 0,
  lengthPenalty: 1,
  earlyStopping: false,
  numReturnSequences: 1,
  temperature: 1,
  topK: 0,
  topP: 1,
  minP: 0,
  typicalP: 1,
  epsilonCutoff: 0,
  etaCutoff: 0,
  topNSigma: 0,
  penaltyAlpha: 0,
  repetitionPenalty: 1,
  frequencyPenalty: 0,
  presencePenalty: 0,
  noRepeatNgramSize: 0,
  badWords: [],
  suppressTokens: [],
  forcedTokens: [],
  wordList: "off",
  stopStrings: [],
  maxTimeMs: 0,
  seed: 0,
  trace: false,
  traceTopTokens: 50,
};

/**
 * What a strategy uses where nothing is said. Beam width 4 is common in the literature; two groups and a
 * diversity of 0.5 are Vijayakumar et al.'s middle values; k = 4 and alpha = 0.6 are Su et al.'s.
 */
export const STRATEGY_DEFAULTS: Readonly<Record<Strategy, Partial<GenerationSettings>>> = {
  greedy: {},
  sample: {},
  beam: { numBeams: 4 },
  "beam-sample": { numBeams: 4 },
  "diverse-beam": { numBeams: 4, numBeamGroups: 2, diversityPenalty: 0.5 },
  contrastive: { topK: 4, penaltyAlpha: 0.6 },
};

/** True when the method draws random numbers, so that the seed matters. */
export function drawsRandomly(strategy: Strategy): boolean {
  return strategy === "sample" || strategy === "beam-sample";
}

/** True when the method keeps several beams and gives sequences a score. */
export function usesBeams(strategy: Strategy): boolean {
  return strategy === "beam" || strategy === "beam-sample" || strategy === "diverse-beam";
}
