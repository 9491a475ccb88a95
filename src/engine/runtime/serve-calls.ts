import { type MessagePort, parentPort } from "node:worker_threads";
import { toWireError } from "./wire-error.ts";
import type { FromWorker, ToWorker, WorkerCalls } from "./worker-protocol.ts";

/** What a handler is given beside its request. */
export interface CallContext<Event> {
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
  readonly emit: (event: Event) => void;
}

export type CallHandlers<Calls extends WorkerCalls> = {
  readonly [Name in keyof Calls]: (
    request: Calls[Name]["request"],
    context: CallContext<Calls[Name]["event"]>,
  ) => Promise<Calls[Name]["response"]> | Calls[Name]["response"];
};

/**
 * The worker's side of `createWorkerHost`: answers each call with its handler's result or error. Everything sent
 * within one turn of the event loop travels as one message.
 */
export function serveCalls<Calls extends WorkerCalls>(handlers: CallHandlers<Calls>): void {
  const port = parentPort as MessagePort;
  const running = new Map<number, AbortController>();
  let outbox: FromWorker[] = [];
  const send = (message: FromWorker) => {
    if (outbox.length === 0) queueMicrotask(flush);
    outbox.push(message);
  };
  const flush = () => {
    const batch = outbox;
    outbox = [];
    port.postMessage(batch);
  };

  const answer = async (id: number, name: keyof Calls, request: unknown) => {
    const controller = new AbortController();
    running.set(id, controller);
    try {
      const context = {
        signal: controller.signal,
        emit: (event: unknown) => send({ type: "event", id, event }),
      };
      send({ type: "response", id, response: await handlers[name]!(request, context) });
    } catch (error) {
      send({ type: "error", id, error: toWireError(error) });
    } finally {
      running.delete(id);
    }
  };

  port.on("message", (message: ToWorker) => {
    if (message.type === "call") void answer(message.id, message.name, message.request);
    else running.get(message.id)?.abort();
  });
}
