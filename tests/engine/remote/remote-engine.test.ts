import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createEngine } from "../../../src/engine/create-engine.ts";
import type { Engine, GenerationEvent } from "../../../src/engine/engine.ts";
import { connectRemoteEngine } from "../../../src/engine/remote/remote-engine.ts";
import { type ServingWorker, serveEngine } from "../../../src/engine/remote/serve-engine.ts";
import type { Turn } from "../../../src/engine/runtime/turns.ts";
import { describeWithRedis } from "../../describe-with-redis.ts";
import { type RedisServer, startRedis } from "../../redis-server.ts";
import { collect, continuation, eventsOf, outputsOf } from "../collect.ts";
import { createTinyModelsDir } from "../tiny-models.ts";
import { heldEngine } from "./held-engine.ts";

/** Faults of the connection are expected where Redis is stopped. */
const onError = () => {};
const CLAIM_MS = 600;
const LONG = { maxNewTokens: 200, minNewTokens: 200, strategy: "sample", seed: 3 } as const;

describeWithRedis("the engine through Redis", () => {
  let redis: RedisServer;
  let models: ReturnType<typeof createTinyModelsDir>;
  let local: Engine;
  let remote: Engine;
  beforeAll(async () => {
    models = createTinyModelsDir();
    local = createEngine({ modelsDir: models.modelsDir, threads: 1 });
  });
  afterAll(async () => {
    await local.close();
    models.remove();
  });
  beforeEach(async () => {
    redis = await startRedis({ appendfsync: "no" });
    remote = await connectRemoteEngine({ url: redis.url, modelsDir: models.modelsDir, onError });
  });
  afterEach(async () => {
    await remote.close();
    await redis.stop();
  });

  describe("with one worker", () => {
    let worker: ServingWorker;
    beforeEach(async () => {
      worker = await serveEngine(local, { url: redis.url, onError });
    });
    afterEach(() => worker.close(5_000));

    it("gives every event of a stream in order, bit by bit as the engine itself", async () => {
      const request = continuation("The nice", { ...LONG, maxNewTokens: 40, minNewTokens: 40 });
      const timeless = (events: readonly GenerationEvent[]) =>
        events
          .filter(({ type }) => type !== "queued")
          .map((event) => (event.type === "generation-end" ? { ...event, timing: undefined } : event));
      expect(timeless(await collect(remote, request))).toEqual(timeless(await collect(local, request)));
    });

    it("answers every question as the engine itself", async () => {
      const prompt = { prompt: "abc", mode: "continuation" } as const;
      expect(await remote.nextTokenLogits(prompt)).toEqual(await local.nextTokenLogits(prompt));
      expect(await remote.tokenize("tiny-llama", "é a")).toEqual(await local.tokenize("tiny-llama", "é a"));
      expect(await remote.describeTokens("tiny-llama", [1, 99])).toEqual(
        await local.describeTokens("tiny-llama", [1, 99]),
      );
      const scores = { prefixIds: [10, 11], continuations: [[1, 2], [3]] };
      expect(await remote.scoreContinuations(scores)).toEqual(await local.scoreContinuations(scores));
      expect(await remote.textScorer().nextTokenLogProbs(["a"])).toEqual(
        await local.textScorer().nextTokenLogProbs(["a"]),
      );
      expect(remote.models()).toEqual(local.models());
    });

    it("brings refusals across with their code, from this process and from the worker", async () => {
      await expect(collect(remote, continuation("a", { topP: 0.5 }))).rejects.toMatchObject({
        name: "DecodingOptionError",
        option: "topP",
      });
      await expect(collect(remote, continuation("x".repeat(300)))).rejects.toMatchObject({
        code: "prompt-too-long",
        fields: { promptTokens: 300 },
      });
      await expect(collect(remote, { ...continuation("a"), model: "none" })).rejects.toMatchObject({
        code: "unknown-model",
      });
    });

    it("tells after an abort what was written, and frees the worker when the reader leaves", async () => {
      const controller = new AbortController();
      const events: GenerationEvent[] = [];
      for await (const event of remote.generate(continuation("abc", LONG), controller.signal)) {
        events.push(event);
        if (event.type === "token-delta") controller.abort();
      }
      const [output] = eventsOf(events, "generation-end")[0]!.outputs;
      expect(output!.finishReason).toBe("cancelled");
      for await (const event of remote.generate(continuation("abc", LONG))) {
        if (event.type === "token-delta") break;
      }
      expect(await outputsOf(remote, continuation("b", { maxNewTokens: 2 }))).toHaveLength(1);
    });

    it("serves several processes at once, each with its own answers", async () => {
      const other = await connectRemoteEngine({ url: redis.url, modelsDir: models.modelsDir, onError });
      const request = (seed: number) =>
        continuation(`Number ${seed}`, { ...LONG, seed, maxNewTokens: 20, minNewTokens: 20 });
      const seeds = Array.from({ length: 12 }, (_, i) => i);
      const written = await Promise.all(
        seeds.map((seed) => outputsOf(seed % 2 ? remote : other, request(seed))),
      );
      expect(written).toEqual(await Promise.all(seeds.map((seed) => outputsOf(local, request(seed)))));
      await other.close();
    });

    it("goes on with a stream that was running while Redis was killed and started again", async () => {
      const expected = await outputsOf(local, continuation("abc", LONG));
      let outputs: unknown;
      let isKilled = false;
      for await (const event of remote.generate(continuation("abc", LONG))) {
        if (event.type === "token-delta" && !isKilled) {
          isKilled = true;
          await redis.kill();
          await redis.start();
        }
        if (event.type === "generation-end") outputs = event.outputs;
      }
      expect(outputs).toEqual(expected);
    });
  });

  it("one at a time: live work goes before a batch, and nobody's second before another's first", async () => {
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const worker = await serveEngine(heldEngine(local, released), { url: redis.url, atOnce: 1, onError });
    const started: string[] = [];
    const places = new Map<string, number>();
    const { promise: allWait, resolve: onAll } = Promise.withResolvers<void>();
    const ask = async (name: string, turn: Turn) => {
      for await (const event of remote.generate({ ...continuation(name, { maxNewTokens: 2 }), ...turn })) {
        if (event.type === "generation-start") started.push(name);
        if (event.type === "queued") places.set(name, event.position);
        if (places.size === 4) onAll();
      }
    };
    const holder = remote.generate(continuation("hold", LONG))[Symbol.asyncIterator]();
    for (let event = await holder.next(); event.value?.type !== "generation-start"; )
      event = await holder.next();
    const all = [];
    for (const [name, turn] of [
      ["batch", { urgency: "batch" }],
      ["anna 1", { requester: "anna" }],
      ["anna 2", { requester: "anna" }],
      ["ben 1", { requester: "ben" }],
    ] as const) {
      all.push(ask(name, turn));
      if (name === "anna 2") await expect.poll(() => places.size).toBe(3);
    }
    await allWait;
    // Told when each came: the batch, the first and the second of Anna's; Ben stands before her second at once.
    expect(places.get("ben 1")).toBe(2);
    release();
    await Promise.all(all);
    await holder.return?.();
    expect(started).toEqual(["anna 1", "ben 1", "anna 2", "batch"]);
    await worker.close(1_000);
  });

  it("says which model no worker has, and how to start one", async () => {
    await expect(collect(remote, continuation("a"))).rejects.toMatchObject({
      code: "no-worker",
      message: expect.stringContaining("npx cloze worker"),
    });
  });

  it("says that models can't be reached while Redis is away", async () => {
    await redis.kill();
    await expect(collect(remote, continuation("a"))).rejects.toMatchObject({ code: "models-unreachable" });
    await redis.start();
  });

  describe("workers that are killed", () => {
    const workers: ChildProcess[] = [];
    afterEach(async () => {
      await Promise.all(
        workers.splice(0).map(async (child) => {
          child.kill("SIGKILL");
          if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
        }),
      );
    });
    async function startWorker(...more: string[]): Promise<ChildProcess> {
      const script = fileURLToPath(new URL("./worker-process.ts", import.meta.url));
      const child = spawn(
        process.execPath,
        [script, redis.url, models.modelsDir, String(CLAIM_MS), ...more],
        {
          stdio: ["ignore", "pipe", "inherit"],
        },
      );
      workers.push(child);
      for await (const line of createInterface(child.stdout!)) if (line === "ready") break;
      return child;
    }

    /** Reads a stream; `onToken` is called at its first token of each run and waited for. */
    async function watched(onToken: (run: number) => Promise<unknown>): Promise<GenerationEvent[]> {
      const events: GenerationEvent[] = [];
      let run = 0;
      let isFirst = false;
      for await (const event of remote.generate(continuation("abc", LONG))) {
        events.push(event);
        if (event.type === "generation-start") {
          run++;
          isFirst = true;
        }
        if (event.type !== "token-delta" || !isFirst) continue;
        isFirst = false;
        await onToken(run);
      }
      return events;
    }
    function expectBegunAgain(events: readonly GenerationEvent[], outputs: unknown): void {
      const [, again] = eventsOf(events, "generation-start");
      expect(again!.warnings).toEqual([expect.stringContaining("began again")]);
      const last = events.lastIndexOf(again!);
      const text = eventsOf(events.slice(last), "token-delta").map((event) => event.text);
      expect(text).toHaveLength(LONG.maxNewTokens);
      expect(eventsOf(events, "generation-end").map((end) => end.outputs)).toEqual([outputs]);
    }

    it("begins a killed worker's text again elsewhere, once, says so, and ends with the same text", async () => {
      const expected = await outputsOf(local, continuation("abc", LONG));
      const first = await startWorker("held");
      const events = await watched(async (run) => {
        if (run > 1) return;
        await startWorker();
        first.kill("SIGKILL");
      });
      expectBegunAgain(events, expected);
    });

    it("takes nothing more from a worker that stood still and wakes up after it was replaced", async () => {
      const expected = await outputsOf(local, continuation("abc", LONG));
      const first = await startWorker("held");
      const events = await watched(async (run) => {
        if (run > 1) return ["SIGUSR2", "SIGCONT"].map((signal) => first.kill(signal as NodeJS.Signals));
        await startWorker();
        return first.kill("SIGSTOP");
      });
      expectBegunAgain(events, expected);
    });

    it("gives up after two workers in turn, with a message, and goes on with other requests", async () => {
      let worker = await startWorker("held");
      const failed = watched(async (run) => {
        const next = await startWorker(...(run === 1 ? ["held"] : []));
        worker.kill("SIGKILL");
        worker = next;
      });
      await expect(failed).rejects.toMatchObject({
        code: "worker-died",
        message: expect.stringContaining("Two workers in turn"),
      });
      expect(await outputsOf(remote, continuation("b", { maxNewTokens: 2 }))).toHaveLength(1);
    });
  });
});
