import { randomUUID } from "node:crypto";
import { Queue } from "bullmq";
import { Redis } from "ioredis";
import { EngineError } from "../errors.ts";
import { fromWireError } from "../runtime/wire-error.ts";
import {
  CANCEL_CHANNEL,
  PREFIX,
  pack,
  type QueuedWork,
  type RemoteReply,
  type WorkerAnnouncement,
} from "./remote-protocol.ts";
import { readReplies, replyStream } from "./reply-stream.ts";
import { listWorkers } from "./worker-directory.ts";

export interface RemoteRequest {
  readonly queue: string;
  readonly name: string;
  readonly request: unknown;
  /** Lower goes first; from 0. */
  readonly rank: number;
  /** Whether a worker can take it. */
  readonly fits: (worker: WorkerAnnouncement) => boolean;
  /** What is missing when none can, e.g. "the model smollm2". */
  readonly needs: string;
  readonly onReply?: (reply: Exclude<RemoteReply, { type: "response" | "error" }>) => void;
  /** Its place in line, from 1; told when it changes. */
  readonly onPlace?: (place: number) => void;
}

/** A process' requests to workers: each is answered, or fails with what became of it. */
export interface RemoteRequests {
  /** The workers that were there when last looked, a second ago at most while requests wait. */
  workers(): readonly WorkerAnnouncement[];
  /**
   * @throws {EngineError} "no-worker", "queue-full", "models-unreachable", "request-lost", "engine-closed"; what the
   *   worker's engine threw
   */
  ask(request: RemoteRequest): { readonly id: string; readonly answer: Promise<unknown> };
  /** Takes a request out of its line, or tells its worker to come to an end. */
  cancel(id: string): void;
  close(graceMs: number): Promise<void>;
}

interface Pending {
  readonly asked: RemoteRequest;
  readonly queue: Queue<QueuedWork>;
  readonly resolve: (response: unknown) => void;
  readonly reject: (error: unknown) => void;
  run: number;
  place: number;
  /** Looks in a row at which it was in no queue, or nobody was there who could take it. */
  missing: number;
  orphaned: number;
  isQueued: boolean;
  isCancelled: boolean;
}

const LOOK_MS = 1_000;
/** A connection whose question has no answer for so long is made anew; reading waits for 5 s by itself. */
const SILENT_MS = 15_000;
/** Looks until a request that is in no queue counts as lost; its answer may be on its way. */
const LOST_AFTER = 3;
/** Looks until a request that nobody can take is given up: a worker may be starting again. */
const ORPHANED_AFTER = 15;
/** Requests that may wait for one model, for each worker that has it. */
const MOST_WAITING = 300;

/**
 * @throws {EngineError} "models-unreachable"
 */
