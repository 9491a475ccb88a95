import { describe, expect, it } from "vitest";
import { createDecoder } from "../../../src/engine/generation/create-decoder.ts";
import { DecodingOptionError } from "../../../src/engine/generation/errors.ts";
import { resolveSettings } from "../../../src/engine/generation/resolve-settings.ts";
import type { GenerationSettings } from "../../../src/engine/generation/settings.ts";

function refusal(given: Partial<GenerationSettings>): DecodingOptionError {
  try {
    resolveSettings(given);
  } catch (error) {
    if (error instanceof DecodingOptionError) return error;
    throw error;
  }
  throw new Error(`${JSON.stringify(given)} was accepted`);
}

describe("values", () => {
  it.each([
    [
      { strategy: "sample", topP: 1.4 },
      "topP",
      "top-p is 1.4; it must be above 0 and at most 1. Try 0.9, or leave it out.",
    ],
    [{ strategy: "sample", topP: 0 }, "topP", "above 0 and at most 1"],
    [{ strategy: "sample", temperature: -0.5 }, "temperature", "from 0.01 to 100, or 0 (greedy)"],
    [{ strategy: "sample", temperature: Number.NaN }, "temperature", "from 0.01 to 100"],
    [{ strategy: "sample", topK: 2.5 }, "topK", "a whole number from 1 to 1000000, or 0 (off)"],
    [{ strategy: "sample", epsilonCutoff: 1 }, "epsilonCutoff", "at least 0 and below 1"],
    [{ maxNewTokens: 0 }, "maxNewTokens", "a whole number from 1 to 100000"],
    [{ repetitionPenalty: 0 }, "repetitionPenalty", "from 0.01 to 100"],
    [{ frequencyPenalty: 2.5 }, "frequencyPenalty", "from -2 to 2"],
    [{ seed: -1 }, "seed", "a whole number from 0"],
    [{ seed: 2 ** 60 }, "seed", "a whole number from 0"],
    [{ strategy: "beam", earlyStopping: "sometimes" as "never" }, "earlyStopping", 'true, false or "never"'],
    [{ stopStrings: [""] }, "stopStrings", "at least one character"],
    [{ badWords: [[]] }, "badWords", "one or more token ids"],
    [{ suppressTokens: [-1] }, "suppressTokens", "token ids"],
    [{ forcedTokens: [{ step: 0.5, tokenId: 3 }] }, "forcedTokens", "a step from 0"],
  ] as const)("refuses %j, naming %s and what is allowed", (given, option, text) => {
    const error = refusal(given as Partial<GenerationSettings>);
    expect(error.option).toBe(option);
    expect(error.message).toContain(text);
    expect(error).toMatchObject({ name: "DecodingOptionError", code: "decoding-option" });
    expect(error.hint.length).toBeGreaterThan(10);
  });

  it("refuses an unknown strategy and lists the known ones", () => {
    expect(refusal({ strategy: "nucleus" as "sample" }).message).toBe(
      'Unknown decoding strategy "nucleus". Choose greedy, sample, beam, beam-sample, diverse-beam or contrastive.',
    );
  });

  it("refuses a setting that does not exist instead of ignoring it", () => {
    expect(refusal({ toString: 1 } as unknown as Partial<GenerationSettings>).option).toBe("toString");
    expect(refusal({ topQ: 0.9 } as Partial<GenerationSettings>).message).toMatch(
      /^There is no setting top-q\. .*top-p/,
    );
  });
});

