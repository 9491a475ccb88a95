import { checkSettingCombinations } from "./check-setting-combinations.ts";
import { checkSettingValues } from "./check-setting-values.ts";
import { DecodingOptionError, optionLabel } from "./errors.ts";
import type { NumberSetting } from "./setting-ranges.ts";
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
const SAMPLING_CUTS: readonly NumberSetting[] = [
  "topK",
  "topP",
  "minP",
  "typicalP",
  "epsilonCutoff",
  "etaCutoff",
  "topNSigma",
];
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
  checkSettingValues(options);

  const { strategy, kept, warnings } = applyTemperatureZero(options, asked);
  refuseUnused(kept, strategy);

  const settings: GenerationSettings = {
    ...NEUTRAL_SETTINGS,
    ...STRATEGY_DEFAULTS[strategy],
    ...kept,
    strategy,
  };
  checkSettingCombinations(settings);
  return { settings, warnings };
}

function definedOnly(given: Partial<GenerationSettings>): Partial<GenerationSettings> {
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(NEUTRAL_SETTINGS, name)) {
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

/** The explicit rule of temperature 0; other temperatures change nothing here. */
function applyTemperatureZero(options: Partial<GenerationSettings>, asked: Strategy) {
  const unchanged = { strategy: asked, kept: options, warnings: [] };
  if (options.temperature !== 0) return unchanged;
  const { temperature: _zero, ...others } = options;
  // Greedy decoding asked for in both ways is no news.
  if (asked === "greedy") return { ...unchanged, kept: others };
  if (!SAMPLING.includes(asked)) return unchanged;
  const strategy: Strategy = asked === "sample" ? "greedy" : "beam";
  const dropped = SAMPLING_CUTS.filter(
    (name) => options[name] !== undefined && options[name] !== NEUTRAL_SETTINGS[name],
  );
  const kept = Object.fromEntries(
    Object.entries(others).filter(([name]) => !SAMPLING_CUTS.includes(name as NumberSetting)),
  );
  const message = temperatureZeroMessage(strategy, dropped, others);
  return { strategy, kept, warnings: [{ option: "temperature" as const, given: 0, message }] };
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
