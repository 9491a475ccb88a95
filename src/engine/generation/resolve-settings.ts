import { DecodingOptionError, optionLabel } from "./errors.ts";
import {
  describeRange,
  inRange,
  type NumberSetting,
  SETTING_RANGES,
  type SettingRange,
} from "./setting-ranges.ts";
import {
  type GenerationSettings,
  NEUTRAL_SETTINGS,
  STRATEGIES,
  STRATEGY_DEFAULTS,
  type Strategy,
} from "./settings.ts";

/** Something the reader of a result must know about how its settings were taken. */
export interface SettingWarning {
  readonly option: keyof GenerationSettings;
  readonly given: unknown;
  readonly message: string;
}

export interface ResolvedSettings {
  readonly settings: GenerationSettings;
  readonly warnings: readonly SettingWarning[];
}

const SAMPLING: readonly Strategy[] = ["sample", "beam-sample"];
const BEAMS: readonly Strategy[] = ["beam", "beam-sample", "diverse-beam"];

/** Settings that only some strategies can use; every other setting works with all of them. */
const USED_BY: Partial<Record<keyof GenerationSettings, readonly Strategy[]>> = {
  temperature: SAMPLING,
  topK: [...SAMPLING, "contrastive"],
  topP: SAMPLING,
  minP: SAMPLING,
  typicalP: SAMPLING,
  epsilonCutoff: SAMPLING,
  etaCutoff: SAMPLING,
  topNSigma: SAMPLING,
  numBeams: BEAMS,
  lengthPenalty: BEAMS,
  earlyStopping: BEAMS,
  numBeamGroups: ["diverse-beam"],
  diversityPenalty: ["diverse-beam"],
  penaltyAlpha: ["contrastive"],
  numReturnSequences: ["sample", ...BEAMS],
};

/**
 * Completes and checks settings, the only place where this is done. Undefined fields count as not given.
 *
 * A temperature of 0 means greedy: sampling becomes greedy decoding and beam sampling becomes beam search,
 * the sampling cuts are dropped, and a warning says so.
 *
 * @throws {DecodingOptionError} for a value outside its range, an unknown setting, or a setting that would
 *   have no effect under the chosen strategy (its neutral value is accepted everywhere).
 */
export function resolveSettings(given: Partial<GenerationSettings>): ResolvedSettings {
  const options = definedOnly(given);
  const asked = options.strategy ?? NEUTRAL_SETTINGS.strategy;
  if (!STRATEGIES.includes(asked)) {
    throw new DecodingOptionError({
      option: "strategy",
      given: asked,
      allowed: `one of ${STRATEGIES.join(", ")}`,
      hint: `Choose ${STRATEGIES.slice(0, -1).join(", ")} or ${STRATEGIES.at(-1)}.`,
      reason: `Unknown decoding strategy "${asked}".`,
    });
  }
  checkValues(options);

  const warnings: SettingWarning[] = [];
  const isGreedyByTemperature = options.temperature === 0 && SAMPLING.includes(asked);
  const strategy = isGreedyByTemperature ? (asked === "sample" ? "greedy" : "beam") : asked;
  const kept: { -readonly [K in keyof GenerationSettings]?: GenerationSettings[K] } = { ...options };
  if (options.temperature === 0) {
    delete kept.temperature;
    if (isGreedyByTemperature) {
      const dropped = Object.keys(options).filter((name) =>
        dropsAtTemperatureZero(name, options),
      ) as NumberSetting[];
      for (const name of dropped) delete kept[name];
      warnings.push({
        option: "temperature",
        given: 0,
        message: temperatureZeroMessage(strategy, dropped, options),
      });
    }
  }
  refuseUnused(kept, strategy);

  const settings: GenerationSettings = {
    ...NEUTRAL_SETTINGS,
    ...STRATEGY_DEFAULTS[strategy],
    ...kept,
    strategy,
  };
  checkCombinations(settings);
  return { settings, warnings };
}

