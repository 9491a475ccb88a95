import { describe, expect, it } from "vitest";
import { InvalidLogitsError, NoTokenLeftError } from "../../../src/engine/generation/errors.ts";
import { processRow } from "../../../src/engine/generation/process-row.ts";
import { toLogits } from "../../../src/engine/generation/processors/candidates.ts";
import { createProcessorChain } from "../../../src/engine/generation/processors/chain.ts";
import { type GenerationSettings, NEUTRAL_SETTINGS } from "../../../src/engine/generation/settings.ts";
import { PROCESSOR_ORDER } from "../../../src/engine/generation/trace.ts";
import { softmax } from "./toy-language.ts";

interface Around {
  readonly tokenIds?: readonly number[];
  readonly promptLength?: number;
  readonly eosTokenIds?: readonly number[];
}

/** Scores after the chain, for scores before it. */
function scores(
  settings: Partial<GenerationSettings>,
  before: readonly number[],
  around: Around = {},
): number[] {
  const { tokenIds = [0], promptLength = 1, eosTokenIds = [] } = around;
  const chain = createProcessorChain({ ...NEUTRAL_SETTINGS, ...settings }, eosTokenIds);
  const row = processRow(Float32Array.from(before), chain, {
    history: { tokenIds, promptLength },
    step: tokenIds.length - promptLength,
    asLogProbs: false,
    snapshots: false,
  });
  return [...toLogits(row.candidates, before.length)];
}

/** Probabilities after the cuts, for probabilities before them; 4 digits. */
function sampled(settings: Partial<GenerationSettings>, probabilities: readonly number[]): number[] {
  const after = softmax(scores({ strategy: "sample", ...settings }, probabilities.map(Math.log)));
  return after.map((p) => Math.round(p * 1e4) / 1e4);
}

describe("order", () => {
  it("tempers before it cuts: .5 .25 .15 .1 at T = 2, top-p 0.7 keeps three, not two", () => {
    // sqrt(.5 .25 .15) / their sum; with the temperature last it would be [.5858, .4142].
    expect(sampled({ temperature: 2, topP: 0.7 }, [0.5, 0.25, 0.15, 0.1])).toEqual([
      0.4435, 0.3136, 0.2429, 0,
    ]);
  });

  it("runs the stages in the documented order", () => {
    const everything: Partial<GenerationSettings> = {
      strategy: "sample",
      temperature: 0.7,
      topK: 5,
      topP: 0.9,
      minP: 0.1,
      typicalP: 0.9,
      epsilonCutoff: 0.01,
      etaCutoff: 0.01,
      topNSigma: 1,
      repetitionPenalty: 1.2,
      frequencyPenalty: 0.1,
      noRepeatNgramSize: 2,
      badWords: [[1]],
      suppressTokens: [2],
      forcedTokens: [{ step: 0, tokenId: 3 }],
      minLength: 3,
      minNewTokens: 2,
    };
    const { scoring, sampling } = createProcessorChain({ ...NEUTRAL_SETTINGS, ...everything }, [0]);
    expect([...scoring, ...sampling].map(({ name }) => name)).toEqual(
      PROCESSOR_ORDER.filter((name) => name !== "diversity-penalty" && name !== "word-list"),
    );
  });

  it("leaves out what is switched off", () => {
    expect(createProcessorChain(NEUTRAL_SETTINGS, [0])).toEqual({ scoring: [], sampling: [] });
  });
});

describe("top-k", () => {
  it("keeps ties with the k-th: 2 of .4 .2 .2 .2 keeps four", () => {
    expect(sampled({ topK: 2 }, [0.4, 0.2, 0.2, 0.2])).toEqual([0.4, 0.2, 0.2, 0.2]);
  });
  it("keeps everything when k is larger than the vocabulary", () => {
    expect(sampled({ topK: 9 }, [0.6, 0.4])).toEqual([0.6, 0.4]);
  });
});

