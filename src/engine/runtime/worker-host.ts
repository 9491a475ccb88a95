import "./no-telemetry.ts";
import { setTimeout as delay } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { EngineError } from "../errors.ts";
import { fromWireError } from "./wire-error.ts";
import type { FromWorker, ToWorker, WorkerCalls } from "./worker-protocol.ts";

export interface WorkerHostOptions {
  /** The worker's module; it must end in `serveCalls(...)`. */
  readonly module: URL;
  /** Said in error messages, e.g. the model's id. */
  readonly name: string;
  /** Given to the worker as `workerData`. */
  readonly data: unknown;
}

export interface CallOptions<Event> {
  /** Aborting it ends the call at once with the signal's reason; the worker's handler is told, its answer dropped. */
  readonly signal?: AbortSignal | undefined;
  /** Aborting it tells the handler to come to an end; the call still waits for its answer. */
  readonly finishSignal?: AbortSignal | undefined;
  readonly onEvent?: (event: Event) => void;
}

/** A worker thread that answers calls, started on the first one and again after a death. */
export interface WorkerHost<Calls extends WorkerCalls> {
  /**
   * @throws {EngineError} "worker-died" when the worker ends before it has answered; the next call starts a new
   *   one. "engine-closed" after `close`. Errors of the handler arrive as they were thrown (see `fromWireError`).
   * @throws the reason of `signal` when it aborts.
   */
  call<Name extends keyof Calls & string>(
    name: Name,
    request: Calls[Name]["request"],
    options?: CallOptions<Calls[Name]["event"]>,
  ): Promise<Calls[Name]["response"]>;
  /**
   * Takes no more calls, waits up to `graceMs` for the answers of those that run, and ends the worker; calls that
   * still wait then fail with "engine-closed".
   */
  close(graceMs?: number): Promise<void>;
}

interface PendingCall {
  readonly resolve: (response: unknown) => void;
  readonly reject: (error: unknown) => void;
  readonly onEvent: ((event: unknown) => void) | undefined;
}

export function createWorkerHost<Calls extends WorkerCalls>(options: WorkerHostOptions): WorkerHost<Calls> {
  const pending = new Map<number, PendingCall>();
  let worker: Worker | undefined;
  let isClosed = false;
  let onDrained = () => {};
  let lastId = 0;

  const failAll = (error: EngineError) => {
    const calls = [...pending.values()];
    pending.clear();
    for (const { reject } of calls) reject(error);
  };

  const start = () => {
    const started = new Worker(options.module, { workerData: options.data, name: options.name });
    let cause: unknown;
    started.on("message", (messages: readonly FromWorker[]) => {
      for (const message of messages) deliver(message);
    });
    started.on("error", (error) => {
      cause = error;
    });
    started.on("exit", (exitCode) => {
      if (worker === started) worker = undefined;
      if (isClosed) return failAll(closedError(options.name));
      failAll(diedError(options.name, exitCode, cause));
    });
    return started;
  };

  const deliver = (message: FromWorker) => {
    const call = pending.get(message.id);
    if (!call) return;
    if (message.type === "event") return call.onEvent?.(message.event);
    if (message.type === "response") finish(message.id)?.resolve(message.response);
    else finish(message.id)?.reject(fromWireError(message.error));
  };

  /** Takes a call off the list; the thread keeps the process alive only while somebody waits for it. */
  const finish = (id: number): PendingCall | undefined => {
    const call = pending.get(id);
    pending.delete(id);
    if (pending.size === 0) {
      worker?.unref();
      onDrained();
    }
    return call;
  };

  return {
    call: (name, request, { signal, finishSignal, onEvent } = {}) =>
      new Promise((resolve, reject) => {
        if (isClosed) throw closedError(options.name);
        signal?.throwIfAborted();
        worker ??= start();
        worker.ref();
        const id = ++lastId;
        const running = worker;
        const cancel = () => running.postMessage({ type: "cancel", id } satisfies ToWorker);
        const abandon = () => {
          if (!pending.has(id)) return;
          cancel();
          finish(id)?.reject(signal?.reason);
        };
        signal?.addEventListener("abort", abandon, { once: true });
        finishSignal?.addEventListener("abort", cancel, { once: true });
        const settle = <Value>(then: (value: Value) => void) => {
          return (value: Value) => {
            signal?.removeEventListener("abort", abandon);
            finishSignal?.removeEventListener("abort", cancel);
            then(value);
          };
        };
        pending.set(id, {
          resolve: settle((response) => resolve(response as never)),
          reject: settle(reject),
          onEvent: onEvent as ((event: unknown) => void) | undefined,
        });
        running.postMessage({ type: "call", id, name, request } satisfies ToWorker);
        if (finishSignal?.aborted) cancel();
      }),
    close: async (graceMs = 0) => {
      isClosed = true;
      if (pending.size > 0 && graceMs > 0) {
        const over = new AbortController();
        const drained = new Promise<void>((resolve) => {
          onDrained = resolve;
        });
        await Promise.race([drained, delay(graceMs, undefined, over).catch(() => {})]);
        over.abort();
      }
      await worker?.terminate();
      failAll(closedError(options.name));
    },
  };
}

function closedError(name: string): EngineError {
  return new EngineError(
    "engine-closed",
    `The engine was closed while ${name} was asked; nothing more runs.`,
    { worker: name },
  );
}

function diedError(name: string, exitCode: number, cause: unknown): EngineError {
  const reason = cause instanceof Error ? cause.message : `exit code ${exitCode}`;
  return new EngineError(
    "worker-died",
    `The thread that ran ${name} ended unexpectedly (${reason}). It starts again with the next request; ask once more.`,
    { worker: name, exitCode },
    cause,
  );
}