function definedOnly(given: Partial<GenerationSettings>): Partial<GenerationSettings> {
  for (const name of Object.keys(given)) {
    if (!(name in NEUTRAL_SETTINGS)) {
      throw new DecodingOptionError({
        option: name,
        given: given[name as keyof GenerationSettings],
        allowed: "a known setting",
        hint: `The settings are ${Object.keys(NEUTRAL_SETTINGS).map(optionLabel).join(", ")}.`,
        reason: `There is no setting ${optionLabel(name)}.`,
      });
    }
  }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function checkValues(options: Partial<GenerationSettings>): void {
  for (const [name, range] of Object.entries(SETTING_RANGES) as [NumberSetting, SettingRange][]) {
    const value = options[name];
    if (value !== undefined && !inRange(value, range)) {
      refuse(name, value, describeRange(range), `Try ${range.usual}, or leave it out.`);
    }
  }
  const { earlyStopping, trace, stopStrings, badWords, suppressTokens, forcedTokens } = options;
  if (earlyStopping !== undefined && earlyStopping !== "never" && typeof earlyStopping !== "boolean") {
    refuse(
      "earlyStopping",
      earlyStopping,
      'true, false or "never"',
      "Leave it out for the usual heuristic (false).",
    );
  }
  if (trace !== undefined && typeof trace !== "boolean")
    refuse("trace", trace, "true or false", "Leave it out for no trace.");
  const isId = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
  if (stopStrings?.some((text) => typeof text !== "string" || text === "")) {
    refuse(
      "stopStrings",
      stopStrings,
      "strings of at least one character",
      'Give the text itself, as in "\\n\\n".',
    );
  }
  if (badWords?.some((word) => word.length === 0 || !word.every(isId))) {
    refuse("badWords", badWords, "lists of one or more token ids", "Tokenize each word first.");
  }
  if (suppressTokens && !suppressTokens.every(isId)) {
    refuse("suppressTokens", suppressTokens, "token ids", "Tokenize the text first.");
  }
  if (forcedTokens && !forcedTokens.every(({ step, tokenId }) => isId(step) && isId(tokenId))) {
    refuse("forcedTokens", forcedTokens, "pairs of a step from 0 and a token id", "Tokenize the text first.");
  }
}

function refuseUnused(options: Partial<GenerationSettings>, strategy: Strategy): void {
  for (const [name, users] of Object.entries(USED_BY) as [keyof GenerationSettings, readonly Strategy[]][]) {
    const value = options[name];
    if (value === undefined || value === NEUTRAL_SETTINGS[name] || users.includes(strategy)) continue;
    const label = optionLabel(name);
    const choice = users.length === 1 ? users[0] : `${users.slice(0, -1).join(", ")} or ${users.at(-1)}`;
    throw new DecodingOptionError({
      option: name,
      given: value,
      allowed: `used with ${choice}`,
      reason: `${label} ${value} has no effect with ${strategy} decoding.`,
      hint: `Leave ${label} out, or choose the strategy ${choice}.`,
    });
  }
}

function checkCombinations(settings: GenerationSettings): void {
  const { strategy, numBeams, numReturnSequences, maxNewTokens, minNewTokens } = settings;
  if (BEAMS.includes(strategy) && numBeams < 2) {
    refuse(
      "numBeams",
      numBeams,
      "at least 2",
      "Give 2 or more beams (4 is usual), or choose greedy, which is what one beam does.",
    );
  }
  if (strategy === "diverse-beam") checkGroups(settings);
  if (BEAMS.includes(strategy) && numReturnSequences > numBeams) {
    refuse(
      "numReturnSequences",
      numReturnSequences,
      `at most num-beams, ${numBeams}`,
      "Ask for fewer, or give more beams.",
    );
  }
  if (strategy === "contrastive" && settings.topK < 2) {
    refuse(
      "topK",
      settings.topK,
      "at least 2 for contrastive search",
      "It weighs several candidates; 4 is usual.",
    );
  }
  if (strategy === "contrastive" && settings.penaltyAlpha === 0) {
    refuse("penaltyAlpha", 0, "above 0 and at most 1", "At 0 contrastive search is greedy; 0.6 is usual.");
  }
  if (minNewTokens > maxNewTokens) {
    refuse(
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
    refuse(
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
    refuse(
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
      refuse(
        "forcedTokens",
        { step, tokenId },
        `at steps below max-new-tokens, ${maxNewTokens}`,
        "Raise max-new-tokens.",
      );
    }
    if (steps.has(step)) {
      refuse("forcedTokens", { step, tokenId }, "one token a step", "Only one token can stand at a place.");
    }
    if (suppressTokens.includes(tokenId)) {
      refuse(
        "forcedTokens",
        { step, tokenId },
        "tokens that are not suppressed",
        "Take it out of one of the two lists.",
      );
    }
    steps.add(step);
  }
}

function dropsAtTemperatureZero(name: string, options: Partial<GenerationSettings>): boolean {
  const users = USED_BY[name as keyof GenerationSettings];
  const value = options[name as keyof GenerationSettings];
  const isCut = users?.includes("sample") && !users.includes("beam") && name !== "temperature";
  return Boolean(isCut) && value !== NEUTRAL_SETTINGS[name as keyof GenerationSettings];
}

function temperatureZeroMessage(
  strategy: Strategy,
  dropped: NumberSetting[],
  options: Partial<GenerationSettings>,
) {
  const rule = `temperature 0 means always taking the likeliest token, so this was decoded with ${strategy}`;
  if (dropped.length === 0) return `${rule}.`;
  const list = dropped.map((name) => `${optionLabel(name)} ${options[name]}`).join(", ");
  return `${rule}; ${list} had no effect.`;
}

function refuse(option: keyof GenerationSettings, given: unknown, allowed: string, hint: string): never {
  throw new DecodingOptionError({ option, given, allowed, hint });
}
