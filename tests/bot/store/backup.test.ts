import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { backUp, restore } from "../../../src/bot/store/backup.ts";
import { openConfiguredStore } from "../../../src/bot/store/open-store.ts";
import type { Store } from "../../../src/bot/store/store.ts";
import { describeWithRedis } from "../../describe-with-redis.ts";
import { type RedisServer, startRedis } from "../../redis-server.ts";

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "cloze-backup-"));
  file = join(directory, "out", "term.db");
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

interface Place {
  readonly dataDirectory: string;
  readonly redisUrl?: string;
}
const NOW = Date.UTC(2026, 10, 27);

/** @param fresh A place of a store that has nothing yet, each time another. */
function backupSuite(fresh: () => Promise<Place>): void {
  const votesOf = (store: Store) => store.namespace("vote", z.string());
  async function contents(place: Place): Promise<[string, string][]> {
    const { store } = await openConfiguredStore(place);
    const all: [string, string][] = [];
    for await (const [key, value] of votesOf(store).list("")) all.push([key, value]);
    await store.close();
    return all;
  }
  async function filled(records: Readonly<Record<string, string>>): Promise<Place> {
    const place = await fresh();
    const { store } = await openConfiguredStore(place);
    for (const [key, value] of Object.entries(records)) await votesOf(store).set(key, value);
    await store.close();
    return place;
  }

  test("holds everything, and gives it back to a store that has nothing", async () => {
    const place = await filled({ anna: "a", "ben/2": "b", "😀": "é\n" });
    expect(await backUp(place, file)).toMatchObject({ file, records: 3 });
    const other = await fresh();
    expect(await restore(other, file, { replace: false, now: NOW })).toEqual({ records: 3, kept: undefined });
    expect(await contents(other)).toEqual(await contents(place));
  });

  test("is of one moment, while pairs that belong together are being written", async () => {
    const place = await fresh();
    const { store } = await openConfiguredStore(place);
    const votes = votesOf(store);
    await store.commit([], [votes.put("x", "0"), votes.put("y", "0")]);
    let isWriting = true;
    const writing = (async () => {
      for (let n = 1; isWriting; n++) {
        await store.commit([], [votes.put("x", String(n)), votes.put("y", String(n))]);
      }
    })();
    for (let i = 0; i < 5; i++) {
      const each = join(directory, `moment-${i}.db`);
      await backUp(place, each);
      const other = { dataDirectory: join(directory, `from-${i}`) };
      await restore(other, each, { replace: false, now: NOW });
      const seen = new Map(await contents(other));
      expect(seen.get("x")).toBe(seen.get("y"));
    }
    isWriting = false;
    await writing;
    await store.close();
  });

  test("is put over other records only when asked, and those are kept", async () => {
    await backUp(await filled({ anna: "from the backup" }), file);
    const place = await filled({ anna: "newer", ben: "x" });
    await expect(restore(place, file, { replace: false, now: NOW })).rejects.toMatchObject({
      code: "restore-over",
      message: expect.stringContaining("--replace"),
    });
    expect(await contents(place)).toHaveLength(2);
    const { kept } = await restore(place, file, { replace: true, now: NOW });
    expect(kept).toContain(`replaced-${NOW}`);
    expect(await contents(place)).toEqual([["anna", "from the backup"]]);
  });

  test("is not put under a Cloze that is running", async () => {
    await backUp(await filled({ anna: "a" }), file);
    const place = await fresh();
    const { store } = await openConfiguredStore(place);
    await expect(restore(place, file, { replace: true, now: NOW })).rejects.toMatchObject({
      code: "store-in-use",
    });
    await store.close();
  });

  test("overwrites no file", async () => {
    const place = await filled({ anna: "a" });
    await backUp(place, file);
    await expect(backUp(place, file)).rejects.toMatchObject({ code: "backup-exists" });
    expect(readdirSync(join(directory, "out"))).toEqual(["term.db"]);
  });

  test("damaged or something else, it is refused before anything changes", async () => {
    const place = await filled({ anna: "a" });
    writeFileSync(join(directory, "notes.db"), "notes of the lecture ".repeat(300));
    await expect(
      restore(place, join(directory, "notes.db"), { replace: true, now: NOW }),
    ).rejects.toMatchObject({ code: "store-corrupt" });
    await expect(
      restore(place, join(directory, "none.db"), { replace: true, now: NOW }),
    ).rejects.toMatchObject({
      code: "backup-missing",
    });
    expect(await contents(place)).toEqual([["anna", "a"]]);
  });
}

describe("a backup of SQLite", () => {
  let stores = 0;
  const fresh = async () => ({ dataDirectory: join(directory, `data-${stores++}`) });
  backupSuite(fresh);

  test("takes the place of a database that is damaged", async () => {
    const place = await fresh();
    const { store } = await openConfiguredStore(place);
    await store.namespace("vote", z.string()).set("anna", "a");
    await store.close();
    await backUp(place, file);
    writeFileSync(join(place.dataDirectory, "cloze.db"), "damaged");
    await restore(place, file, { replace: true, now: NOW });
    const again = await openConfiguredStore(place);
    expect(await again.store.namespace("vote", z.string()).get("anna")).toBe("a");
    await again.store.close();
  });
});

describeWithRedis("a backup of Redis", () => {
  let server: RedisServer;
  let databases = 0;
  beforeAll(async () => {
    server = await startRedis({ databases: "64" });
  });
  afterAll(() => server.stop());
  backupSuite(async () => ({ dataDirectory: "none", redisUrl: `${server.url}/${databases++}` }));

  test("moves a data directory's records into Redis", async () => {
    const from = { dataDirectory: join(directory, "data") };
    const { store } = await openConfiguredStore(from);
    await store.namespace("vote", z.string()).set("anna", "a");
    await store.close();
    await backUp(from, file);
    const to = { dataDirectory: "none", redisUrl: `${server.url}/${databases++}` };
    await restore(to, file, { replace: false, now: NOW });
    const opened = await openConfiguredStore(to);
    expect(await opened.store.namespace("vote", z.string()).get("anna")).toBe("a");
    await opened.store.close();
  });
});
