import type { BeamFate } from "../../engine/generation/trace.ts";

/**
 * What is drawn, as plain JSON. One description serves every place: a PNG in Discord and Slack, an interactive
 * chart in the web classroom, words on the command line.
 *
 * How to use it: a handler puts `{ type: "chart", chart, inWords }` among the blocks of its final card, where
 * `inWords` holds the blocks of text (a table, bars) that say the same where no picture is shown. The numbers
 * come from the same values as the reply's `data`. Only the final reply bears a chart: drawing takes a while.
 * Alternative text is made from the data (`altText`), so there is none to write. Labels may be in any script;
 * too long ones are shortened in the picture, never in the data.
 *
 * Every number that is shown has its unit here, and every share its n.
 */
export type Chart =
  | DistributionChart
  | TextTraceChart
  | BeamTreeChart
  | ComparisonChart
  | SimilarityChart
  | MapChart
  | PollChart
  | TransitionsChart
  | ConfusionChart
  | LearningCurvesChart
  | ForgettingChart
  | ReadingTimeChart
  | AlignmentChart
  | ItemStatisticsChart;

export type ChartKind = Chart["kind"];

interface Titled {
  /** What is seen, in a few words, e.g. "Next token after “The nice”". */
  readonly title: string;
  /** Small print: the model, the seed, the settings. */
  readonly source?: string;
}

/** The next token's probabilities, by the model and after each processor. */
export interface DistributionChart extends Titled {
  readonly kind: "distribution";
  /** First the model itself, then every processor that ran, in their order. */
  readonly stages: readonly {
    readonly name: string;
    /** Tokens with a probability above 0. */
    readonly keptCount: number;
    /** Share, from 0 to 1, of the stage before that the kept tokens had. */
    readonly keptMass: number;
  }[];
  /** Likeliest first by the model. */
  readonly tokens: readonly {
    readonly text: string;
    /** One for each stage, from 0 to 1; 0 once cut. */
    readonly probabilities: readonly number[];
    /** The stage that cut it. */
    readonly cutBy?: string;
  }[];
}

/** How sure the model was along a text that it wrote or read. */
export interface TextTraceChart extends Titled {
  readonly kind: "text-trace";
  readonly prompt: string;
  readonly tokens: readonly {
    readonly text: string;
    /** Of this token under the model's own distribution, from 0 to 1. */
    readonly probability: number;
    /** Of that distribution, in nats. */
    readonly entropy: number;
  }[];
}

/** What a beam search kept and what it pruned, with the reasons. */
export interface BeamTreeChart extends Titled {
  readonly kind: "beam-tree";
  /** The end of the prompt, at the root. */
  readonly root: string;
  readonly nodes: readonly {
    readonly id: number;
    /** null for the first token after the prompt. */
    readonly parentId: number | null;
    readonly text: string;
    /** Natural log-probability of the branch from the prompt to here. */
    readonly sumLogProb: number;
    /** What became of it in the end. */
    readonly fate: BeamFate;
  }[];
}

/** Texts of several methods token by token, and where they part. */
export interface ComparisonChart extends Titled {
  readonly kind: "comparison";
  readonly prompt: string;
  /** Tokens that all texts share at their beginning. */
  readonly sharedTokens: number;
  readonly methods: readonly {
    readonly name: string;
    readonly tokens: readonly string[];
    /** Of the whole text, natural log-probability under the model. */
    readonly logProb: number;
    /** Mean over the steps, in nats. */
    readonly meanEntropy: number;
  }[];
}

/** Cosines of every pair, by one or more kinds of vectors side by side. */
export interface SimilarityChart extends Titled {
  readonly kind: "similarity";
  readonly labels: readonly string[];
  readonly matrices: readonly {
    /** e.g. "contextual", "static". */
    readonly name: string;
    /** Cosines from -1 to 1; rows and columns in the order of `labels`. */
    readonly cosines: readonly (readonly number[])[];
  }[];
}

