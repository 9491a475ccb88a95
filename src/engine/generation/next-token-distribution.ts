import { processRow } from "./process-row.ts";
import { createProcessorChain } from "./processors/chain.ts";
import { resolveSettings, type SettingWarning } from "./resolve-settings.ts";
import { type GenerationSettings, usesBeams } from "./settings.ts";
import type { TraceRow } from "./trace.ts";
import { likeliestIds, traceRow } from "./trace-row.ts";

export interface DistributionContext {
  /** The prompt; penalties count its tokens. At least one token. */
  readonly promptIds: readonly number[];
  /** Tokens that end a sequence, for the minimum length. */
  readonly eosTokenIds: readonly number[];
  /** How many tokens to list of each side; the others are summed up. */
  readonly topTokens: number;
}

/** The distribution of the token after a prompt, before and after the settings. */
export interface NextTokenDistribution {
  readonly model: DistributionSide;
  readonly processed: DistributionSide;
  /** The way from one to the other: what each stage cut, and the mass it kept. */
  readonly trace: TraceRow;
  readonly warnings: readonly SettingWarning[];
}

export interface DistributionSide {
  /** Likeliest first. */
  readonly tokens: readonly TokenProbability[];
  /** Tokens with a probability above 0. */
  readonly possibleCount: number;
  /** Probability of the tokens that are not listed. */
  readonly restMass: number;
  /** Nats. */
  readonly entropy: number;
}

export interface TokenProbability {
  readonly tokenId: number;
  readonly probability: number;
}

/**
 * Shows what settings do to one row of logits, without choosing. A distribution is the same for every method
 * that would choose from it; beams work on log-probabilities, which matters for the repetition penalty.
 * @param logits Shape [vocabSize], unnormalised; left as it is.
 * @throws {DecodingOptionError} as `resolveSettings` does.
 */
export function nextTokenDistribution(
  logits: Float32Array,
  given: Partial<GenerationSettings>,
  context: DistributionContext,
): NextTokenDistribution {
  const { settings, warnings } = resolveSettings(given);
  const { promptIds, eosTokenIds, topTokens } = context;
  const row = processRow(logits.slice(), createProcessorChain(settings, eosTokenIds), {
    history: { tokenIds: promptIds, promptLength: promptIds.length },
    step: 0,
    asLogProbs: usesBeams(settings.strategy),
    snapshots: true,
  });
  // Penalties can lift tokens that the model itself ranks low.
  const last = row.snapshots.at(-1)?.scores ?? logits;
  const processedTop = likeliestIds(last, topTokens).filter((id) => last[id] !== -Infinity);
  const trace = traceRow(row, { row: 0, choices: [], topTokens, alsoList: processedTop });
  return {
    model: side(trace, 0, topTokens, trace.entropy),
    processed: side(trace, trace.stages.length - 1, topTokens, trace.finalEntropy),
    trace,
    warnings,
  };
}

function side(
  { candidates, stages }: TraceRow,
  stage: number,
  topTokens: number,
  entropy: number,
): DistributionSide {
  const tokens = candidates
    .map(({ tokenId, probabilities }) => ({ tokenId, probability: probabilities[stage] as number }))
    .filter(({ probability }) => probability > 0)
    .sort((a, b) => b.probability - a.probability)
    .slice(0, topTokens);
  const listed = tokens.reduce((sum, { probability }) => sum + probability, 0);
  const possibleCount = (stages[stage] as TraceRow["stages"][number]).keptCount;
  return {
    tokens,
    possibleCount,
    restMass: tokens.length === possibleCount ? 0 : Math.max(0, 1 - listed),
    entropy,
  };
}