describe("top-p", () => {
  it("keeps the token that crosses p: 0.8 of .4 .3 .2 .1 keeps three", () => {
    expect(sampled({ topP: 0.8 }, [0.4, 0.3, 0.2, 0.1])).toEqual([0.4444, 0.3333, 0.2222, 0]);
  });
  it.each([
    [0.4, [1, 0, 0, 0]],
    [0.7, [0.5714, 0.4286, 0, 0]],
    [0.9, [0.4444, 0.3333, 0.2222, 0]],
  ])("stops at an exact sum: %d of .4 .3 .2 .1", (topP, kept) => {
    expect(sampled({ topP }, [0.4, 0.3, 0.2, 0.1])).toEqual(kept);
  });
  it("keeps the likeliest token however small p is", () => {
    expect(sampled({ topP: 0.001 }, [0.3, 0.5, 0.2])).toEqual([0, 1, 0]);
  });
  it("keeps the higher ids among tokens that tie at the boundary, as transformers does", () => {
    expect(sampled({ topP: 0.5 }, [0.25, 0.25, 0.25, 0.25])).toEqual([0, 0, 0.5, 0.5]);
  });
  it("does not take the need for a very unlikely token for rounding: 0.6 and 5 of 10 tokens of 1e-8", () => {
    const tail = Array.from({ length: 10 }, (_, i) => 1e-8 * (1 + i * 1e-3));
    const after = scores({ strategy: "sample", topP: 1 - 5.5e-8 }, [0.6, 0.4 - 1e-7, ...tail].map(Math.log));
    expect(after.filter((score) => score > -Infinity).length).toBe(2 + 5);
  });
});

describe("min-p", () => {
  it("keeps a token at exactly the fraction: 0.5 of .4 .2 .2 .1 .1 keeps three", () => {
    expect(sampled({ minP: 0.5 }, [0.4, 0.2, 0.2, 0.1, 0.1])).toEqual([0.5, 0.25, 0.25, 0, 0]);
  });
  it("at 1 keeps the likeliest and its ties", () => {
    expect(sampled({ minP: 1 }, [0.4, 0.4, 0.2])).toEqual([0.5, 0.5, 0]);
  });
});

describe("epsilon cut-off", () => {
  it("keeps a token at exactly epsilon: 0.1 of .5 .3 .1 .1", () => {
    expect(sampled({ epsilonCutoff: 0.1 }, [0.5, 0.3, 0.1, 0.1])).toEqual([0.5, 0.3, 0.1, 0.1]);
  });
  it("keeps the likeliest when all are below", () => {
    expect(sampled({ epsilonCutoff: 0.9 }, [0.2, 0.5, 0.3])).toEqual([0, 1, 0]);
  });
});

describe("eta cut-off", () => {
  it("lowers the bar for a flat distribution: eta 0.2 of ten equals keeps all", () => {
    // sqrt(.2)·exp(−ln 10) = 0.0447, below each token's 0.1; epsilon 0.2 would cut nine.
    expect(sampled({ etaCutoff: 0.2 }, Array(10).fill(0.1))).toEqual(Array(10).fill(0.1));
    expect(sampled({ epsilonCutoff: 0.2 }, [0.19, ...Array(9).fill(0.09)])).toEqual([1, ...Array(9).fill(0)]);
  });
});

describe("typical", () => {
  it("may cut the likeliest token, whose surprisal is far below the entropy", () => {
    // Entropy 1.58; surprisals .69, 2.08, 2.59 (five times): nearest is 2.08, then .69.
    const probabilities = [0.5, 0.125, 0.075, 0.075, 0.075, 0.075, 0.075];
    expect(sampled({ typicalP: 0.1 }, probabilities)[0]).toBe(0);
    expect(sampled({ typicalP: 0.1 }, probabilities)[1]).toBe(1);
  });
  it("keeps all tokens at the boundary's distance: five tokens of .075 where one would do", () => {
    const probabilities = [0.5, 0.125, 0.075, 0.075, 0.075, 0.075, 0.075];
    expect(sampled({ typicalP: 0.62 }, probabilities)).toEqual([0.8, 0.2, 0, 0, 0, 0, 0]);
    expect(sampled({ typicalP: 0.63 }, probabilities)).toEqual(probabilities);
  });
});

describe("top-n-sigma", () => {
  it("cuts below the largest score less n standard deviations of all scores", () => {
    // Scores 4 2 0 −2 −4: deviation sqrt(8) = 2.83; 4 − 2.83 = 1.17.
    expect(scores({ strategy: "sample", topNSigma: 1 }, [4, 2, 0, -2, -4])).toEqual([
      4,
      2,
      -Infinity,
      -Infinity,
      -Infinity,
    ]);
  });
  it("keeps the same tokens at any temperature", () => {
    const at = (temperature: number) =>
      scores({ strategy: "sample", topNSigma: 1, temperature }, [4, 2, 0, -2, -4]).map((s) => s > -Infinity);
    expect(at(0.5)).toEqual(at(3));
  });
  it("leaves impossible tokens out of mean and deviation", () => {
    const around = { tokenIds: [5, 5], promptLength: 1 };
    const after = scores(
      { strategy: "sample", topNSigma: 1, suppressTokens: [5] },
      [4, 2, 0, -2, -4, 9],
      around,
    );
    expect(after).toEqual([4, 2, -Infinity, -Infinity, -Infinity, -Infinity]);
  });
});

