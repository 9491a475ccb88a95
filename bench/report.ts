import { cpus, totalmem } from "node:os";
import type { Workload } from "./workloads.ts";

export interface Measured {
  readonly workload: Workload;
  /** By contender: the median of its rounds. */
  readonly values: ReadonlyMap<string, number>;
}

/** A Markdown table: one row a workload, one column a contender, and ours as a multiple of the best other. */
export function table(contenders: readonly string[], measured: readonly Measured[]): string {
  const [own, ...others] = contenders;
  const header = ["", ...contenders, ...(others.length > 0 ? [`${own} against the best other`] : [])];
  const rows = measured.map(({ workload, values }) => [
    workload.name,
    ...contenders.map((name) => shown(values.get(name), workload)),
    ...(others.length > 0 ? [comparison(workload, values, own!, others)] : []),
  ]);
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(header), line(header.map((_, i) => (i === 0 ? "---" : "--:"))), ...rows.map(line)].join("\n");
}

/** The machine that the figures hold for. */
export function machine(): string {
  const [cpu] = cpus();
  return `${cpus().length} × ${cpu?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GB, ${process.platform}, Node ${process.versions.node}`;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

function shown(value: number | undefined, { unit }: Workload): string {
  if (value === undefined) return "–";
  return unit === "ratio" ? value.toFixed(2) : `${value.toFixed(value < 100 ? 1 : 0)} ${unit}`;
}

function comparison(
  workload: Workload,
  values: ReadonlyMap<string, number>,
  own: string,
  others: readonly string[],
): string {
  const theirs = others.map((name) => values.get(name)).filter((value) => value !== undefined);
  const ours = values.get(own);
  if (ours === undefined || theirs.length === 0) return "–";
  const times = workload.isHigherBetter ? ours / Math.max(...theirs) : Math.min(...theirs) / ours;
  return `${times.toFixed(2)} ×`;
}
