import type { SLIDER_SETTINGS } from "../../../../bot/decoding/playground-link.ts";
import { SETTING_RANGES } from "../../../../engine/generation/setting-ranges.ts";
import { type GenerationSettings, NEUTRAL_SETTINGS } from "../../../../engine/generation/settings.ts";
import { numberParam, param, setParams, slideParam } from "./params.ts";

type SliderName = (typeof SLIDER_SETTINGS)[number];

interface SliderSpec {
  readonly name: SliderName;
  /** As the command's option is called; also its name in the address. */
  readonly label: string;
  readonly min: number;
  readonly max: number;
  readonly step: number;
}

const SLIDERS: readonly SliderSpec[] = [
  { name: "temperature", label: "temperature", min: 0.05, max: 3, step: 0.05 },
  { name: "topK", label: "top-k", min: 0, max: 100, step: 1 },
  { name: "topP", label: "top-p", min: 0.01, max: 1, step: 0.01 },
  { name: "minP", label: "min-p", min: 0, max: 1, step: 0.01 },
];
const MORE: readonly SliderSpec[] = [
  { name: "typicalP", label: "typical-p", min: 0.01, max: 1, step: 0.01 },
  { name: "topNSigma", label: "top-n-sigma", min: 0, max: 10, step: 0.1 },
  { name: "epsilonCutoff", label: "epsilon-cutoff", min: 0, max: 0.1, step: 0.0005 },
  { name: "etaCutoff", label: "eta-cutoff", min: 0, max: 0.1, step: 0.0005 },
  { name: "repetitionPenalty", label: "repetition-penalty", min: 1, max: 3, step: 0.05 },
  { name: "noRepeatNgramSize", label: "no-repeat-ngram-size", min: 0, max: 6, step: 1 },
];

/** The settings that the sliders stand at; values of the address that a setting can't have count as its neutral one. */
export function sliderSettings(): Partial<GenerationSettings> {
  const settings: Partial<Record<SliderName, number>> = {};
  for (const { name, label } of [...SLIDERS, ...MORE]) {
    const value = numberParam(label, NEUTRAL_SETTINGS[name]);
    const { min, max, integer } = SETTING_RANGES[name];
    const isOff = value === NEUTRAL_SETTINGS[name];
    if (!isOff && value >= min && value <= max && (!integer || Number.isInteger(value)))
      settings[name] = value;
  }
  return settings;
}

export function Sliders() {
  const isSet = MORE.some(({ label }) => param(label) !== "");
  return (
    <fieldset class="sliders">
      <legend>Settings</legend>
      {SLIDERS.map((slider) => (
        <Slider key={slider.name} slider={slider} />
      ))}
      <details open={isSet}>
        <summary>More</summary>
        {MORE.map((slider) => (
          <Slider key={slider.name} slider={slider} />
        ))}
      </details>
      <button
        type="button"
        class="button secondary"
        onClick={() => setParams(Object.fromEntries([...SLIDERS, ...MORE].map(({ label }) => [label, ""])))}
      >
        All off
      </button>
    </fieldset>
  );
}

function Slider({ slider: { name, label, min, max, step } }: { readonly slider: SliderSpec }) {
  const neutral = NEUTRAL_SETTINGS[name];
  const value = numberParam(label, neutral);
  const id = `slider-${label}`;
  const isOff = value === neutral;
  return (
    <div class="slider">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="range"
        min={min}
        max={max}
        step={step}
        value={value}
        aria-valuetext={isOff ? `${value}, off` : String(value)}
        onInput={({ currentTarget }) => {
          const next = Number(currentTarget.value);
          slideParam(label, next === neutral ? "" : String(next));
        }}
      />
      <output for={id}>{isOff ? "off" : value}</output>
    </div>
  );
}
