import type { WireError } from "./wire-error.ts";

/**
 * What a worker can be asked, by name: the request it takes, the response it ends with, and the events it may
 * send before. All of it must be structured-cloneable.
 */
export type WorkerCalls = Record<string, { request: unknown; response: unknown; event: unknown }>;

export type ToWorker =
  | { readonly type: "call"; readonly id: number; readonly name: string; readonly request: unknown }
  | { readonly type: "cancel"; readonly id: number };

export type FromWorker =
  | { readonly type: "event"; readonly id: number; readonly event: unknown }
  | { readonly type: "response"; readonly id: number; readonly response: unknown }
  | { readonly type: "error"; readonly id: number; readonly error: WireError }
  /** Thrown outside any call: the worker ends. */
  | { readonly type: "fault"; readonly error: WireError };
