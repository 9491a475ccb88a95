import { EngineError } from "../../../src/engine/errors.ts";
import { type CallContext, serveCalls } from "../../../src/engine/runtime/serve-calls.ts";

/** A worker that answers, fails and dies in all the ways that a process can. */
export type MortalCalls = {
  double: { request: number; response: number; event: never };
  count: { request: number; response: string; event: number };
  waitForCancel: { request: undefined; response: string; event: string };
  refuse: { request: undefined; response: never; event: never };
  break: { request: undefined; response: never; event: never };
  throwOutside: { request: undefined; response: never; event: string };
  exit: { request: undefined; response: never; event: never };
  abort: { request: undefined; response: never; event: never };
  pid: { request: undefined; response: number; event: never };
};

serveCalls<MortalCalls>({
  double: (value) => value * 2,
  count: (until, { emit }) => {
    for (let i = 1; i <= until; i++) emit(i);
    return "done";
  },
  waitForCancel: (_, { signal, emit }: CallContext<string>) => {
    emit("waiting");
    return new Promise((resolve) => signal.addEventListener("abort", () => resolve("cancelled")));
  },
  refuse: () => {
    throw new EngineError("no-way", "It can't be done.", { limit: 3 });
  },
  break: () => {
    throw new TypeError("a bug");
  },
  throwOutside: (_, { emit }) => {
    emit("dying");
    setImmediate(() => {
      throw new Error("thrown outside any call");
    });
    return new Promise<never>(() => {});
  },
  exit: () => process.exit(3),
  abort: () => process.abort(),
  pid: () => process.pid,
});
