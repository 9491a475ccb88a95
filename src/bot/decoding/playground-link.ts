import { type GenerationSettings, NEUTRAL_SETTINGS } from "../../engine/generation/settings.ts";
import type { CardLink } from "../cards/card.ts";
import { optionName } from "../commands/spec.ts";
import type { Services } from "../context.ts";
import type { Place } from "../invocation.ts";

/** Settings that the playground has a slider for; in its address they have their options' names. */
export const SLIDER_SETTINGS = [
  "temperature",
  "topK",
  "topP",
  "minP",
  "typicalP",
  "topNSigma",
  "epsilonCutoff",
  "etaCutoff",
  "repetitionPenalty",
  "noRepeatNgramSize",
] as const satisfies readonly (keyof GenerationSettings)[];

/** Settings that do not change what the next token is drawn from, when the text so far is given. */
const NOT_SHOWN: ReadonlySet<string> = new Set([
  "strategy",
  "maxNewTokens",
  "seed",
  "trace",
  "traceTopTokens",
  "stopStrings",
  "maxTimeMs",
  "wordList",
]);

/** The playground's tools, as its address names them. */
export type PlaygroundTool = "next" | "compare" | "tree" | "words" | "blanks";

/**
 * The button that opens a reply's subject in the playground: none where nobody could reach it. In the web classroom
 * the playground is next door; elsewhere it needs `publicAddress`.
 * @param settings By their names in the address; undefined ones are left out.
 */
export function playgroundLink(
  { playgroundUrl }: Pick<Services, "playgroundUrl">,
  { channel }: Place,
  tool: PlaygroundTool,
  settings: Readonly<Record<string, string | number | boolean | undefined>>,
): CardLink[] {
  const base = channel.platform === "web" ? "/playground" : playgroundUrl;
  if (base === undefined) return [];
  const params = new URLSearchParams({ tool });
  for (const [name, value] of Object.entries(settings)) {
    // The playground continues a text unless it is told otherwise.
    if (value !== undefined && value !== "continuation") params.set(name, String(value));
  }
  return [{ label: "Open in the playground", link: `${base}#${params}` }];
}

/**
 * Where the playground's sliders stand for these settings.
 * @returns undefined when something is set that the playground has no slider for: it would show something else.
 */
export function sliderParams(settings: GenerationSettings): Record<string, number> | undefined {
  const params: Record<string, number> = {};
  for (const [name, value] of Object.entries(settings)) {
    const neutral = NEUTRAL_SETTINGS[name as keyof GenerationSettings];
    if (NOT_SHOWN.has(name) || JSON.stringify(value) === JSON.stringify(neutral)) continue;
    if (!SLIDER_SETTINGS.some((each) => each === name)) return undefined;
    params[optionName(name)] = value as number;
  }
  return params;
}