describe("repetition penalty", () => {
  it("divides positive and multiplies negative scores, once a token, the prompt's included", () => {
    const around = { tokenIds: [0, 1, 1, 0], promptLength: 2 };
    expect(scores({ repetitionPenalty: 2 }, [3, -3, 3, -3], around)).toEqual([1.5, -6, 3, -3]);
  });
});

describe("frequency and presence penalty", () => {
  it("count the tokens written, not the prompt's", () => {
    const around = { tokenIds: [0, 0, 1, 1, 2], promptLength: 2 };
    expect(scores({ frequencyPenalty: 0.5, presencePenalty: 0.25 }, [3, 3, 3], around)).toEqual([
      3, 1.75, 2.25,
    ]);
  });
});

describe("no-repeat n-gram", () => {
  it("rules out what would repeat a bigram across prompt and text: after 1 2 1, not 2", () => {
    const around = { tokenIds: [1, 2, 1], promptLength: 2 };
    expect(scores({ noRepeatNgramSize: 2 }, [0, 0, 0], around)).toEqual([0, 0, -Infinity]);
  });
  it("with size 1 rules out every token that occurred", () => {
    const around = { tokenIds: [1, 2], promptLength: 1 };
    expect(scores({ noRepeatNgramSize: 1 }, [0, 0, 0], around)).toEqual([0, -Infinity, -Infinity]);
  });
  it("does nothing while the text is shorter than an n-gram", () => {
    expect(scores({ noRepeatNgramSize: 3 }, [0, 0], { tokenIds: [1] })).toEqual([0, 0]);
  });
});

describe("masks", () => {
  it("bad words: a word's last token is ruled out only after its beginning", () => {
    const settings = { badWords: [[1, 2]] };
    expect(scores(settings, [0, 0, 0], { tokenIds: [0, 1] })).toEqual([0, 0, -Infinity]);
    expect(scores(settings, [0, 0, 0], { tokenIds: [1, 0] })).toEqual([0, 0, 0]);
  });
  it("min-length counts the prompt, min-new-tokens does not", () => {
    const around = { tokenIds: [1, 1, 1, 1], promptLength: 3, eosTokenIds: [0] };
    expect(scores({ minLength: 4 }, [0, 0], around)).toEqual([0, 0]);
    expect(scores({ minLength: 5 }, [0, 0], around)).toEqual([-Infinity, 0]);
    expect(scores({ minNewTokens: 1 }, [0, 0], around)).toEqual([0, 0]);
    expect(scores({ minNewTokens: 2 }, [0, 0], around)).toEqual([-Infinity, 0]);
  });
  it("forced tokens: at its step the token is all there is, with score 0", () => {
    const settings = { forcedTokens: [{ step: 1, tokenId: 2 }] };
    expect(scores(settings, [5, 5, 5], { tokenIds: [0, 0], promptLength: 1 })).toEqual([
      -Infinity,
      -Infinity,
      0,
    ]);
    expect(scores(settings, [5, 5, 5], { tokenIds: [0], promptLength: 1 })).toEqual([5, 5, 5]);
  });
});

describe("logits that cannot be decoded", () => {
  it.each([[Number.NaN], [Number.POSITIVE_INFINITY]])("refuses a score of %d and names the step", (bad) => {
    const decode = () => scores({}, [1, bad, 2], { tokenIds: [0, 0, 0], promptLength: 1 });
    expect(decode).toThrow(InvalidLogitsError);
    expect(decode).toThrow("step 3");
  });
  it("refuses a row of which nothing is possible", () => {
    expect(() => scores({}, [-Infinity, -Infinity])).toThrow(InvalidLogitsError);
  });
  it("says so when the settings leave no token", () => {
    expect(() => scores({ suppressTokens: [0, 1] }, [1, 2])).toThrow(NoTokenLeftError);
  });
});
