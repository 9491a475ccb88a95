import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { type Job, Worker } from "bullmq";
import { Redis } from "ioredis";
import type { EncoderCalls } from "../encoding/encoder-protocol.ts";
import type { Engine } from "../engine.ts";
import { EngineError } from "../errors.ts";
import { toWireError } from "../runtime/wire-error.ts";
import {
  askQueue,
  CANCEL_CHANNEL,
  ENCODER_QUEUE,
  type EncoderRequest,
  PREFIX,
  type QueuedWork,
  type RemoteCalls,
  type RemoteReply,
  unpack,
  type WorkerAnnouncement,
  writeQueue,
} from "./remote-protocol.ts";
import { createReplySender } from "./reply-stream.ts";
import { announce } from "./worker-directory.ts";

export interface ServeOptions {
  /** Of Redis. */
  readonly url: string;
  /** Texts that one model writes at once. Default 32. */
  readonly atOnce?: number;
  /** A worker that does not renew its claim on a request for so long counts as stalled. Default 8,000. */
  readonly claimMs?: number;
  /** Faults of the connection, for the log. */
  readonly onError: (error: unknown) => void;
}

export interface ServingWorker {
  readonly announcement: WorkerAnnouncement;
  /** Takes nothing new; what runs may finish within `graceMs`, then it is left to others. */
  close(graceMs: number): Promise<void>;
}

/** Short questions, which the model answers between two steps. */
const QUESTIONS_AT_ONCE = 64;

/**
 * Lets an engine's models be used through Redis, beside any number of other workers. A request whose worker stalls is
 * begun once more, by whichever worker is free.
 */
export async function serveEngine(engine: Engine, options: ServeOptions): Promise<ServingWorker> {
  const { url, atOnce = 32, claimMs = 8_000, onError } = options;
  // Blocking reads must wait for as long as it takes, so nothing gives up by itself.
  const redis = new Redis(url, { maxRetriesPerRequest: null, lazyConnect: true });
  const cancelled = redis.duplicate();
  for (const connection of [redis, cancelled]) connection.on("error", onError);
  await Promise.all([redis.connect(), cancelled.connect()]);
  const replies = createReplySender(redis, onError);
  const running = new Map<string, AbortController>();
  /** Claims that others may have taken over: nothing more is said of them here. */
  const lost = new Set<string>();
  cancelled.on("message", (_, id: string) => running.get(id)?.abort());
  await cancelled.subscribe(CANCEL_CHANNEL);

  const answers = handlers(engine);
  const work = async (job: Job<QueuedWork>): Promise<void> => {
    const id = job.id as string;
    const reply = replyTo(job);
    const controller = new AbortController();
    running.set(id, controller);
    try {
      reply({ type: "begun" });
      const request = unpack(Buffer.from(job.data.request, "base64"));
      const answer = answers[job.name as keyof typeof answers];
      const response = await answer(request as never, controller.signal, (event) =>
        reply({ type: "event", event }),
      );
      reply({ type: "response", response });
    } catch (error) {
      reply({ type: "error", error: toWireError(error) });
    } finally {
      running.delete(id);
      lost.delete(id);
      await replies.sent();
    }
  };
  const replyTo = (job: Job<QueuedWork>) => (reply: Unaddressed) => {
    const id = job.id as string;
    if (!lost.has(id)) replies.send(job.data.replyTo, { ...reply, id, run: job.attemptsStarted });
  };

  const serve = (queue: string, concurrency: number) => {
    const worker = new Worker<QueuedWork>(queue, work, {
      connection: redis,
      prefix: PREFIX,
      concurrency,
      lockDuration: claimMs,
      stalledInterval: claimMs / 2,
      maxStalledCount: 1,
    });
    worker.on("error", onError);
    worker.on("lockRenewalFailed", (ids) => {
      for (const id of ids) {
        lost.add(id);
        running.get(id)?.abort();
      }
    });
    worker.on("failed", (job, { message }) => {
      if (job && /stalled/.test(message)) replyTo(job)({ type: "error", error: toWireError(stalledTwice()) });
    });
    return worker;
  };
  const models = engine.models().filter(({ family }) => family === "decoder-only" || family === "recurrent");
  const encoders = hasEncoders(engine);
  const workers = [
    ...models.flatMap(({ id }) => [serve(writeQueue(id), atOnce), serve(askQueue(id), QUESTIONS_AT_ONCE)]),
    ...(encoders ? [serve(ENCODER_QUEUE, QUESTIONS_AT_ONCE)] : []),
  ];
  await Promise.all(workers.map((worker) => worker.waitUntilReady()));
  const announcement = { id: randomUUID(), machine: hostname(), models: engine.models(), encoders };
  const leave = await announce(redis, announcement);

  return {
    announcement,
    async close(graceMs) {
      await leave().catch(onError);
      const finished = Promise.all(workers.map((worker) => worker.close()));
      const over = new AbortController();
      await Promise.race([finished, delay(graceMs, undefined, over).catch(() => {})]);
      over.abort();
      await Promise.all(workers.map((worker) => worker.close(true)));
      await replies.sent();
      redis.disconnect();
      cancelled.disconnect();
    },
  };
}

type Unaddressed = RemoteReply extends infer Reply
  ? Reply extends RemoteReply
    ? Omit<Reply, "id" | "run">
    : never
  : never;
type Emit = (event: Extract<RemoteReply, { type: "event" }>["event"]) => void;
type Handlers = {
  [Name in keyof RemoteCalls]: (
    request: RemoteCalls[Name]["request"],
    signal: AbortSignal,
    emit: Emit,
  ) => Promise<RemoteCalls[Name]["response"]>;
} & { encode: (request: EncoderRequest, signal: AbortSignal) => Promise<unknown> };

function handlers(engine: Engine): Handlers {
  return {
    generate: async (request, signal, emit) => {
      for await (const event of engine.generate(request, signal)) emit(event);
      return undefined;
    },
    load: async (model) => {
      await engine.load(model);
      return undefined;
    },
    nextTokenLogits: (request, signal) => engine.nextTokenLogits(request, signal),
    scoreContinuations: (request, signal) => engine.scoreContinuations(request, signal),
    timeReading: (request, signal) => engine.timeReading(request, signal),
    tokenize: ({ model, text }) => engine.tokenize(model, text),
    describeTokens: ({ model, ids }) => engine.describeTokens(model, ids),
    encode: ({ name, request }, signal) =>
      engine.encoders.call(name, request as EncoderCalls[typeof name]["request"], signal),
  };
}

function hasEncoders(engine: Engine): boolean {
  try {
    return engine.encoders !== undefined;
  } catch {
    return false;
  }
}

function stalledTwice(): EngineError {
  return new EngineError(
    "worker-died",
    "Two workers in turn stopped while they worked on this. Ask once more; if it stays so, look at the workers' logs.",
  );
}
