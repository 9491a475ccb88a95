import type { Redis } from "ioredis";
import { PREFIX, type WorkerAnnouncement } from "./remote-protocol.ts";

/** A worker that has not been heard of for so long counts as gone. */
const FORGOTTEN_MS = 10_000;
const ANNOUNCE_MS = 3_000;
const keyOf = (id: string) => `${PREFIX}:worker:${id}`;

/** Tells that a worker is there, again and again, until the returned function is called. */
export async function announce(redis: Redis, worker: WorkerAnnouncement): Promise<() => Promise<void>> {
  const tell = () => redis.set(keyOf(worker.id), JSON.stringify(worker), "PX", FORGOTTEN_MS);
  await tell();
  // While Redis is away there is nobody to tell; the next time comes soon.
  const timer = setInterval(() => void tell().catch(() => {}), ANNOUNCE_MS);
  return async () => {
    clearInterval(timer);
    await redis.del(keyOf(worker.id));
  };
}

/** Every worker that is there, by id. */
export async function listWorkers(redis: Redis): Promise<readonly WorkerAnnouncement[]> {
  const keys = new Set<string>();
  for await (const found of redis.scanStream({ match: keyOf("*"), count: 1_000 })) {
    for (const key of found as string[]) keys.add(key);
  }
  if (keys.size === 0) return [];
  const texts = await redis.mget([...keys].sort());
  return texts.filter((text) => text !== null).map((text) => JSON.parse(text) as WorkerAnnouncement);
}
