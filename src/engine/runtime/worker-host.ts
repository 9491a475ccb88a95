import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { serialize } from "node:v8";
import { EngineError } from "../errors.ts";
import { fromWireError } from "./wire-error.ts";
import type { FromWorker, ToWorker, WorkerCalls } from "./worker-protocol.ts";

export interface WorkerHostOptions {
  /** The worker's module; it must end in `serveCalls(...)`. */
  readonly module: URL;
  /** Said in error messages, e.g. the model's id. */
  readonly name: string;
  /** What `workerData()` gives there. */
  readonly data: unknown;
}

export interface CallOptions<Event> {
  /** Aborting it ends the call at once with the signal's reason; the worker's handler is told, its answer dropped. */
  readonly signal?: AbortSignal | undefined;
  /** Aborting it tells the handler to come to an end; the call still waits for its answer. */
  readonly finishSignal?: AbortSignal | undefined;
  readonly onEvent?: (event: Event) => void;
}

/**
 * A worker process that answers calls, started on the first one and again after a death. A process and not a thread,
 * because native code that aborts, or is killed for its memory, must not take the classroom with it.
 */
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
  let worker: ChildProcess | undefined;
  let isClosed = false;
  let onDrained = () => {};
  let lastId = 0;

  const failAll = (error: EngineError) => {
    const calls = [...pending.values()];
    pending.clear();
    for (const { reject } of calls) reject(error);
  };

  const start = () => {
    const started = fork(options.module, [serialize(options.data).toString("base64")], {
      serialization: "advanced",
      stdio: ["ignore", "inherit", "inherit", "ipc"],
      execArgv: [`--title=cloze ${options.name}`, "--disable-warning=ExperimentalWarning"],
      // ONNX Runtime from 1.29 on would write an identifier of the machine into the user's cache and report sessions
      // and models to Microsoft (https://github.com/microsoft/onnxruntime/pull/27379).
      env: { ...process.env, ORT_DISABLE_TELEMETRY: "1" },
    });
    let cause: unknown;
    let isOver = false;
    const over = () => {
      // What it sent before its end is read until the channel is closed.
      if (isOver || (started.connected && started.pid !== undefined)) return;
      if (started.exitCode === null && started.signalCode === null && started.pid !== undefined) return;
      isOver = true;
      if (worker === started) worker = undefined;
      failAll(isClosed ? closedError(options.name) : diedError(options.name, started, cause));
    };
    started.on("message", (messages: readonly FromWorker[]) => {
      for (const message of messages) {
        if (message.type !== "fault") deliver(message);
        else {
          const fault = fromWireError(message.error);
          cause = fault.cause ?? fault;
        }
      }
    });
    started.on("error", (error) => {
      cause = error;
      over();
    });
    started.on("exit", over);
    started.on("disconnect", over);
    return started;
  };

  const deliver = (message: Exclude<FromWorker, { type: "fault" }>) => {
    const call = pending.get(message.id);
    if (!call) return;
    if (message.type === "event") return call.onEvent?.(message.event);
    if (message.type === "response") finish(message.id)?.resolve(message.response);
    else finish(message.id)?.reject(fromWireError(message.error));
  };

  /** Takes a call off the list; the worker keeps this process alive only while somebody waits for it. */
  const finish = (id: number): PendingCall | undefined => {
    const call = pending.get(id);
    pending.delete(id);
    if (pending.size === 0) {
      worker?.unref();
      worker?.channel?.unref();
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
        worker.channel?.ref();
        const id = ++lastId;
        const running = worker;
        // To a worker that has just died nothing can be sent; its end fails the call.
        const send = (message: ToWorker) => void running.send(message, () => {});
        const cancel = () => send({ type: "cancel", id });
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
        send({ type: "call", id, name, request });
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
      if (worker?.kill("SIGKILL")) {
        worker.ref();
        await once(worker, "exit");
      }
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

function diedError(name: string, { exitCode, signalCode }: ChildProcess, cause: unknown): EngineError {
  const reason = cause instanceof Error ? cause.message : (signalCode ?? `exit code ${exitCode}`);
  return new EngineError(
    "worker-died",
    `The process that ran ${name} ended unexpectedly (${reason}). It starts again with the next request; ask once more.`,
    { worker: name, exitCode, signal: signalCode },
    cause,
  );
}
