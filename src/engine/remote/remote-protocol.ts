import { deserialize, serialize } from "node:v8";
import type { Encoders } from "../encoding/encoders.ts";
import type { Engine, GenerateRequest, GenerationEvent, PromptRequest, ReadingRequest } from "../engine.ts";
import type { ModelDescription } from "../models/catalogue.ts";
import type { WireError } from "../runtime/wire-error.ts";

/** Braces: everything of the queues is in one slot of a cluster. */
export const PREFIX = "cloze:{models}";
/** Ids of requests that nobody waits for any more are published here. */
export const CANCEL_CHANNEL = `${PREFIX}:cancel`;

/** What a worker can be asked, beside `Encoders.call`. Each is a request's name in its queue. */
export type RemoteCalls = {
  generate: { request: GenerateRequest; response: undefined };
  load: { request: string; response: undefined };
  nextTokenLogits: { request: PromptRequest; response: Awaited<ReturnType<Engine["nextTokenLogits"]>> };
  scoreContinuations: {
    request: Parameters<Engine["scoreContinuations"]>[0];
    response: Awaited<ReturnType<Engine["scoreContinuations"]>>;
  };
  timeReading: { request: ReadingRequest; response: number };
  tokenize: {
    request: { readonly model: string; readonly text: string };
    response: Awaited<ReturnType<Engine["tokenize"]>>;
  };
  describeTokens: {
    request: { readonly model: string; readonly ids: readonly number[] };
    response: Awaited<ReturnType<Engine["describeTokens"]>>;
  };
};

/** An encoder's call travels as its name and request. */
export interface EncoderRequest {
  readonly name: Parameters<Encoders["call"]>[0];
  readonly request: unknown;
}

/** What stands in the queue. */
export interface QueuedWork {
  /** The stream that the asking process reads. */
  readonly replyTo: string;
  /** `pack`ed, as base64. */
  readonly request: string;
}

/** What comes back; `run` counts how often the work was begun. */
export type RemoteReply = { readonly id: string; readonly run: number } & (
  | { readonly type: "begun" }
  | { readonly type: "event"; readonly event: GenerationEvent }
  | { readonly type: "response"; readonly response: unknown }
  | { readonly type: "error"; readonly error: WireError }
);

/** A worker as it announces itself. */
export interface WorkerAnnouncement {
  readonly id: string;
  readonly machine: string;
  readonly models: readonly ModelDescription[];
  readonly encoders: boolean;
}

/**
 * Writing has a queue of its own for each model, so that a short question, which a busy model answers between two
 * steps, does not wait for a place among those that write.
 */
export const writeQueue = (model: string) => `write ${model}`;
export const askQueue = (model: string) => `ask ${model}`;
export const ENCODER_QUEUE = "encoders";

/** Structured data as bytes, typed arrays and undefined included. */
export function pack(value: unknown): Buffer {
  return serialize(value);
}

export function unpack(bytes: Buffer): unknown {
  return deserialize(bytes);
}
