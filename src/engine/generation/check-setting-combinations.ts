import { DecodingOptionError, refuseSetting } from "./errors.ts";
import { type GenerationSettings, usesBeams } from "./settings.ts";

/**
 * Checks complete settings for values that contradict each other.
 * @throws {DecodingOptionError} for the first contradiction.
 */
export function checkSettingCombinations(settings: GenerationSettings): void {
  const { strategy, numBeams, numReturnSequences, maxNewTokens, minNewTokens } = settings;
  if (usesBeams(strategy) && numBeams < 2) {
    refuseSetting(
      "numBeams",
      numBeams,
      "at least 2",
      "Give 2 or more beams (4 is usual), or choose greedy, which is what one beam does.",
    );
  }
  if (strategy === "diverse-beam") checkGroups(settings);
  if (usesBeams(strategy) && numReturnSequences > numBeams) {
    refuseSetting(
      "numReturnSequences",
      numReturnSequences,
      `at most num-beams, ${numBeams}`,
      "Ask for fewer, or give more beams.",
    );
  }
  if (strategy === "contrastive" && settings.topK < 2) {
    refuseSetting(
      "topK",
      settings.topK,
      "at least 2 for contrastive search",
      "It weighs several candidates; 4 is usual.",
    );
  }
  if (strategy === "contrastive" && settings.penaltyAlpha === 0) {
    refuseSetting(
      "penaltyAlpha",
      0,
      "above 0 and at most 1",
      "At 0 contrastive search is greedy; 0.6 is usual.",
    );
  }
  if (minNewTokens > maxNewTokens) {
    refuseSetting(
      "minNewTokens",
      minNewTokens,
      `at most max-new-tokens, ${maxNewTokens}`,
      "Lower it, or raise max-new-tokens.",
    );
  }
  checkForcedTokens(settings);
}

function checkGroups({ numBeams, numBeamGroups, diversityPenalty }: GenerationSettings): void {
  if (numBeamGroups < 2) {
    refuseSetting(
      "numBeamGroups",
      numBeamGroups,
      "at least 2 for diverse-beam",
      "Give 2 or more groups, or choose beam.",
    );
  }
  if (numBeams % numBeamGroups !== 0) {
    const divisors = Array.from({ length: numBeams - 1 }, (_, i) => i + 2).filter((n) => numBeams % n === 0);
    throw new DecodingOptionError({
      option: "numBeamGroups",
      given: numBeamGroups,
      allowed: `a divisor of num-beams: ${divisors.join(", ")}`,
      reason: `${numBeams} beams cannot be split into ${numBeamGroups} equal groups.`,
      hint: `Choose ${divisors.join(" or ")} groups, or another num-beams.`,
    });
  }
  if (diversityPenalty === 0) {
    refuseSetting(
      "diversityPenalty",
      0,
      "above 0 for diverse-beam",
      "At 0 all groups write the same; 0.5 is usual.",
    );
  }
}

function checkForcedTokens({ forcedTokens, suppressTokens, maxNewTokens }: GenerationSettings): void {
  const steps = new Set<number>();
  for (const { step, tokenId } of forcedTokens) {
    if (step >= maxNewTokens) {
      refuseSetting(
        "forcedTokens",
        { step, tokenId },
        `at steps below max-new-tokens, ${maxNewTokens}`,
        "Raise max-new-tokens.",
      );
    }
    if (steps.has(step)) {
      refuseSetting(
        "forcedTokens",
        { step, tokenId },
        "one token a step",
        "Only one token can stand at a place.",
      );
    }
    if (suppressTokens.includes(tokenId)) {
      refuseSetting(
        "forcedTokens",
        { step, tokenId },
        "tokens that are not suppressed",
        "Take it out of one of the two lists.",
      );
    }
    steps.add(step);
  }
}
