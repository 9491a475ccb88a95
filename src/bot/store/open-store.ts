import { join } from "node:path";
import { createStore } from "./keyv-store.ts";
import { shownRedis } from "./redis-address.ts";
import type { Durability } from "./redis-durability.ts";
import { openSqliteBackend, type SqliteOptions } from "./sqlite-backend.ts";
import type { Store } from "./store.ts";

/** The name of the database inside a data directory. */
export const DATABASE_FILE = "cloze.db";

/**
 * The store of a data directory: one SQLite file, `cloze.db`.
 * @throws {StoreError} when it is in use, locked, read-only, damaged or can't be opened.
 */
export function openStore(dataDirectory: string, options?: SqliteOptions): Store {
  return createStore(openSqliteBackend(join(dataDirectory, DATABASE_FILE), options));
}

/** A store that ends with the process, for tests and for commands that keep nothing. */
export function openMemoryStore(): Store {
  return createStore(openSqliteBackend(":memory:"));
}

export interface ConfiguredStore {
  readonly store: Store;
  /** Where it is, for people. */
  readonly place: string;
  readonly durability: Durability;
}

/**
 * The store that the settings name: Redis when there is an address, else the data directory's.
 * @throws {StoreError} as `openStore` and `openRedisBackend`
 */
export async function openConfiguredStore(settings: {
  readonly dataDirectory: string;
  readonly redisUrl?: string;
}): Promise<ConfiguredStore> {
  const { dataDirectory, redisUrl } = settings;
  if (redisUrl === undefined) {
    const message = "Everything acknowledged is on this machine's disk (SQLite, WAL, synchronous FULL).";
    return {
      store: openStore(dataDirectory),
      place: dataDirectory,
      durability: { isFull: true, message },
    };
  }
  const { openRedisBackend } = await import("./redis-backend.ts");
  const backend = await openRedisBackend(redisUrl);
  return { store: createStore(backend), place: shownRedis(redisUrl), durability: backend.durability };
}
