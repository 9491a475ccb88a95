import { readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEngine } from "../../../src/engine/create-engine.ts";
import type { Engine, GenerationEvent } from "../../../src/engine/engine.ts";
import { NEUTRAL_SETTINGS } from "../../../src/engine/generation/settings.ts";
import { collect, continuation, eventsOf, outputsOf } from "../collect.ts";
import { createTinyModelsDir } from "../tiny-models.ts";

let models: ReturnType<typeof createTinyModelsDir>;
let engine: Engine;
beforeAll(() => {
  models = createTinyModelsDir();
  engine = createEngine({ modelsDir: models.modelsDir, threads: 1 });
});
afterAll(async () => {
  await engine.close();
  models.remove();
});

describe("the stream of one sequence", () => {
  it("starts with the prompt's tokens and every setting, gives one delta a token, and ends with the whole", async () => {
    const events = await collect(engine, continuation("The nice", { maxNewTokens: 20, minNewTokens: 20 }));
    const [start] = eventsOf(events, "generation-start");
    const deltas = eventsOf(events, "token-delta");
    const [end] = eventsOf(events, "generation-end");
    expect(events.map(({ type }) => type)).toEqual([
      "generation-start",
      ...Array(20).fill("token-delta"),
      "generation-end",
    ]);
    expect(start).toMatchObject({
      model: "tiny-llama",
      promptIds: (await engine.tokenize("tiny-llama", "The nice")).map(({ id }) => id),
      settings: { ...NEUTRAL_SETTINGS, maxNewTokens: 20, minNewTokens: 20 },
      seed: 0,
      warnings: [],
    });
    expect(end!.outputs).toEqual([
      {
        text: deltas.map(({ text }) => text).join(""),
        tokenIds: deltas.map(({ tokenId }) => tokenId),
        tokenLogProbs: deltas.map(({ logProb }) => logProb),
        logProb: expect.closeTo(
          deltas.reduce((sum, { logProb }) => sum + logProb, 0),
          6,
        ),
        finishReason: "max-new-tokens",
      },
    ]);
  });

  it("never sends half a character, however the random bytes fall", async () => {
    const deltas = eventsOf(
      await collect(
        engine,
        continuation("é", { maxNewTokens: 200, minNewTokens: 200, strategy: "sample", seed: 3 }),
      ),
      "token-delta",
    );
    const bytes = deltas.map(({ text }) => text).join("");
    expect(bytes.isWellFormed()).toBe(true);
    expect(deltas.some(({ text }) => text === "")).toBe(true);
  });

  it("ends with the token that completes a stop string", async () => {
    const settings = { maxNewTokens: 60, minNewTokens: 60, strategy: "sample", seed: 5 } as const;
    const [free] = await outputsOf(engine, continuation("abc", settings));
    const [stop] = /[!-~]{2}/.exec(free!.text)!;
    const [stopped] = await outputsOf(engine, continuation("abc", { ...settings, stopStrings: [stop] }));
    expect(stopped!.finishReason).toBe("stop-string");
    expect(stopped!.text.endsWith(stop)).toBe(true);
    expect(free!.text.startsWith(stopped!.text)).toBe(true);
  });

  it("says when temperature 0 was taken as greedy", async () => {
    const events = await collect(
      engine,
      continuation("abc", { strategy: "sample", temperature: 0, maxNewTokens: 3 }),
    );
    expect(eventsOf(events, "generation-start")[0]).toMatchObject({
      settings: { strategy: "greedy" },
      warnings: [expect.stringContaining("temperature 0")],
    });
  });
});

describe("methods with several sequences", () => {
  it("sends all as they stand, and ends with the asked number, best first", async () => {
    const settings = { strategy: "beam", numBeams: 4, numReturnSequences: 3, maxNewTokens: 8 } as const;
    const events = await collect(engine, continuation("The nice woman", settings));
    const [end] = eventsOf(events, "generation-end");
    expect(eventsOf(events, "token-delta")).toEqual([]);
    expect(eventsOf(events, "sequences")[0]!.outputs[0]).toMatchObject({ finishReason: "unfinished" });
    expect(end!.outputs).toHaveLength(3);
    const scores = end!.outputs.map(({ score }) => score!);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
  });

  it("sends the trace only when asked", async () => {
    const settings = { strategy: "beam", maxNewTokens: 4, minNewTokens: 4 } as const;
    const silent = await collect(engine, continuation("abc", settings));
    const traced = await collect(engine, continuation("abc", { ...settings, trace: true }));
    expect(eventsOf(silent, "trace")).toEqual([]);
    expect(eventsOf(traced, "trace").flatMap(({ steps }) => steps.map(({ step }) => step))).toEqual([
      0, 1, 2, 3,
    ]);
  });
});

