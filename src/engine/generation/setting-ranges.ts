import type { GenerationSettings } from "./settings.ts";

/** What a number setting accepts. Command specs and forms are built from the same table that validates. */
export interface SettingRange {
  readonly integer: boolean;
  readonly min: number;
  readonly max: number;
  /** The minimum itself is not accepted. */
  readonly aboveMin?: boolean;
  /** The maximum itself is not accepted. */
  readonly belowMax?: boolean;
  /** One more value that is accepted outside the range, and what it means. */
  readonly also?: { readonly value: number; readonly meaning: string };
  /** A value to try when the given one was refused. */
  readonly usual: number;
}

const count = (min: number, max: number, usual: number): SettingRange => ({ integer: true, min, max, usual });

/** Fields of `GenerationSettings` that hold a number, with the values each accepts. */
export const SETTING_RANGES = {
  maxNewTokens: count(1, 100_000, 64),
  minNewTokens: count(0, 100_000, 0),
  minLength: count(0, 1_000_000, 0),
  numBeams: count(1, 64, 4),
  numBeamGroups: count(1, 64, 2),
  diversityPenalty: { integer: false, min: 0, max: 100, usual: 0.5 },
  lengthPenalty: { integer: false, min: -10, max: 10, usual: 1 },
  numReturnSequences: count(1, 64, 1),
  temperature: { integer: false, min: 0.01, max: 100, usual: 0.7, also: { value: 0, meaning: "greedy" } },
  topK: { ...count(1, 1_000_000, 50), also: { value: 0, meaning: "off" } },
  topP: { integer: false, min: 0, aboveMin: true, max: 1, usual: 0.9 },
  minP: { integer: false, min: 0, max: 1, usual: 0.05 },
  typicalP: { integer: false, min: 0, aboveMin: true, max: 1, usual: 0.95 },
  epsilonCutoff: { integer: false, min: 0, max: 1, belowMax: true, usual: 0.0003 },
  etaCutoff: { integer: false, min: 0, max: 1, belowMax: true, usual: 0.0003 },
  topNSigma: { integer: false, min: 0, max: 100, usual: 1 },
  penaltyAlpha: { integer: false, min: 0, max: 1, usual: 0.6 },
  repetitionPenalty: { integer: false, min: 0.01, max: 100, usual: 1.2 },
  frequencyPenalty: { integer: false, min: -2, max: 2, usual: 0.5 },
  presencePenalty: { integer: false, min: -2, max: 2, usual: 0.5 },
  noRepeatNgramSize: { ...count(1, 1000, 3), also: { value: 0, meaning: "off" } },
  maxTimeMs: { integer: false, min: 0, max: 86_400_000, usual: 10_000 },
  seed: count(0, Number.MAX_SAFE_INTEGER, 7),
  traceTopTokens: count(1, 1000, 50),
} as const satisfies Partial<Record<keyof GenerationSettings, SettingRange>>;

export type NumberSetting = keyof typeof SETTING_RANGES;

/** The range as a phrase that follows "must be": "above 0 and at most 1", "a whole number from 1 to 64". */
export function describeRange(range: SettingRange): string {
  const low = range.aboveMin ? `above ${range.min}` : `${range.min}`;
  const high = range.belowMax ? `below ${range.max}` : `${range.max}`;
  const plain = !range.aboveMin && !range.belowMax;
  const span = plain
    ? `from ${low} to ${high}`
    : `${range.aboveMin ? low : `at least ${low}`} and ${range.belowMax ? high : `at most ${high}`}`;
  const kind = range.integer ? "a whole number " : "";
  const also = range.also ? `, or ${range.also.value} (${range.also.meaning})` : "";
  return `${kind}${span}${also}`;
}

export function inRange(value: unknown, range: SettingRange): value is number {
  if (typeof value !== "number" || !Number.isFinite(value)) return false;
  if (range.also && value === range.also.value) return true;
  if (range.integer && !Number.isSafeInteger(value)) return false;
  if (range.aboveMin ? value <= range.min : value < range.min) return false;
  return range.belowMax ? value < range.max : value <= range.max;
}
