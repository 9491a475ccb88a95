import type { GenerationSettings } from "../settings.ts";
import { drawsRandomly } from "../settings.ts";
import { badWords } from "./bad-words.ts";
import { epsilonCutoff } from "./epsilon-cutoff.ts";
import { etaCutoff } from "./eta-cutoff.ts";
import { forcedTokens } from "./forced-tokens.ts";
import { frequencyPresencePenalty } from "./frequency-presence-penalty.ts";
import { minLength, minNewTokens } from "./min-length.ts";
import { minP } from "./min-p.ts";
import { noRepeatNgram } from "./no-repeat-ngram.ts";
import type { LogitsProcessor } from "./processor.ts";
import { repetitionPenalty } from "./repetition-penalty.ts";
import { suppressTokens } from "./suppress-tokens.ts";
import { temperature } from "./temperature.ts";
import { topK } from "./top-k.ts";
import { topNSigma } from "./top-n-sigma.ts";
import { topP } from "./top-p.ts";
import { typical } from "./typical.ts";

/** The stages that the settings ask for, in the order of `PROCESSOR_ORDER`; switched-off ones are left out. */
export interface ProcessorChain {
  /** Penalties and masks: they change scores by token id. */
  readonly scoring: readonly LogitsProcessor[];
  /** Rules out words of a list; it changes no other token's score, so that the others keep their bits. */
  readonly mask?: LogitsProcessor;
  /** Temperature and the cuts; empty for strategies that do not draw. */
  readonly sampling: readonly LogitsProcessor[];
}

/** @param wordListMask Needed when the settings have a word list; the stages themselves know no words. */
export function createProcessorChain(
  settings: GenerationSettings,
  eosTokenIds: readonly number[],
  wordListMask?: LogitsProcessor,
): ProcessorChain {
  if (settings.wordList !== "off" && !wordListMask)
    throw new Error("a word list was asked for and not given");
  return {
    scoring: scoringStages(settings, eosTokenIds),
    ...(settings.wordList !== "off" && wordListMask ? { mask: wordListMask } : {}),
    sampling: drawsRandomly(settings.strategy) ? samplingStages(settings, eosTokenIds) : [],
  };
}

function scoringStages(settings: GenerationSettings, eosTokenIds: readonly number[]): LogitsProcessor[] {
  const { repetitionPenalty: repetition, frequencyPenalty: frequency, presencePenalty: presence } = settings;
  const stages: LogitsProcessor[] = [];
  if (repetition !== 1) stages.push(repetitionPenalty(repetition));
  if (frequency !== 0 || presence !== 0) stages.push(frequencyPresencePenalty(frequency, presence));
  if (settings.noRepeatNgramSize > 0) stages.push(noRepeatNgram(settings.noRepeatNgramSize));
  if (settings.badWords.length > 0) stages.push(badWords(settings.badWords));
  if (settings.minLength > 0) stages.push(minLength(settings.minLength, eosTokenIds));
  if (settings.minNewTokens > 0) stages.push(minNewTokens(settings.minNewTokens, eosTokenIds));
  if (settings.forcedTokens.length > 0) stages.push(forcedTokens(settings.forcedTokens));
  if (settings.suppressTokens.length > 0) stages.push(suppressTokens(settings.suppressTokens));
  return stages;
}

function samplingStages(settings: GenerationSettings, eosTokenIds: readonly number[]): LogitsProcessor[] {
  // A beam must have a continuation left beside every way to end, as in transformers.
  const keep = settings.strategy === "beam-sample" ? Math.max(2, eosTokenIds.length + 1) : 1;
  const stages: LogitsProcessor[] = [];
  if (settings.temperature !== 1) stages.push(temperature(settings.temperature));
  if (settings.topNSigma > 0) stages.push(topNSigma(settings.topNSigma, keep));
  if (settings.topK > 0) stages.push(topK(settings.topK, keep));
  if (settings.topP < 1) stages.push(topP(settings.topP, keep));
  if (settings.minP > 0) stages.push(minP(settings.minP, keep));
  if (settings.typicalP < 1) stages.push(typical(settings.typicalP, keep));
  if (settings.epsilonCutoff > 0) stages.push(epsilonCutoff(settings.epsilonCutoff, keep));
  if (settings.etaCutoff > 0) stages.push(etaCutoff(settings.etaCutoff, keep));
  return stages;
}
