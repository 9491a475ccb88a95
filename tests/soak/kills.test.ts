/** A short run of the soak scripts, whose long runs' figures stand in docs/reliability.md. */
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { describeWithRedis } from "../describe-with-redis.ts";

const MINUTES = { timeout: 5 * 60_000 };

async function soak(script: string, ...words: string[]): Promise<Record<string, unknown>> {
  const file = fileURLToPath(new URL(`../../bench/soak/${script}`, import.meta.url));
  const child = spawn(process.execPath, [file, ...words], { stdio: ["ignore", "pipe", "inherit"] });
  return JSON.parse(await text(child.stdout)) as Record<string, unknown>;
}

test("SQLite: killed ten times while votes are cast, it has every acknowledged one", MINUTES, async () => {
  const { acknowledgedVotes, ...rest } = await soak("kills.ts", "sqlite", "10");
  expect(rest).toMatchObject({ kills: 10, lost: 0, invented: 0 });
  expect(acknowledgedVotes).toBeGreaterThan(100);
});

test("a schedule whose process is killed ten times posts each prompt once", MINUTES, async () => {
  const { plannedTimes, ...rest } = await soak("schedule-kills.ts", "sqlite", "10");
  expect(rest).toMatchObject({ kills: 10, missing: [], doubled: 0 });
  expect(plannedTimes).toBeGreaterThan(5);
});

describeWithRedis("on Redis", () => {
  test("killed ten times while votes are cast, it has every acknowledged one", MINUTES, async () => {
    expect(await soak("kills.ts", "redis", "10")).toMatchObject({ kills: 10, lost: 0, invented: 0 });
  });

  test("no acknowledged vote is lost while Redis itself is killed and started again", MINUTES, async () => {
    const { refused, lost } = await soak("redis-restart.ts", "3");
    expect(lost).toEqual([]);
    expect(Object.keys(refused as object).toSorted()).toEqual(["store-uncertain", "store-unreachable"]);
  });
});
