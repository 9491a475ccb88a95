import type { Chart } from "../chart.ts";
import { isCovered } from "./fonts.ts";

const SIGN = "□";
/** Joiners, variation selectors, control and direction marks: nothing to see by themselves. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Z}\p{Variation_Selector}]/u;

/**
 * A chart whose letters the picture's fonts all have: what none has becomes □, and the small print says how many
 * letters that were. Alternative text and words are made from the chart as it was.
 */
export function markMissing(chart: Chart): Chart {
  const missing = new Set<string>();
  const marked = within(chart, missing);
  if (missing.size === 0) return chart;
  const letters = missing.size === 1 ? "1 letter has" : `${missing.size} letters have`;
  const note = `${letters} no font in this picture and stand as ${SIGN}; its description has them.`;
  return { ...marked, source: marked.source === undefined ? note : `${marked.source} · ${note}` };
}

function within<T>(value: T, missing: Set<string>): T {
  if (typeof value === "string") return withSigns(value, missing) as T;
  if (Array.isArray(value)) return value.map((each) => within(each, missing)) as T;
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, within(each, missing)])) as T;
}

function withSigns(text: string, missing: Set<string>): string {
  let signs = "";
  for (const character of text) {
    const isSeen = !UNSEEN.test(character) && !isCovered(character);
    if (isSeen) missing.add(character);
    signs += isSeen ? SIGN : character;
  }
  return signs;
}
