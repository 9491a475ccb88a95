import { Redis } from "ioredis";
import type { KeyvStoreAdapter } from "keyv";
import type { Backend, KeyText } from "./backend.ts";
import { StoreError, storeError } from "./errors.ts";
import { shownRedis } from "./redis-address.ts";
import { type Durability, redisDurability } from "./redis-durability.ts";
import { fromRedis } from "./redis-errors.ts";
import { REDIS_SCRIPTS } from "./redis-scripts.ts";

/** Records read at once by a list. */
const PAGE = 500;
/** A Redis that does not answer for so long counts as gone; a person waits for the answer. */
const ANSWER_MS = 5_000;
const CONNECT_MS = 5_000;
const LONGEST_PAUSE_MS = 1_000;
const CONNECTION_NAME = "cloze-store";
/** Braces: both in one slot, so that a script may use both on a cluster. */
const RECORDS = "cloze:{store}:records";
const KEYS = "cloze:{store}:keys";

type Commands = Record<keyof typeof REDIS_SCRIPTS, (...args: string[]) => Promise<unknown>>;

export interface RedisBackend extends Backend {
  readonly durability: Durability;
  /** Every record as it stands at one moment. */
  all(): Promise<ReadonlyMap<string, string>>;
  /**
   * Puts these records in place of all there are, in one step; those are kept under another name.
   * @returns that name; undefined when there were none.
   */
  replaceAll(
    records: Iterable<readonly [key: string, text: string]>,
    now: number,
  ): Promise<string | undefined>;
  /** Processes that use this store beside this one. */
  others(): Promise<number>;
}

/**
 * Texts in Redis. Every write is one script, so others see all of it or nothing. While Redis is away, steps are
 * refused at once; a step that was sent and never answered is "store-uncertain" and is not sent again by itself.
 * @throws {StoreError} when it can't be reached, refuses the password, is a replica or may evict records.
 */
export async function openRedisBackend(url: string): Promise<RedisBackend> {
  const database = shownRedis(url);
  const redis = new Redis(url, {
    lazyConnect: true,
    connectionName: CONNECTION_NAME,
    connectTimeout: CONNECT_MS,
    commandTimeout: ANSWER_MS,
    // A connection that lost its other end without a word is made anew.
    socketTimeout: 2 * ANSWER_MS,
    // What waited for a reconnection would be done long after the person had been told that it failed.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (times) => Math.min(times * 50, LONGEST_PAUSE_MS),
    scripts: Object.fromEntries(
      Object.entries(REDIS_SCRIPTS).map(([name, lua]) => [name, { lua, numberOfKeys: 2 }]),
    ),
  });
  const commands = redis as unknown as Commands;
  let isClosed = false;
  let lastError: Error | undefined;
  // Steps tell what is wrong; without a listener ioredis would print it.
  redis.on("error", (error: Error) => {
    lastError = error;
  });

  async function translated<T>(wrote: boolean, step: () => Promise<T>): Promise<T> {
    try {
      return await step();
    } catch (error) {
      throw fromRedis(error, database, wrote, isClosed);
    }
  }
  const commit = (seen: readonly KeyText[], changes: readonly KeyText[]) =>
    translated(true, async () => {
      const flat = [...seen, ...changes].flatMap(({ key, text }) =>
        text === undefined ? [key, "0", ""] : [key, "1", text],
      );
      return (await commands.clozeCommit(RECORDS, KEYS, String(seen.length), ...flat)) === 1;
    });

  const durability = await connect();

  const backend: RedisBackend = {
    durability,
    get: (key) => translated(false, async () => (await redis.hget(RECORDS, key)) ?? undefined),
    commit,
    async *list(prefix) {
      const end = `(${prefix}\u{10FFFF}`;
      let from = `[${prefix}`;
      for (;;) {
        const rows = await translated(
          false,
          () => commands.clozePage(RECORDS, KEYS, from, end, String(PAGE)) as Promise<string[]>,
        );
        for (let i = 0; i < rows.length; i += 2) yield [rows[i]!, rows[i + 1]!];
        if (rows.length < 2 * PAGE) return;
        from = `(${rows.at(-2)}`;
      }
    },
    all: () => translated(false, async () => new Map(Object.entries(await redis.hgetall(RECORDS)))),
    replaceAll: (records, now) =>
      translated(true, async () => {
        const fresh = ["cloze:{store}:restoring-records", "cloze:{store}:restoring-keys"] as const;
        await redis.del(...fresh);
        for (const group of inGroups(records, PAGE)) {
          await redis.hset(fresh[0], ...group.flat());
          await redis.zadd(fresh[1], ...group.flatMap(([key]) => [0, key]));
        }
        const isReplacing = (await redis.exists(RECORDS)) === 1;
        const kept = `cloze:{store}:replaced-${now}`;
        const step = redis.multi();
        if (isReplacing) step.rename(RECORDS, kept);
        step.del(KEYS);
        // Nothing was made for a backup without records.
        if ((await redis.exists(fresh[0])) === 1) step.rename(fresh[0], RECORDS).rename(fresh[1], KEYS);
        await step.exec();
        return isReplacing ? kept : undefined;
      }),
    others: () =>
      translated(false, async () => {
        const clients = (await redis.client("LIST")) as string;
        const ours = (line: string) =>
          line.includes(` name=${CONNECTION_NAME} `) && line.includes(` db=${redis.options.db ?? 0} `);
        return clients.split("\n").filter(ours).length - 1;
      }),
    keyv(namespace) {
      const adapter: KeyvStoreAdapter = {
        opts: {},
        namespace,
        on: () => adapter,
        get: (key) => backend.get(key) as never,
        set: (key, text: string) => commit([], [{ key, text }]),
        delete: (key) => translated(true, async () => (await commands.clozeDelete(RECORDS, KEYS, key)) === 1),
        clear: () =>
          translated(true, async () => {
            await commands.clozeClear(RECORDS, KEYS, `[${namespace}:`, `(${namespace}:\u{10FFFF}`);
          }),
      };
      return adapter;
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      // Answers come in order, so what was asked before is answered first.
      await redis.quit().catch(() => redis.disconnect());
    },
  };
  return backend;

  async function connect(): Promise<Durability> {
    try {
      await redis.connect();
      // By itself ioredis would go on in database 0 when the one in the address does not exist.
      await redis.select(redis.options.db ?? 0);
      return await redisDurability(redis, database);
    } catch (error) {
      redis.disconnect();
      if (error instanceof StoreError) throw error;
      const cause = lastError ?? error;
      const known = fromRedis(cause, database, false, false);
      throw known instanceof StoreError && known.code !== "store-failed"
        ? known
        : storeError("store-unreachable", database, cause);
    }
  }
}

function* inGroups<T>(items: Iterable<T>, size: number): Generator<T[]> {
  let group: T[] = [];
  for (const item of items) {
    group.push(item);
    if (group.length < size) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}