describe("prompts", () => {
  it("starts an empty continuation from the beginning-of-text token and says so", async () => {
    const [start] = eventsOf(
      await collect(engine, continuation("", { maxNewTokens: 2 })),
      "generation-start",
    );
    expect(start!.promptIds).toEqual([1]);
    expect(start!.warnings[0]).toContain("The prompt is empty");
  });

  it("puts a chat prompt into the model's template, whose special tokens become single tokens", async () => {
    const request = {
      prompt: "Hi",
      mode: "chat",
      systemPrompt: "Be brief.",
      settings: { maxNewTokens: 1 },
    } as const;
    const [start] = eventsOf(await collect(engine, request), "generation-start");
    const pieces = await engine.describeTokens("tiny-llama", start!.promptIds);
    expect(pieces.map(({ text }) => text).join("")).toBe(
      "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n",
    );
    expect(pieces[0]).toEqual({ id: 1, text: "<|im_start|>" });
  });

  it.each([
    ["an empty chat message", { prompt: " ", mode: "chat" }, "empty-prompt"],
    [
      "a system prompt without chat",
      { prompt: "a", mode: "continuation", systemPrompt: "x" },
      "system-prompt-without-chat",
    ],
  ] as const)("refuses %s", async (_, request, code) => {
    await expect(collect(engine, { ...request, settings: {} })).rejects.toMatchObject({ code });
  });
});

describe("limits", () => {
  it("says how long a prompt was and how long it may be", async () => {
    await expect(collect(engine, continuation("x".repeat(300)))).rejects.toMatchObject({
      code: "prompt-too-long",
      message: "The prompt has 300 tokens; this model takes at most 255. Shorten it by 45 tokens or more.",
      fields: { promptTokens: 300, maxPromptTokens: 255, contextLength: 256 },
    });
  });

  it("says how many new tokens there is room for", async () => {
    await expect(collect(engine, continuation("x".repeat(200), { maxNewTokens: 100 }))).rejects.toMatchObject(
      {
        code: "context-exceeded",
        fields: { promptTokens: 200, maxNewTokensAllowed: 56 },
      },
    );
  });

  it("writes up to the last position of the context, and the last token is right", async () => {
    const [all] = await outputsOf(
      engine,
      continuation("x".repeat(200), { maxNewTokens: 56, minNewTokens: 56 }),
    );
    expect(all!.tokenIds).toHaveLength(56);
    const text = "x".repeat(200);
    const ids = (await engine.tokenize("tiny-llama", text)).map(({ id }) => id);
    const [scores] = await engine.scoreContinuations({ prefixIds: ids, continuations: [all!.tokenIds] });
    for (const [i, logProb] of scores!.entries()) expect(logProb).toBeCloseTo(all!.tokenLogProbs[i]!, 4);
  });

  it("refuses settings of the wrong kind before anything runs", async () => {
    await expect(collect(engine, continuation("a", { topP: 0.5 }))).rejects.toMatchObject({
      name: "DecodingOptionError",
      option: "topP",
    });
  });

  it("keeps a refusal that only the model's thread can make a DecodingOptionError", async () => {
    await expect(collect(engine, continuation("a", { suppressTokens: [259] }))).rejects.toMatchObject({
      name: "DecodingOptionError",
      option: "suppressTokens",
      given: 259,
    });
  });

  it("refuses more sequences than it decodes at once", async () => {
    const small = createEngine({ modelsDir: models.modelsDir, threads: 1, maxRows: 4 });
    await expect(collect(small, continuation("a", { strategy: "beam", numBeams: 5 }))).rejects.toMatchObject({
      code: "too-many-rows",
      fields: { rows: 5, maxRows: 4 },
    });
    await small.close();
  });

  it("refuses what would not fit its KV memory even alone", async () => {
    const small = createEngine({ modelsDir: models.modelsDir, threads: 1, kvMemoryMb: 0.05 });
    await expect(collect(small, continuation("x".repeat(150)))).rejects.toMatchObject({ code: "kv-memory" });
    expect(await outputsOf(small, continuation("x", { maxNewTokens: 3 }))).toHaveLength(1);
    await small.close();
  });
});

