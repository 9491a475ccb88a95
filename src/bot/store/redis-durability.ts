import type { Redis } from "ioredis";
import { storeError } from "./errors.ts";

/** What a store keeps when its machine fails, as told at start. */
export interface Durability {
  /** Whether everything acknowledged is on disk. */
  readonly isFull: boolean;
  /** One sentence; what to change when it is not full. */
  readonly message: string;
}

/**
 * What this Redis promises, from its settings; where they may not be read (some hosts forbid CONFIG), from what INFO
 * tells.
 * @throws {StoreError} "store-read-only" for a replica; "store-cannot-open" when it may throw records away to make
 *   room
 */
export async function redisDurability(redis: Redis, database: string): Promise<Durability> {
  const info = await redis.info();
  const told = (name: string) => new RegExp(`^${name}:(.*?)\r?$`, "m").exec(info)?.[1];
  if (told("role") === "slave") {
    const cause = new Error("it is a replica; give the address of its primary");
    throw storeError("store-read-only", database, cause);
  }
  const policy = told("maxmemory_policy");
  if (told("maxmemory") !== "0" && policy !== undefined && policy !== "noeviction") {
    const cause = new Error(
      `maxmemory-policy is ${policy}, so Redis would throw records away when its memory is full; set it to noeviction`,
    );
    throw storeError("store-cannot-open", database, cause);
  }
  const appends = told("aof_enabled") === "1";
  const fsync = await setting(redis, "appendfsync");
  const failover =
    Number(told("connected_slaves") ?? 0) > 0
      ? " A failover to a replica can lose the last moments, since replicas follow a moment later."
      : "";
  if (!appends) {
    return lacking(
      "appendonly is no: a crash of Redis loses everything since its last snapshot",
      "appendonly to yes and appendfsync to always",
      failover,
    );
  }
  if (fsync === undefined) {
    return lacking(
      "appendonly is yes, and appendfsync can't be read: unless it is always, a crash can lose the last second",
      "appendfsync to always",
      failover,
    );
  }
  if (fsync !== "always") {
    return lacking(
      `appendfsync is ${fsync}: a crash of Redis's machine can lose ${fsync === "no" ? "what the system has not written yet, often half a minute" : "the last second or two"}`,
      "appendfsync to always",
      failover,
    );
  }
  return {
    isFull: true,
    message: `Everything acknowledged is on Redis's disk (appendonly yes, appendfsync always).${failover}`,
  };
}

function lacking(what: string, change: string, failover: string): Durability {
  return {
    isFull: false,
    message: `In Redis ${what}, acknowledged votes among it. Set ${change} in redis.conf.${failover}`,
  };
}

async function setting(redis: Redis, name: string): Promise<string | undefined> {
  try {
    return ((await redis.config("GET", name)) as string[])[1];
  } catch {
    return undefined;
  }
}