export async function openRemoteRequests(
  url: string,
  onError: (error: unknown) => void,
): Promise<RemoteRequests> {
  const processId = randomUUID();
  const stream = replyStream(processId);
  // Steps fail at once while Redis is away; the reader tries again by itself.
  const redis = new Redis(url, {
    lazyConnect: true,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    socketTimeout: SILENT_MS,
    retryStrategy: (times) => Math.min(times * 50, 1_000),
  });
  const reader = redis.duplicate();
  for (const connection of [redis, reader]) connection.on("error", onError);
  const closing = new AbortController();
  const queues = new Map<string, Queue<QueuedWork>>();
  const pending = new Map<string, Pending>();
  let workers: readonly WorkerAnnouncement[] = [];
  let count = 0;
  let onDrained = () => {};
  try {
    await Promise.all([redis.connect(), reader.connect()]);
    workers = await listWorkers(redis);
  } catch (error) {
    redis.disconnect();
    reader.disconnect();
    throw unreachable(error);
  }

  const queueOf = (name: string) => {
    const known = queues.get(name) ?? new Queue<QueuedWork>(name, { connection: redis, prefix: PREFIX });
    if (!queues.has(name)) known.on("error", onError);
    queues.set(name, known);
    return known;
  };
  const take = (id: string): Pending | undefined => {
    const request = pending.get(id);
    pending.delete(id);
    if (pending.size === 0) onDrained();
    return request;
  };

  const onReply = (reply: RemoteReply) => {
    const request = pending.get(reply.id);
    // An earlier run that has not noticed yet that it was given up.
    if (!request || reply.run < request.run) return;
    request.run = reply.run;
    if (reply.type === "response") take(reply.id)?.resolve(reply.response);
    else if (reply.type === "error") take(reply.id)?.reject(fromWireError(reply.error));
    else request.asked.onReply?.(reply);
  };

  const enqueue = async (id: string, { asked, queue }: Pending) => {
    workers = await listWorkers(redis);
    const able = workers.filter(asked.fits).length;
    if (able === 0) throw noWorker(asked.needs);
    const waiting = await queue.getPrioritizedCount();
    if (waiting >= MOST_WAITING * able) throw queueFull(waiting);
    if (pending.get(id)?.isCancelled) throw cancelled();
    const work = { replyTo: stream, request: pack(asked.request).toString("base64") };
    await queue.add(asked.name, work, {
      jobId: id,
      priority: asked.rank + 1,
      removeOnComplete: true,
      removeOnFail: true,
    });
    const request = pending.get(id);
    if (!request) return;
    request.isQueued = true;
    await tellPlaces([id]);
    // Cancelled while it was on its way into the queue.
    if (request.isCancelled) cancel(id);
  };

  /** @returns which of them are in no queue. */
  const tellPlaces = async (ids: readonly string[]): Promise<ReadonlySet<string>> => {
    const asked = ids.flatMap((id) => {
      const request = pending.get(id);
      return request ? [{ id, request }] : [];
    });
    const steps = redis.pipeline();
    for (const { id, request } of asked) {
      steps.zrank(request.queue.toKey("prioritized"), id).exists(request.queue.toKey(id));
    }
    const found = ((await steps.exec()) ?? []).map(([error, value]) => {
      if (error) throw error;
      return value;
    });
    const absent = new Set<string>();
    for (const [i, { id, request }] of asked.entries()) {
      const rank = found[2 * i] as number | null;
      if (found[2 * i + 1] === 0) absent.add(id);
      if (rank === null || rank + 1 === request.place || request.run > 0) continue;
      request.place = rank + 1;
      request.asked.onPlace?.(request.place);
    }
    return absent;
  };

  /** Finds requests that nothing will come of. */
  const look = async () => {
    if (pending.size === 0) return;
    workers = await listWorkers(redis);
    const looked = [...pending.keys()].filter((id) => pending.get(id)?.isQueued);
    const absent = await tellPlaces(looked);
    for (const id of looked) {
      const request = pending.get(id);
      if (!request) continue;
      request.missing = absent.has(id) ? request.missing + 1 : 0;
      request.orphaned = workers.some(request.asked.fits) ? 0 : request.orphaned + 1;
      if (request.missing >= LOST_AFTER) take(id)?.reject(lost());
      if (request.orphaned < ORPHANED_AFTER) continue;
      cancel(id);
      take(id)?.reject(noWorker(request.asked.needs));
    }
  };

  const cancel = (id: string) => {
    const request = pending.get(id);
    if (!request) return;
    request.isCancelled = true;
    const stop = async () => {
      if (await request.queue.remove(id)) take(id)?.reject(cancelled());
      else await redis.publish(CANCEL_CHANNEL, id);
    };
    stop().catch(onError);
  };

  const timer = setInterval(() => void look().catch(onError), LOOK_MS);
  timer.unref();
  const reading = readReplies(reader, stream, closing.signal, onReply);

  return {
    workers: () => workers,
    ask(asked) {
      if (closing.signal.aborted) throw closed();
      const id = `${processId}-${++count}`;
      const answer = new Promise<unknown>((resolve, reject) => {
        const request: Pending = {
          asked,
          queue: queueOf(asked.queue),
          resolve,
          reject,
          run: 0,
          place: 0,
          missing: 0,
          orphaned: 0,
          isQueued: false,
          isCancelled: false,
        };
        pending.set(id, request);
        enqueue(id, request).catch((error) => {
          take(id)?.reject(error instanceof EngineError ? error : unreachable(error));
        });
      });
      return { id, answer };
    },
    cancel,
    async close(graceMs) {
      if (pending.size > 0 && graceMs > 0) {
        const { promise, resolve } = Promise.withResolvers<void>();
        onDrained = resolve;
        const late = setTimeout(resolve, graceMs);
        await promise;
        clearTimeout(late);
      }
      closing.abort();
      clearInterval(timer);
      for (const id of [...pending.keys()]) {
        cancel(id);
        take(id)?.reject(closed());
      }
      await redis.del(stream).catch(onError);
      redis.disconnect();
      reader.disconnect();
      await reading;
    },
  };
}

function noWorker(needs: string): EngineError {
  return new EngineError(
    "no-worker",
    `No worker is running that has ${needs}. Start one with: npx cloze worker (on any machine, with the same REDIS_URL).`,
    { needs },
  );
}

function queueFull(waiting: number): EngineError {
  return new EngineError(
    "queue-full",
    `${waiting} requests are waiting for the model, and no more may. Ask again in a minute, or start another worker.`,
    { waiting },
  );
}

function unreachable(cause: unknown): EngineError {
  return new EngineError(
    "models-unreachable",
    "The models can't be reached, for Redis does not answer. Ask again in a moment.",
    {},
    cause,
  );
}

function lost(): EngineError {
  return new EngineError(
    "request-lost",
    "The request was lost on its way to a model, since Redis or a worker was started again. Ask once more.",
  );
}

function cancelled(): EngineError {
  return new EngineError("cancelled", "The request was cancelled before a model had begun.");
}

function closed(): EngineError {
  return new EngineError("engine-closed", "Cloze is shutting down and takes no more requests.");
}