describe("combinations", () => {
  it.each([
    [
      { topP: 0.9 },
      "topP",
      "top-p 0.9 has no effect with greedy decoding. Leave top-p out, or choose the strategy sample or beam-sample.",
    ],
    [{ strategy: "greedy", temperature: 0.7 }, "temperature", "no effect with greedy"],
    [{ strategy: "beam", topK: 50 }, "topK", "sample, beam-sample or contrastive"],
    [{ strategy: "sample", numBeams: 4 }, "numBeams", "beam, beam-sample or diverse-beam"],
    [{ strategy: "sample", lengthPenalty: 2 }, "lengthPenalty", "no effect with sample"],
    [{ strategy: "beam", penaltyAlpha: 0.6 }, "penaltyAlpha", "contrastive"],
    [{ strategy: "beam", numBeamGroups: 2 }, "numBeamGroups", "diverse-beam"],
    [{ strategy: "greedy", numReturnSequences: 3 }, "numReturnSequences", "no effect with greedy"],
    [{ strategy: "beam", numBeams: 1 }, "numBeams", "greedy, which is what one beam does"],
    [{ strategy: "beam", numBeams: 2, numReturnSequences: 3 }, "numReturnSequences", "at most num-beams, 2"],
    [
      { strategy: "diverse-beam", numBeams: 6, numBeamGroups: 4 },
      "numBeamGroups",
      "6 beams cannot be split into 4 equal groups. Choose 2 or 3 or 6 groups",
    ],
    [{ strategy: "diverse-beam", numBeamGroups: 1 }, "numBeamGroups", "at least 2"],
    [{ strategy: "diverse-beam", diversityPenalty: 0 }, "diversityPenalty", "all groups write the same"],
    [{ strategy: "contrastive", topK: 1 }, "topK", "at least 2"],
    [{ strategy: "contrastive", penaltyAlpha: 0 }, "penaltyAlpha", "contrastive search is greedy"],
    [{ minNewTokens: 70 }, "minNewTokens", "at most max-new-tokens, 64"],
    [{ forcedTokens: [{ step: 64, tokenId: 1 }] }, "forcedTokens", "below max-new-tokens"],
    [
      {
        forcedTokens: [
          { step: 1, tokenId: 1 },
          { step: 1, tokenId: 2 },
        ],
      },
      "forcedTokens",
      "one token a step",
    ],
    [{ forcedTokens: [{ step: 1, tokenId: 1 }], suppressTokens: [1] }, "forcedTokens", "not suppressed"],
  ] as const)("refuses %j (%s)", (given, option, text) => {
    const error = refusal(given as unknown as Partial<GenerationSettings>);
    expect(error.option).toBe(option);
    expect(error.message).toContain(text);
  });

  it("accepts a neutral value anywhere, since it changes nothing", () => {
    expect(resolveSettings({ temperature: 1, topP: 1, topK: 0, numBeams: 1 })).toEqual({
      settings: resolveSettings({}).settings,
      warnings: [],
    });
  });

  it("completes each strategy with its own defaults", () => {
    expect(resolveSettings({ strategy: "beam" }).settings.numBeams).toBe(4);
    expect(resolveSettings({ strategy: "contrastive" }).settings).toMatchObject({
      topK: 4,
      penaltyAlpha: 0.6,
    });
    expect(resolveSettings({ strategy: "diverse-beam" }).settings).toMatchObject({
      numBeams: 4,
      numBeamGroups: 2,
    });
    expect(resolveSettings({ strategy: "sample" }).settings).toMatchObject({
      topK: 0,
      topP: 1,
      temperature: 1,
    });
  });

  it("gives back its own result unchanged", () => {
    for (const strategy of [
      "greedy",
      "sample",
      "beam",
      "beam-sample",
      "diverse-beam",
      "contrastive",
    ] as const) {
      const { settings } = resolveSettings({ strategy });
      expect(resolveSettings(settings)).toEqual({ settings, warnings: [] });
    }
  });
});

describe("temperature 0", () => {
  it("turns sampling into greedy decoding and says so", () => {
    const { settings, warnings } = resolveSettings({ strategy: "sample", temperature: 0 });
    expect(settings).toMatchObject({ strategy: "greedy", temperature: 1 });
    expect(warnings.map(({ message }) => message)).toEqual([
      "temperature 0 means always taking the likeliest token, so this was decoded with greedy.",
    ]);
  });

  it("names the cuts that then had no effect", () => {
    const { settings, warnings } = resolveSettings({
      strategy: "sample",
      temperature: 0,
      topP: 0.9,
      topK: 40,
    });
    expect(settings).toMatchObject({ topP: 1, topK: 0 });
    expect(warnings[0]!.message).toContain("top-k 40, top-p 0.9 had no effect");
  });

  it("turns beam sampling into beam search", () => {
    const { settings, warnings } = resolveSettings({
      strategy: "beam-sample",
      temperature: 0,
      numBeams: 3,
      minP: 0.1,
    });
    expect(settings).toMatchObject({ strategy: "beam", numBeams: 3, minP: 0 });
    expect(warnings[0]!.message).toContain("decoded with beam; min-p 0.1 had no effect");
  });

  it("is what greedy decoding means anyway, so there it is no news", () => {
    expect(resolveSettings({ strategy: "greedy", temperature: 0 }).warnings).toEqual([]);
  });

  it("is refused where nothing is tempered", () => {
    expect(refusal({ strategy: "beam", temperature: 0 }).message).toContain("no effect with beam decoding");
  });

  it("refuses several samples, which would all be the same", () => {
    expect(refusal({ strategy: "sample", temperature: 0, numReturnSequences: 3 }).option).toBe(
      "numReturnSequences",
    );
  });
});

describe("what depends on the model", () => {
  const context = {
    promptIds: [1, 2, 3],
    vocabSize: 10,
    eosTokenIds: [9],
    decodeText: () => "",
    now: () => 0,
  };

  it.each([
    [{ suppressTokens: [10] }, "suppressTokens", "token ids from 0 to 9"],
    [{ badWords: [[3, 12]] }, "badWords", "token ids from 0 to 9"],
    [{ forcedTokens: [{ step: 0, tokenId: 11 }] }, "forcedTokens", "token ids from 0 to 9"],
    [{ badWords: [[9]] }, "badWords", "suppress-tokens"],
    [{ minLength: 70 }, "minLength", "min-length counts the prompt too"],
  ] as const)("refuses %j (%s)", (given, option, text) => {
    const { settings } = resolveSettings(given as Partial<GenerationSettings>);
    const create = () => createDecoder(settings, context);
    expect(create).toThrow(DecodingOptionError);
    expect(create).toThrow(text);
    expect(create).toThrow(expect.objectContaining({ option }));
  });
});
