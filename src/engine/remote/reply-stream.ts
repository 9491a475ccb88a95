import { setTimeout as delay } from "node:timers/promises";
import type { Redis } from "ioredis";
import { PREFIX, pack, type RemoteReply, unpack } from "./remote-protocol.ts";

/** Replies to a process that is gone are forgotten after this time. */
const KEPT_MS = 5 * 60_000;
const BLOCK_MS = 5_000;
const RETRY_MS = 200;

export const replyStream = (processId: string) => `${PREFIX}:replies:${processId}`;

/** Everything said within one turn of the event loop travels as one entry of the stream. */
export function createReplySender(redis: Redis, onLost: (error: unknown) => void) {
  const outboxes = new Map<string, RemoteReply[]>();
  let sending: Promise<unknown> = Promise.resolve();
  const flush = () => {
    const steps = redis.pipeline();
    for (const [stream, replies] of outboxes) {
      steps.xadd(stream, "*", "replies", pack(replies)).pexpire(stream, KEPT_MS);
    }
    outboxes.clear();
    sending = steps.exec().catch(onLost);
  };
  return {
    send(stream: string, reply: RemoteReply): void {
      if (outboxes.size === 0) setImmediate(flush);
      outboxes.set(stream, [...(outboxes.get(stream) ?? []), reply]);
    },
    /** Resolves when everything said so far is in Redis. */
    async sent(): Promise<void> {
      await new Promise((resolve) => setImmediate(resolve));
      await sending;
    },
  };
}

/**
 * Reads a process' stream until `signal` aborts. A connection that breaks is taken up at the last entry read, so
 * that no reply is missed.
 */
export async function readReplies(
  redis: Redis,
  stream: string,
  signal: AbortSignal,
  onReply: (reply: RemoteReply) => void,
): Promise<void> {
  let last = "0-0";
  while (!signal.aborted) {
    try {
      const found = await redis.xreadBuffer("COUNT", 500, "BLOCK", BLOCK_MS, "STREAMS", stream, last);
      for (const [id, fields] of found?.[0]?.[1] ?? []) {
        last = id.toString();
        for (const reply of unpack(fields[1] as Buffer) as RemoteReply[]) onReply(reply);
      }
      if (found) await redis.xtrim(stream, "MINID", next(last));
    } catch {
      if (signal.aborted) return;
      // Redis is away; ioredis connects again.
      await delay(RETRY_MS, undefined, { signal }).catch(() => {});
    }
  }
}

/** The id after one, so that trimming to it forgets that one too. */
function next(id: string): string {
  const [ms, sequence] = id.split("-");
  return `${ms}-${Number(sequence) + 1}`;
}
