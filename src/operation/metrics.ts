import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Dispatcher, Prepared } from "../bot/dispatcher.ts";
import type { Replies } from "../bot/invocation.ts";
import type { Engine } from "../engine/engine.ts";
import { EngineError } from "../engine/errors.ts";

/** What is measured while Cloze runs, for Prometheus. No metric names a person, a channel or a text. */
export interface Metrics {
  /** Counts what the engine writes and who waits for it. */
  engine(engine: Engine): Engine;
  /** Counts commands and buttons, how fast they are acknowledged, and what goes wrong. */
  dispatcher(dispatcher: Dispatcher): Dispatcher;
  /** In Prometheus's text format. */
  text(): Promise<string>;
  readonly contentType: string;
}

/** @param now Milliseconds from any fixed start, never going back. */
export function createMetrics(now: () => number): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const requests = new Counter({
    name: "cloze_requests_total",
    help: "Commands and button presses, by what became of them: ok, or an error's code",
    labelNames: ["kind", "name", "outcome"],
    registers,
  });
  const acknowledgement = new Histogram({
    name: "cloze_acknowledgement_seconds",
    help: "From an event's arrival to the answer how it is acknowledged; platforms wait 3 seconds",
    labelNames: ["platform"],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3],
    registers,
  });
  const duration = new Histogram({
    name: "cloze_request_seconds",
    help: "From an event's arrival to the last state of its reply",
    labelNames: ["name"],
    buckets: [0.01, 0.05, 0.1, 0.5, 1, 2, 5, 10, 20, 60, 120],
    registers,
  });
  const waiting = new Gauge({
    name: "cloze_generations_waiting",
    help: "Generations in line for a model",
    registers,
  });
  const running = new Gauge({
    name: "cloze_generations_running",
    help: "Generations that a model works on",
    registers,
  });
  const queue = new Histogram({
    name: "cloze_queue_seconds",
    help: "How long generations were in line",
    buckets: [0.01, 0.1, 0.5, 1, 2, 5, 10, 30, 60],
    registers,
  });
  const tokens = new Counter({
    name: "cloze_tokens_total",
    help: "Tokens written, all sequences",
    labelNames: ["model"],
    registers,
  });
  const speed = new Histogram({
    name: "cloze_tokens_per_second",
    help: "Tokens of one generation per second of decoding",
    labelNames: ["model"],
    buckets: [1, 2, 5, 10, 20, 50, 100, 200],
    registers,
  });
  const engineErrors = new Counter({
    name: "cloze_engine_errors_total",
    help: "Generations that failed, by the error's code",
    labelNames: ["code"],
    registers,
  });

  const generate = (engine: Engine): Engine["generate"] =>
    async function* (request, signal) {
      let stage: Gauge | undefined = waiting;
      stage.inc();
      let model = "";
      try {
        for await (const event of engine.generate(request, signal)) {
          if (event.type === "generation-start") {
            stage?.dec();
            stage = running;
            stage.inc();
            model = event.model;
          }
          if (event.type === "generation-end") {
            const { outputs, timing } = event;
            queue.observe(timing.queueMs / 1000);
            tokens.inc(
              { model },
              outputs.reduce((sum, { tokenIds }) => sum + tokenIds.length, 0),
            );
            if (timing.tokensPerSecond > 0) speed.observe({ model }, timing.tokensPerSecond);
          }
          yield event;
        }
      } catch (error) {
        engineErrors.inc({ code: error instanceof EngineError ? error.code : "fault" });
        throw error;
      } finally {
        stage.dec();
      }
    };

  async function* counted(replies: Replies, done: (outcome: string) => void): Replies {
    let outcome = "left";
    try {
      for await (const reply of replies) {
        if ("error" in reply && reply.error) outcome = reply.error.code;
        yield reply;
      }
      if (outcome === "left") outcome = "ok";
    } finally {
      done(outcome);
    }
  }

  async function prepare(
    labels: { kind: string; name: string; platform: string },
    preparing: Promise<Prepared>,
  ): Promise<Prepared> {
    const { kind, name, platform } = labels;
    const arrived = now();
    const prepared = await preparing;
    acknowledgement.observe({ platform }, (now() - arrived) / 1000);
    const done = (outcome: string) => {
      requests.inc({ kind, name, outcome });
      duration.observe({ name }, (now() - arrived) / 1000);
    };
    if (prepared.kind === "refused") {
      done(prepared.error.code);
      return prepared;
    }
    return { ...prepared, run: (signal) => counted(prepared.run(signal), done) };
  }

  return {
    engine: (engine) =>
      Object.create(engine, { generate: { value: generate(engine), enumerable: true } }) as Engine,
    dispatcher(dispatcher) {
      const { commands, actions } = dispatcher.services.commands;
      // Names that students make up must not become series of their own.
      const known = (name: string, all: ReadonlyMap<string, unknown>) => (all.has(name) ? name : "unknown");
      return {
        ...dispatcher,
        command: (event) =>
          prepare(
            { kind: "command", name: known(event.command, commands), platform: event.account.platform },
            dispatcher.command(event),
          ),
        action: (event) =>
          prepare(
            { kind: "action", name: known(event.action, actions), platform: event.account.platform },
            dispatcher.action(event),
          ),
      };
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
