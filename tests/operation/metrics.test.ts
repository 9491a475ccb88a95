import { expect, test } from "vitest";
import { textCard } from "../../src/bot/cards/card.ts";
import { defineCommand } from "../../src/bot/commands/spec.ts";
import { UserError } from "../../src/bot/errors.ts";
import type { CommandEvent } from "../../src/bot/invocation.ts";
import type { Engine, GenerationEvent } from "../../src/engine/engine.ts";
import { EngineError } from "../../src/engine/errors.ts";
import { NEUTRAL_SETTINGS } from "../../src/engine/generation/settings.ts";
import { createMetrics } from "../../src/operation/metrics.ts";
import { botRig } from "../bot/bot-rig.ts";

const SAY = defineCommand({
  name: "say",
  description: "Says",
  options: { fail: { type: "boolean", default: false, description: "Whether to fail" } },
  examples: ["/say"],
  ack: "instant",
  visibility: "channel",
  async *run({ options }) {
    if (options.fail) throw new UserError("as-asked", "It fails, as asked.");
    yield { kind: "message", card: textCard("hello") };
  },
});
const event = (command: string, options: Record<string, unknown> = {}): CommandEvent => ({
  id: "e1",
  command,
  options,
  account: { platform: "web", id: "anna", displayName: "Anna Secret" },
  platformRole: "student",
  channel: { platform: "web", id: "w1" },
  channelName: "general",
  direct: false,
});

/** The value of one series. */
const value = (text: string, series: string) =>
  Number(
    text
      .split("\n")
      .find((line) => line.startsWith(`${series} `))
      ?.slice(series.length + 1),
  );

test("commands are counted by outcome, with how fast they were acknowledged and answered", async () => {
  let now = 0;
  const metrics = createMetrics(() => now);
  const dispatcher = metrics.dispatcher(botRig({ commands: [SAY] }).dispatcher);
  const run = async (given: CommandEvent) => {
    const preparing = dispatcher.command(given);
    now += 20;
    const prepared = await preparing;
    if (prepared.kind === "refused") return;
    for await (const _ of prepared.run(new AbortController().signal)) now += 400;
  };
  await run(event("say"));
  await run(event("say"));
  await run(event("say", { fail: "true" }));
  await run(event("say", { volume: "11" }));
  await run(event("sudo make me a teacher"));
  const text = await metrics.text();
  const requests = (name: string, outcome: string) =>
    value(text, `cloze_requests_total{kind="command",name="${name}",outcome="${outcome}"}`);
  expect(requests("say", "ok")).toBe(2);
  expect(requests("say", "as-asked")).toBe(1);
  expect(requests("say", "option-unknown")).toBe(1);
  expect(requests("unknown", "command-unknown")).toBe(1);
  // Five events, 20 ms each; the replies took 400 ms more.
  expect(value(text, 'cloze_acknowledgement_seconds_count{platform="web"}')).toBe(5);
  expect(value(text, 'cloze_acknowledgement_seconds_sum{platform="web"}')).toBeCloseTo(0.1, 6);
  expect(value(text, 'cloze_request_seconds_sum{name="say"}')).toBeCloseTo(0.42 * 3 + 0.02, 6);
  // Neither people nor what they typed becomes a series.
  expect(text).not.toMatch(/Anna|sudo|general/);
});

test("generations are waiting, then running, then written tokens; failures are counted by code", async () => {
  const started: GenerationEvent = {
    type: "generation-start",
    model: "m",
    promptIds: [1],
    settings: NEUTRAL_SETTINGS,
    seed: 1,
    warnings: [],
  };
  const output = {
    text: "a",
    tokenIds: [1, 2, 3],
    tokenLogProbs: [],
    logProb: 0,
    finishReason: "eos",
  } as const;
  const timing = { queueMs: 1500, prefillMs: 0, decodeMs: 100, tokensPerSecond: 30 };
  async function* generate(request: { prompt: string }): AsyncGenerator<GenerationEvent> {
    yield { type: "queued", position: 1 };
    yield started;
    if (request.prompt === "fail") throw new EngineError("kv-memory", "full");
    yield { type: "generation-end", outputs: [output, output], timing };
  }
  const metrics = createMetrics(() => 0);
  const engine = metrics.engine({ generate, models: () => ["kept"] } as unknown as Engine);
  expect(engine.models()).toEqual(["kept"]);
  const gauges = async () => {
    const text = await metrics.text();
    return [value(text, "cloze_generations_waiting"), value(text, "cloze_generations_running")];
  };
  const request = { prompt: "A", mode: "continuation", settings: {} } as const;
  const seen: number[][] = [];
  for await (const _ of engine.generate(request)) seen.push(await gauges());
  expect(seen).toEqual([
    [1, 0],
    [0, 1],
    [0, 1],
  ]);
  expect(await gauges()).toEqual([0, 0]);
  await expect(async () => {
    for await (const _ of engine.generate({ ...request, prompt: "fail" }));
  }).rejects.toThrow("full");
  expect(await gauges()).toEqual([0, 0]);
  const text = await metrics.text();
  expect(value(text, 'cloze_tokens_total{model="m"}')).toBe(6);
  expect(value(text, 'cloze_tokens_per_second_sum{model="m"}')).toBe(30);
  expect(value(text, "cloze_queue_seconds_sum")).toBe(1.5);
  expect(value(text, 'cloze_engine_errors_total{code="kv-memory"}')).toBe(1);
});
