import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { UserError } from "../errors.ts";
import { fromSqlite, StoreError, storeError } from "./errors.ts";
import { DATABASE_FILE } from "./open-store.ts";
import { shownRedis } from "./redis-address.ts";
import type { RedisBackend } from "./redis-backend.ts";
import { refuseForeign, SCHEMA, SIGN, takeLock } from "./sqlite-backend.ts";

/** Which store: Redis when there is an address, else the data directory's. */
interface StorePlace {
  readonly dataDirectory: string;
  readonly redisUrl?: string;
}

export interface Backup {
  readonly file: string;
  readonly records: number;
  readonly bytes: number;
}

export interface Restored {
  readonly records: number;
  /** Where the former records are now; undefined when there were none. */
  readonly kept: string | undefined;
}

/**
 * Writes everything of a store, as it stands at one moment, into a new SQLite file of the same form as `cloze.db`,
 * whatever the store is. Cloze may be running.
 * @throws {UserError} "backup-exists", "backup-nothing"
 * @throws {StoreError} when the store can't be read or the file can't be written
 */
export async function backUp(place: StorePlace, file: string): Promise<Backup> {
  if (existsSync(file)) {
    throw new UserError("backup-exists", `${file} exists already. Name another file, or move it away.`, {
      file,
    });
  }
  const partial = `${file}.partial`;
  mkdirSync(dirname(file), { recursive: true });
  rmSync(partial, { force: true });
  try {
    if (place.redisUrl === undefined) copySqlite(join(place.dataDirectory, DATABASE_FILE), partial);
    else await withRedis(place.redisUrl, async (redis) => writeRecords(partial, await redis.all()));
    const records = recordsOf(partial).length;
    flush(partial);
    renameSync(partial, file);
    flush(dirname(file));
    return { file, records, bytes: statSync(file).size };
  } finally {
    rmSync(partial, { force: true });
  }
}

/**
 * Puts a backup's records in place of a store's. What was there before is kept beside it.
 * @param replace Whether a store that holds something may be replaced.
 * @param now Names what is kept.
 * @throws {UserError} "backup-missing"; "restore-over" when the store holds something and `replace` is false
 * @throws {StoreError} "store-corrupt" when the backup is damaged or none of Cloze; "store-in-use" while Cloze runs
 */
export async function restore(
  place: StorePlace,
  file: string,
  { replace, now }: { readonly replace: boolean; readonly now: number },
): Promise<Restored> {
  if (!existsSync(file)) {
    throw new UserError("backup-missing", `There is no file ${file}. Name a file that cloze backup wrote.`, {
      file,
    });
  }
  const records = recordsOf(file);
  const refuse = (what: string) => {
    if (replace) return;
    throw new UserError(
      "restore-over",
      `${what} holds records already. Add --replace to put the backup in its place; what is there now is kept beside it.`,
      { place: what },
    );
  };
  if (place.redisUrl === undefined) {
    const kept = restoreSqlite(place.dataDirectory, file, refuse, now);
    return { records: records.length, kept };
  }
  const shown = shownRedis(place.redisUrl);
  return withRedis(place.redisUrl, async (redis) => {
    if ((await redis.others()) > 0) throw storeError("store-in-use", shown);
    if ((await redis.all()).size > 0) refuse(shown);
    return { records: records.length, kept: await redis.replaceAll(records, now) };
  });
}

/** In one read transaction, which a running Cloze's writes don't change. */
function copySqlite(source: string, target: string): void {
  if (!existsSync(source)) {
    throw new UserError(
      "backup-nothing",
      `There is no ${source}: nothing was kept yet, or CLOZE_DATA_DIR differs.`,
    );
  }
  translated(source, () => {
    const database = new DatabaseSync(source, { timeout: 10_000 });
    try {
      refuseForeign(database, source);
      database.prepare("VACUUM INTO ?").run(target);
    } finally {
      database.close();
    }
  });
}

function writeRecords(target: string, records: ReadonlyMap<string, string>): void {
  translated(target, () => {
    const database = new DatabaseSync(target);
    try {
      database.exec(`${SIGN}; ${SCHEMA}; BEGIN`);
      const insert = database.prepare("INSERT INTO records (key, value) VALUES (?, ?)");
      for (const [key, text] of records) insert.run(key, text);
      database.exec("COMMIT");
    } finally {
      database.close();
    }
  });
}

function recordsOf(file: string): (readonly [key: string, text: string])[] {
  return translated(file, () => {
    const database = new DatabaseSync(file, { readOnly: true });
    try {
      refuseForeign(database, file);
      const check = database.prepare("PRAGMA integrity_check(1)").get()?.integrity_check;
      if (check !== "ok") throw storeError("store-corrupt", file, new Error(String(check)));
      return database
        .prepare("SELECT key, value FROM records ORDER BY key")
        .all()
        .map(({ key, value }) => [String(key), String(value)] as const);
    } finally {
      database.close();
    }
  });
}

/** The present database need not be readable: a damaged one is what backups are for. */
function restoreSqlite(
  dataDirectory: string,
  file: string,
  refuse: (what: string) => void,
  now: number,
): string | undefined {
  const target = join(dataDirectory, DATABASE_FILE);
  mkdirSync(dataDirectory, { recursive: true });
  const lock = takeLock(target);
  try {
    const isReplacing = existsSync(target);
    if (isReplacing) refuse(target);
    const fresh = `${target}.restoring`;
    copyFileSync(file, fresh);
    flush(fresh);
    const kept = `${target}.replaced-${now}`;
    for (const end of ["", "-wal", "-shm"]) {
      if (existsSync(target + end)) renameSync(target + end, kept + end);
    }
    renameSync(fresh, target);
    flush(dataDirectory);
    return isReplacing ? kept : undefined;
  } finally {
    lock.close();
  }
}

async function withRedis<T>(url: string, work: (redis: RedisBackend) => Promise<T>): Promise<T> {
  const { openRedisBackend } = await import("./redis-backend.ts");
  const redis = await openRedisBackend(url);
  try {
    return await work(redis);
  } finally {
    await redis.close();
  }
}

function translated<T>(database: string, step: () => T): T {
  try {
    return step();
  } catch (error) {
    if (error instanceof StoreError || error instanceof UserError) throw error;
    throw fromSqlite(error, database);
  }
}

/** Makes a file's content, or a directory's names, durable. */
function flush(path: string): void {
  const handle = openSync(path, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
