/** "12 %", "3.4 %", "<0.1 %". @param share From 0 to 1. */
export function inPercent(share: number): string {
  const percent = 100 * share;
  if (percent === 0) return "0 %";
  if (percent < 0.1) return "<0.1 %";
  if (percent < 10) return `${percent.toFixed(1)} %`;
  // Not rounded up to a certainty that is none.
  return percent > 99 && percent < 100
    ? `${(Math.floor(percent * 10) / 10).toFixed(1)} %`
    : `${Math.round(percent)} %`;
}

export type Unit = "share" | "nats" | "bits" | "ms";

/** A value with its unit: "84 %", "1.32 nats". */
export function inUnit(value: number, unit: Unit): string {
  return unit === "share" ? inPercent(value) : `${value.toFixed(2)} ${unit}`;
}

export function people(n: number): string {
  return n === 1 ? "1 person" : `${n} people`;
}
