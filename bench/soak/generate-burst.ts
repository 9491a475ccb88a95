/**
 * 60 /generate at once by 30 people, two each: time to the first token, and whether anybody's second text was begun
 * before somebody's first. node bench/soak/generate-burst.ts embedded|redis [workers]
 */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { createEngine } from "../../src/engine/create-engine.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { connectRemoteEngine } from "../../src/engine/remote/remote-engine.ts";
import { newPlace, report, spread } from "./soak.ts";
import { environment } from "./students.ts";

const PEOPLE = 30;
const TOKENS = 40;
const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
const [mode = "embedded", workers = "1"] = process.argv.slice(2).filter((word) => word !== "--keep");
const place = await newPlace(mode === "redis" ? "redis" : "sqlite");
const children = [];
for (let i = 0; mode === "redis" && i < Number(workers); i++) {
  const child = spawn(process.execPath, [MAIN, "worker"], {
    env: environment(place),
    stdio: ["ignore", "pipe", "inherit"],
  });
  for await (const line of createInterface(child.stdout)) if (line.includes("ready")) break;
  children.push(child);
}
const engine: Engine = place.redis
  ? await connectRemoteEngine({ url: place.redis.url, onError: () => {} })
  : createEngine();
await engine.load();

const since = performance.now();
const runs = await Promise.all(
  Array.from({ length: 2 * PEOPLE }, async (_, i) => {
    const requester = `person ${Math.floor(i / 2)}`;
    const settings = { strategy: "sample", seed: i, maxNewTokens: TOKENS, minNewTokens: TOKENS } as const;
    const request = { prompt: `The ${i}th nice woman`, mode: "continuation", settings, requester } as const;
    let startMs = 0;
    let firstMs = 0;
    let tokens = 0;
    for await (const event of engine.generate(request)) {
      if (event.type === "generation-start") startMs = performance.now() - since;
      if (event.type === "token-delta" && tokens++ === 0) firstMs = performance.now() - since;
    }
    return { second: i % 2 === 1, startMs, firstMs, endMs: performance.now() - since };
  }),
);
const firsts = runs.filter(({ second }) => !second);
const seconds = runs.filter(({ second }) => second);
const wallMs = Math.max(...runs.map(({ endMs }) => endMs));
report(`generate-burst-${mode}${mode === "redis" ? `-${workers}` : ""}`, {
  what: `${2 * PEOPLE} requests of ${TOKENS} tokens at once, two from each of ${PEOPLE} people, SmolLM2-135M-Instruct`,
  firstTokenMs: spread(runs.map(({ firstMs }) => firstMs)),
  firstTokenOfFirstRequestsMs: spread(firsts.map(({ firstMs }) => firstMs)),
  tokensPerSecond: Math.round((2 * PEOPLE * TOKENS * 1000) / wallMs),
  secondsBegunBeforeALastFirst: seconds.filter(({ startMs }) =>
    firsts.some((first) => first.startMs > startMs + 50),
  ).length,
  raw: runs.map(({ second, startMs, firstMs, endMs }) => [
    second ? 2 : 1,
    ...[startMs, firstMs, endMs].map(Math.round),
  ]),
});
await engine.close();
for (const child of children) child.kill("SIGTERM");
await place.remove();
process.exit(0);
