import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { KeyvStoreAdapter } from "keyv";
import type { Backend, KeyText } from "./backend.ts";
import { fromSqlite, StoreError, storeError } from "./errors.ts";
import { createGroupCommit } from "./group-commit.ts";

export interface SqliteOptions {
  /** How long to wait for another program's lock; the thread stands still meanwhile. Default 2,000. */
  readonly busyTimeoutMs?: number;
  /** Refuse to grow beyond this many pages of 4,096 bytes, as a full disk would. */
  readonly maxPages?: number;
}

const MEMORY = ":memory:";
/** Records read at once by a list. */
const PAGE = 500;
/** "CLZ1" in the file header, so that another program's database is not taken for ours. */
const APPLICATION_ID = 0x434c5a31;
export const SIGN = `PRAGMA application_id = ${APPLICATION_ID}`;
export const SCHEMA =
  "CREATE TABLE IF NOT EXISTS records (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID";

/**
 * Texts in one SQLite table. Writes of one turn of the event loop share a transaction, so that a burst costs
 * one flush to disk (WAL, synchronous FULL); a write's promise resolves after that flush.
 * @param path A file, made when missing together with its directory; or ":memory:".
 * @throws {StoreError} when the file is in use by another Cloze, locked, read-only, damaged or can't be opened.
 */
export function openSqliteBackend(path: string, options: SqliteOptions = {}): Backend {
  const db = open(path, options);
  const select = db.database.prepare("SELECT value FROM records WHERE key = ?");
  const upsert = db.database.prepare(
    "INSERT INTO records (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
  );
  const remove = db.database.prepare("DELETE FROM records WHERE key = ?");
  const removeRange = db.database.prepare("DELETE FROM records WHERE key >= ? AND key < ?");
  const page = db.database.prepare(
    "SELECT key, value FROM records WHERE key > ? AND key < ? ORDER BY key LIMIT ?",
  );
  const writes = createGroupCommit(db.database, path === MEMORY ? queueMicrotask : setImmediate);

  const read = (key: string) => select.get(key)?.value as string | undefined;
  const write = ({ key, text }: KeyText) => (text === undefined ? remove.run(key) : upsert.run(key, text));
  async function translated<T>(step: () => T | Promise<T>): Promise<T> {
    try {
      return await step();
    } catch (error) {
      throw fromSqlite(error, path);
    }
  }

  const backend: Backend = {
    get: (key) => translated(() => read(key)),
    commit: (seen, changes) =>
      translated(() =>
        writes.add(() => {
          if (seen.some(({ key, text }) => read(key) !== text)) return false;
          changes.forEach(write);
          return true;
        }),
      ),
    async *list(prefix) {
      const end = `${prefix}\u{10FFFF}`;
      let after = prefix;
      // The range is open below, so a record whose whole key is the prefix comes first by hand.
      const whole = await backend.get(prefix);
      if (whole !== undefined) yield [prefix, whole];
      for (;;) {
        const rows = await translated(() => page.all(after, end, PAGE));
        for (const row of rows) yield [row.key as string, row.value as string];
        if (rows.length < PAGE) return;
        after = rows.at(-1)!.key as string;
      }
    },
    keyv(namespace) {
      const adapter: KeyvStoreAdapter = {
        opts: {},
        namespace,
        on: () => adapter,
        get: (key) => backend.get(key) as never,
        set: (key, text: string) => translated(() => writes.add(() => upsert.run(key, text))),
        delete: (key) => translated(() => writes.add(() => remove.run(key).changes > 0)),
        clear: () =>
          translated(() =>
            writes.add(() => void removeRange.run(`${namespace}:`, `${namespace}:\u{10FFFF}`)),
          ),
      };
      return adapter;
    },
    async close() {
      await translated(() => writes.finish());
      db.close();
    },
  };
  return backend;
}

function open(path: string, { busyTimeoutMs = 2_000, maxPages }: SqliteOptions) {
  let database: DatabaseSync | undefined;
  let lock: DatabaseSync | undefined;
  const close = () => {
    database?.close();
    lock?.close();
  };
  try {
    if (path !== MEMORY) {
      mkdirSync(dirname(path), { recursive: true });
      lock = takeLock(path);
    }
    database = new DatabaseSync(path, { timeout: busyTimeoutMs });
    refuseForeign(database, path);
    // fullfsync: on macOS a plain fsync leaves the data in the drive's own memory.
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA fullfsync = ON;");
    requireDurable(database, path);
    if (maxPages !== undefined) database.exec(`PRAGMA max_page_count = ${Math.floor(maxPages)}`);
    database.exec(SCHEMA);
    const check = database.prepare("PRAGMA quick_check(1)").get();
    if (check?.quick_check !== "ok")
      throw storeError("store-corrupt", path, new Error(String(check?.quick_check)));
    // Written on every start, so that a database that can't be written is found now and not at the first vote.
    database.exec(SIGN);
    return { database, close };
  } catch (error) {
    close();
    if (error instanceof StoreError) throw error;
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "EACCES" || code === "EROFS") throw storeError("store-read-only", path, error);
    if (code === "ENOTDIR" || code === "EEXIST") throw storeError("store-cannot-open", path, error);
    throw fromSqlite(error, path);
  }
}

/** SQLite answers a mode that it can't have with the one it has: WAL needs a file system with shared memory. */
function requireDurable(database: DatabaseSync, path: string): void {
  const mode = database.prepare("PRAGMA journal_mode").get()?.journal_mode;
  const synchronous = database.prepare("PRAGMA synchronous").get()?.synchronous;
  if (synchronous === 2 && (mode === "wal" || path === MEMORY)) return;
  const found = `journal_mode is ${mode} and synchronous ${synchronous}, wal and 2 (FULL) are needed; network drives often can't, so take a directory of this machine`;
  throw storeError("store-cannot-open", path, new Error(found));
}

/**
 * Two Clozes on one database would both answer and both post. A lock held on an empty database beside it is
 * given back by the operating system even when the process is killed.
 */
export function takeLock(path: string): DatabaseSync {
  const lock = new DatabaseSync(`${path}.lock`, { timeout: 0 });
  try {
    lock.exec("BEGIN EXCLUSIVE");
    return lock;
  } catch (error) {
    lock.close();
    const known = fromSqlite(error, path);
    if (known instanceof StoreError && known.code === "store-locked") throw storeError("store-in-use", path);
    throw known;
  }
}

export function refuseForeign(database: DatabaseSync, path: string): void {
  const id = database.prepare("PRAGMA application_id").get()?.application_id;
  const tables = database.prepare("SELECT count(*) AS n FROM sqlite_schema").get()?.n;
  if (id === APPLICATION_ID || tables === 0) return;
  throw storeError("store-corrupt", path, new Error("the file is another program's database"));
}
