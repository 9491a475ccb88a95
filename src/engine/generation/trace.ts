/** The stages of the logits pipeline, in the order in which they run. */
export const PROCESSOR_ORDER = [
  "diversity-penalty",
  "repetition-penalty",
  "frequency-presence-penalty",
  "no-repeat-ngram",
  "bad-words",
  "min-length",
  "min-new-tokens",
  "forced-tokens",
  "suppress-tokens",
  "word-list",
  "temperature",
  "top-n-sigma",
  "top-k",
  "top-p",
  "min-p",
  "typical",
  "epsilon-cutoff",
  "eta-cutoff",
] as const;
export type ProcessorName = (typeof PROCESSOR_ORDER)[number];

/** The evidence for one decoding step: plain data, ready for JSON. */
export interface TraceStep {
  /** 0-based index of the token that this step chose. */
  readonly step: number;
  /** One for each distribution the model gave: live samples, or live beams best first. */
  readonly rows: readonly TraceRow[];
  /** Beam methods: what was added to the tree and what became of earlier nodes. */
  readonly beams?: BeamTrace;
  /** Contrastive search: how the candidates of the step before were weighed. */
  readonly contrastive?: readonly ContrastiveCandidate[];
}

/** One next-token distribution on its way through the processors. Probabilities sum to 1 at every stage. */
export interface TraceRow {
  /** Sampling: the sequence. Beams: rank among the live beams. At the first step there is only row 0. */
  readonly row: number;
  /** Beam methods: the tree node that is continued; null is the prompt. */
  readonly nodeId?: number | null;
  /** Entropy in nats of the model's own distribution. */
  readonly entropy: number;
  /** Entropy in nats after the last stage. */
  readonly finalEntropy: number;
  /** First the model itself, then every processor that ran. */
  readonly stages: readonly TraceStage[];
  /** Likeliest first by the model, at most `traceTopTokens` beside the chosen ones. */
  readonly candidates: readonly TraceCandidate[];
  /** What was chosen from this distribution; empty for beams, whose choice spans all rows. */
  readonly choices: readonly TraceChoice[];
}

export interface TraceStage {
  readonly name: "model" | ProcessorName;
  /** Tokens with a probability above 0 after this stage. */
  readonly keptCount: number;
  /** Share of the previous stage's probability that the kept tokens had; 1 when nothing was cut. */
  readonly keptMass: number;
  /** Probability after this stage of all tokens that `candidates` does not list. */
  readonly restMass: number;
}

export interface TraceCandidate {
  readonly tokenId: number;
  /** The model's unnormalised score. */
  readonly logit: number;
  /** Probability after each entry of `stages`: the model's own first. 0 once cut. */
  readonly probabilities: readonly number[];
  /** The stage that cut the token; absent while it is in the running. */
  readonly cutBy?: ProcessorName;
}

export interface TraceChoice {
  /** Index of the sequence that is continued. */
  readonly sequence: number;
  readonly tokenId: number;
  /** Under the model's own distribution. */
  readonly modelProbability: number;
  /** Under the distribution the token was chosen from. */
  readonly probability: number;
  /** Position among all tokens by model probability; 0 is the likeliest. */
  readonly modelRank: number;
}

/**
 * One step of a beam tree. Nodes are numbered in the order they are made over the whole search; later steps
 * may change the fate of earlier nodes through `updates`.
 */
export interface BeamTrace {
  readonly nodes: readonly BeamNode[];
  readonly updates: readonly BeamFateUpdate[];
}

export interface BeamNode {
  readonly id: number;
  /** null for the first token after the prompt. */
  readonly parentId: number | null;
  readonly step: number;
  readonly tokenId: number;
  /** Diverse beam search: which group the node belongs to; 0 otherwise. */
  readonly group: number;
  /** Position among this step's candidates of its group; 0 is the best. */
  readonly rank: number;
  /** The model's natural log-probability of the token. */
  readonly tokenLogProb: number;
  /** Sum over the branch of the processed log-probabilities that beams compete by. */
  readonly sumLogProb: number;
  /** `sumLogProb` / length^lengthPenalty. */
  readonly score: number;
  readonly fate: BeamFate;
}

/**
 * live: continued at the next step. finished: kept among the finished sequences. The others died:
 * outscored: better candidates filled the beam. low-ranked-end: it would have ended the sequence, but only
 * candidates ranked within the beam width may. beaten: finished, yet worse than the finished ones already kept.
 * displaced: was kept as finished until better ones came. childless: none of its continuations was kept.
 * search-ended: still running when the search stopped. not-returned: finished, but outside the sequences asked for.
 */
export type BeamFate =
  | "live"
  | "finished"
  | "outscored"
  | "low-ranked-end"
  | "beaten"
  | "displaced"
  | "childless"
  | "search-ended"
  | "not-returned";

export interface BeamFateUpdate {
  readonly nodeId: number;
  readonly fate: BeamFate;
}

/** One candidate of contrastive search: score = (1 − alpha)·probability − alpha·similarity. */
export interface ContrastiveCandidate {
  readonly tokenId: number;
  /** Model confidence, after the processors. */
  readonly probability: number;
  /** Degeneration penalty: largest cosine similarity to the hidden state of any earlier token. */
  readonly similarity: number;
  readonly score: number;
  readonly isChosen: boolean;
}
