/** As an operator runs it: a Redis, `cloze worker`, `cloze start`, and a student in the web classroom. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { joinBy } from "../adapters/web/web-session.ts";
import { describeWithRedis } from "../describe-with-redis.ts";
import { type RedisServer, startRedis } from "../redis-server.ts";
import { type ClozeProcess, startCloze, temporaryData } from "./cloze-process.ts";

const MINUTES = { timeout: 5 * 60_000 };

describeWithRedis("several processes on one Redis", () => {
  let redis: RedisServer;
  const running: ClozeProcess[] = [];
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(async () => {
    for (const { child } of running) child.kill("SIGTERM");
    await Promise.all(running.map(({ ended }) => ended));
    await redis.stop();
  });
  function start(...words: string[]): ClozeProcess {
    const cloze = startCloze(words, temporaryData(), { REDIS_URL: redis.url });
    running.push(cloze);
    return cloze;
  }

  test("a student's text is written by a worker, and everything is in Redis", MINUTES, async () => {
    await start("worker").says(/Worker +ready: \S+/);
    const classroom = start("start", "--port", "0");
    const link = new URL((await classroom.says(/students +(\S+)/))[1]!);
    await classroom.says(/Data +redis:\/\/127\.0\.0\.1:\d+/);
    const anna = await joinBy(() => link.origin, link.hash.slice(1), "Anna");
    await anna.follow();
    const options = { prompt: "The nice", strategy: "greedy", "max-new-tokens": "8" };
    await anna.post("/api/commands", { request: "g1", channel: "general", command: "generate", options });
    await expect
      .poll(() => JSON.stringify([...anna.messages.values()]), { timeout: 120_000 })
      .toContain("Again:");
    anna.leave();
    expect(classroom.stderr()).toBe("");
  });
});