/** Vectors of words or sentences in the plane of their two first principal components. */
export interface MapChart extends Titled {
  readonly kind: "map";
  readonly points: readonly {
    readonly label: string;
    readonly x: number;
    readonly y: number;
    /** Points of one group bear one colour and shape. At most 8 groups. */
    readonly group?: string;
  }[];
  /** Share of the variance, from 0 to 1, along x and along y. */
  readonly explained: readonly [number, number];
  /** Length of the vectors before. */
  readonly dimensions: number;
}

/** How a class answered. */
export interface PollChart extends Titled {
  readonly kind: "poll";
  readonly choices: readonly {
    readonly label: string;
    readonly count: number;
    /** Set once the solution may be seen. */
    readonly right?: boolean;
    /** Counts of the round before, where there was one. */
    readonly before?: number;
  }[];
  /** People who answered; with several choices a person counts sum to more. */
  readonly n: number;
  /** People who answered in the round before. */
  readonly nBefore?: number;
}

/** What became of answers between two rounds, for the people who answered both times. */
export interface TransitionsChart extends Titled {
  readonly kind: "transitions";
  readonly choices: readonly { readonly label: string; readonly right?: boolean }[];
  /** People by choice before (rows) and after (columns). */
  readonly counts: readonly (readonly number[])[];
  readonly n: number;
}

/** True labels against predicted ones. */
export interface ConfusionChart extends Titled {
  readonly kind: "confusion";
  readonly labels: readonly string[];
  /** Examples by true label (rows) and predicted label (columns). */
  readonly counts: readonly (readonly number[])[];
  /** What the examples are, e.g. "held-out examples". */
  readonly unit: string;
}

/** A measure against the amount of training. */
export interface LearningCurvesChart extends Titled {
  readonly kind: "learning-curves";
  /** e.g. { name: "epoch" } or { name: "examples" }. */
  readonly x: { readonly name: string };
  /** Shares are from 0 to 1. */
  readonly y: { readonly name: string; readonly unit: "share" | "nats" | "bits" };
  readonly series: readonly {
    readonly name: string;
    readonly points: readonly (readonly [x: number, y: number])[];
    /** Examples that each value is measured on. */
    readonly n: number;
  }[];
  /** The value of guessing. */
  readonly chance?: number;
  /** The x at which training stopped, e.g. by early stopping. */
  readonly stoppedAt?: number;
}

/** How well models recall what stands further and further back. */
export interface ForgettingChart extends Titled {
  readonly kind: "forgetting";
  readonly series: readonly {
    readonly name: string;
    readonly points: readonly {
      /** Tokens between what is to be recalled and where it is asked for. */
      readonly distance: number;
      readonly score: number;
      /** Trials that the score is the mean of. */
      readonly n: number;
    }[];
  }[];
  /** What the score is, e.g. "recalled rightly" as a share from 0 to 1, or "log-probability of the name" in nats. */
  readonly score: { readonly name: string; readonly unit: "share" | "nats" | "bits" };
  /** The score of guessing. */
  readonly chance?: number;
}

/** What a token of a prompt costs, by the prompt's length. */
export interface ReadingTimeChart extends Titled {
  readonly kind: "reading-time";
  readonly series: readonly {
    readonly name: string;
    readonly points: readonly { readonly tokens: number; readonly msPerToken: number }[];
    /** Of the same text, given one token a pass. */
    readonly oneByOne: number;
  }[];
}

/** Where a decoder looked in the input while it wrote each output token. */
export interface AlignmentChart extends Titled {
  readonly kind: "alignment";
  readonly input: readonly string[];
  readonly output: readonly string[];
  /** Attention from 0 to 1: one row for each output token, one column for each input token; rows sum to 1. */
  readonly weights: readonly (readonly number[])[];
  /** Which attention, e.g. "layer 2, mean of 4 heads". */
  readonly attention: string;
}

/** Items by difficulty and discrimination. */
export interface ItemStatisticsChart extends Titled {
  readonly kind: "item-statistics";
  readonly items: readonly {
    readonly label: string;
    /** People who answered. */
    readonly n: number;
    /** Mean score from 0 to 1; 1 is the easiest. */
    readonly difficulty: number;
    /** Upper less lower 27 %, from -1 to 1. */
    readonly discrimination?: number;
    /** Something a teacher should look at. */
    readonly flagged?: boolean;
  }[];
}
