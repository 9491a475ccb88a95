import { join } from "node:path";
import { createStore } from "./keyv-store.ts";
import { openSqliteBackend, type SqliteOptions } from "./sqlite-backend.ts";
import type { Store } from "./store.ts";

/**
 * The store of a data directory: one SQLite file, `cloze.db`.
 * @throws {StoreError} when it is in use, locked, read-only, damaged or can't be opened.
 */
export function openStore(dataDirectory: string, options?: SqliteOptions): Store {
  return createStore(openSqliteBackend(join(dataDirectory, "cloze.db"), options));
}

/** A store that ends with the process, for tests and for commands that keep nothing. */
export function openMemoryStore(): Store {
  return createStore(openSqliteBackend(":memory:"));
}
