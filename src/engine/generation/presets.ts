import { DecodingOptionError } from "./errors.ts";
import type { GenerationSettings } from "./settings.ts";

/** A set of settings with a purpose. */
export interface Preset {
  readonly name: string;
  /** When to use it, one sentence. */
  readonly whenToUse: string;
  /** Where the settings, or the phenomenon they show, are described. */
  readonly source: string;
  readonly settings: Partial<GenerationSettings>;
}

export const PRESETS = {
  safe: {
    name: "safe",
    whenToUse: "When the input all but fixes the answer, as in translating or summarising.",
    source:
      "Beam search with length normalisation: Wu et al. 2016, arXiv:1609.08144; why it suits directed tasks: Holtzman et al. 2020, arXiv:1904.09751, section 2; no repeated trigram: Paulus et al. 2017, arXiv:1705.04304",
    settings: { strategy: "beam", numBeams: 4, lengthPenalty: 1, noRepeatNgramSize: 3, maxNewTokens: 60 },
  },
  creative: {
    name: "creative",
    whenToUse: "When many continuations are good, as in stories and dialogue.",
    source:
      "Nucleus sampling at p = 0.95, the setting whose text came closest to people's: Holtzman et al. 2020, arXiv:1904.09751, section 5",
    settings: { strategy: "sample", topP: 0.95, temperature: 1, maxNewTokens: 100 },
  },
  degenerate: {
    name: "degenerate",
    whenToUse: "To watch pure maximisation go round in circles: the likeliest text is not the best.",
    source: "Holtzman et al. 2020, arXiv:1904.09751, figure 1; Welleck et al. 2020, arXiv:1908.04319",
    settings: { strategy: "greedy", maxNewTokens: 120, minNewTokens: 80 },
  },
} as const satisfies Record<string, Preset>;

export type PresetName = keyof typeof PRESETS;

/**
 * The settings of a preset, to be completed by `resolveSettings`.
 * @throws {DecodingOptionError} for an unknown name.
 */
export function presetSettings(name: string): Partial<GenerationSettings> {
  if (Object.hasOwn(PRESETS, name)) return PRESETS[name as PresetName].settings;
  const names = Object.keys(PRESETS);
  throw new DecodingOptionError({
    option: "preset",
    given: name,
    allowed: `one of ${names.join(", ")}`,
    reason: `There is no preset "${name}".`,
    hint: `Choose ${names.slice(0, -1).join(", ")} or ${names.at(-1)}.`,
  });
}
