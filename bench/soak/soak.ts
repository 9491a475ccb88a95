/** What the soak scripts share: chance from a seed, percentiles, results on disk. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { type RedisServer, startRedis } from "../../tests/redis-server.ts";
import { machine } from "../report.ts";

export interface Place {
  readonly name: "sqlite" | "redis";
  readonly dataDirectory: string;
  readonly redis: RedisServer | undefined;
  remove(): Promise<void>;
}

/** An empty data directory, and a Redis with appendonly and appendfsync always where asked. */
export async function newPlace(name: string): Promise<Place> {
  if (name !== "sqlite" && name !== "redis") throw new Error(`Choose sqlite or redis, not ${name}.`);
  const dataDirectory = mkdtempSync(join(tmpdir(), "cloze-soak-"));
  const redis = name === "redis" ? await startRedis() : undefined;
  return {
    name,
    dataDirectory,
    redis,
    async remove() {
      await redis?.stop();
      rmSync(dataDirectory, { recursive: true, force: true });
    },
  };
}

export function randomFrom(seed: number): () => number {
  const generator = xoroshiro128plus(seed);
  return () => uniformFloat64(generator);
}

/** Nearest rank. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((p / 100) * sorted.length) - 1)] ?? Number.NaN;
}

export function spread(values: readonly number[]) {
  const round = (value: number) => Math.round(value * 10) / 10;
  return {
    count: values.length,
    p50: round(percentile(values, 50)),
    p99: round(percentile(values, 99)),
    max: round(Math.max(...values)),
  };
}

/** Prints a result with the machine it was measured on; with --keep among the words it is kept in `results/`. */
export function report(name: string, result: object): void {
  const whole = { machine: machine(), ...result };
  const file = new URL(`./results/${name}.json`, import.meta.url);
  if (process.argv.includes("--keep")) writeFileSync(file, `${JSON.stringify(whole, null, 1)}\n`);
  console.log(JSON.stringify({ ...whole, raw: undefined }, null, 1));
}
