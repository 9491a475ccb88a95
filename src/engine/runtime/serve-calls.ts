import { deserialize } from "node:v8";
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
  const running = new Map<number, AbortController>();
  let outbox: FromWorker[] = [];
  const send = (message: FromWorker) => {
    if (outbox.length === 0) queueMicrotask(flush);
    outbox.push(message);
  };
  const flush = () => {
    const batch = outbox;
    outbox = [];
    process.send!(batch, () => {});
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

  process.on("message", (message: ToWorker) => {
    if (message.type === "call") void answer(message.id, message.name, message.request);
    else running.get(message.id)?.abort();
  });
  // The terminal and systemd send their signals to every process of Cloze; when a worker ends is for its host to say.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});
  process.on("disconnect", () => process.exit());
  process.on("uncaughtException", (error) => {
    const fault: FromWorker = { type: "fault", error: toWireError(error) };
    process.send!([fault], () => process.exit(1));
  });
}

/** What the host gave this worker. */
export function workerData<Data>(): Data {
  return deserialize(Buffer.from(process.argv[2]!, "base64"));
}