describe("scores", () => {
  it("gives the scores that greedy decoding then follows", async () => {
    const { logits, promptIds, model } = await engine.nextTokenLogits({
      prompt: "abc",
      mode: "continuation",
    });
    const [written] = await outputsOf(engine, continuation("abc", { maxNewTokens: 1 }));
    expect(model).toBe("tiny-llama");
    expect(promptIds).toHaveLength(3);
    expect(logits).toHaveLength(259);
    expect(logits.indexOf(Math.max(...logits))).toBe(written!.tokenIds[0]);
  });

  it("scores continuations of any lengths as decoding would have", async () => {
    const prefixIds = (await engine.tokenize("tiny-llama", "The nice")).map(({ id }) => id);
    const written = await Promise.all(
      [1, 2, 7, 40].map((n) =>
        outputsOf(
          engine,
          continuation("The nice", { strategy: "sample", seed: n, maxNewTokens: n, minNewTokens: n }),
        ),
      ),
    );
    const continuations = [[], ...written.map(([output]) => output!.tokenIds)];
    const scores = await engine.scoreContinuations({ prefixIds, continuations });
    expect(scores[0]).toEqual([]);
    for (const [i, [output]] of written.entries()) {
      expect(scores[i + 1]).toHaveLength(output!.tokenLogProbs.length);
      for (const [k, logProb] of output!.tokenLogProbs.entries())
        expect(scores[i + 1]![k]).toBeCloseTo(logProb, 4);
    }
  });

  it("scores hundreds of continuations in several passes", async () => {
    const continuations = Array.from({ length: 300 }, (_, i) => [i % 259, (i * 7) % 259, 5, 6]);
    const scores = await engine.scoreContinuations({ prefixIds: [10, 11, 12], continuations });
    const alone = await engine.scoreContinuations({
      prefixIds: [10, 11, 12],
      continuations: continuations.slice(123, 124),
    });
    expect(scores.map(({ length }) => length)).toEqual(Array(300).fill(4));
    for (const [k, logProb] of alone[0]!.entries()) expect(scores[123]![k]).toBeCloseTo(logProb, 5);
  });

  it("refuses ids outside the vocabulary and an empty prefix", async () => {
    await expect(engine.scoreContinuations({ prefixIds: [259], continuations: [[1]] })).rejects.toMatchObject(
      { code: "unknown-token" },
    );
    await expect(engine.scoreContinuations({ prefixIds: [], continuations: [[1]] })).rejects.toMatchObject({
      code: "empty-prompt",
    });
  });
});

describe("leaving", () => {
  it("tells after an abort what was written, as cancelled", async () => {
    const controller = new AbortController();
    const events: GenerationEvent[] = [];
    const request = continuation("abc", { maxNewTokens: 200, minNewTokens: 200 });
    for await (const event of engine.generate(request, controller.signal)) {
      events.push(event);
      if (event.type === "token-delta") controller.abort();
    }
    const [output] = eventsOf(events, "generation-end")[0]!.outputs;
    expect(output!.finishReason).toBe("cancelled");
    expect(output!.tokenIds.length).toBeGreaterThan(0);
    expect(output!.tokenIds.length).toBeLessThan(200);
  });

  it("throws the reason when nothing had begun", async () => {
    const signal = AbortSignal.abort(new Error("never mind"));
    await expect(collect(engine, continuation("abc"), signal)).rejects.toThrow("never mind");
  });

  it("cancels one of ten at once and leaves the others' bits as they are alone", async () => {
    const request = (seed: number) =>
      continuation(`Number ${seed}`, {
        strategy: "sample",
        topP: 0.95,
        seed,
        maxNewTokens: 60,
        minNewTokens: 60,
      });
    const alone: unknown[] = [];
    for (let seed = 0; seed < 9; seed++) alone.push(await outputsOf(engine, request(seed)));
    const leave = async () => {
      for await (const event of engine.generate(request(9))) if (event.type === "token-delta") break;
    };
    const [others] = await Promise.all([
      Promise.all(Array.from({ length: 9 }, (_, seed) => outputsOf(engine, request(seed)))),
      leave(),
    ]);
    expect(others).toEqual(alone);
  });
});

describe("the end of the engine", () => {
  it("finishes within the grace what runs, and takes nothing new", async () => {
    const own = createEngine({ modelsDir: models.modelsDir, threads: 1 });
    const running = outputsOf(own, continuation("abc", { maxNewTokens: 100, minNewTokens: 100 }));
    await own.load();
    const closing = own.close(60_000);
    await expect(collect(own, continuation("late"))).rejects.toMatchObject({ code: "engine-closed" });
    expect((await running)[0]!.tokenIds).toHaveLength(100);
    await closing;
  });
});

describe("model files", () => {
  it("names a truncated file when the model is first asked, and works once it is restored", async () => {
    const broken = createTinyModelsDir();
    const own = createEngine({ modelsDir: broken.modelsDir, threads: 1 });
    const weights = join(broken.modelsDir, "tiny-llama", "weights-0.data");
    const contents = readFileSync(weights);
    truncateSync(weights, 10);
    await expect(own.load()).rejects.toMatchObject({ code: "model-file-changed", fields: { path: weights } });
    writeFileSync(weights, contents);
    expect(await outputsOf(own, continuation("a", { maxNewTokens: 2 }))).toHaveLength(1);
    await own.close();
    broken.remove();
  });

  it("says when there is no list of models", () => {
    const own = createTinyModelsDir();
    rmSync(join(own.modelsDir, "manifest.json"));
    expect(() => createEngine({ modelsDir: own.modelsDir })).toThrow(
      expect.objectContaining({ code: "manifest-unreadable" }),
    );
    own.remove();
  });
});
