import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import type { StoreError } from "../../../src/bot/store/errors.ts";
import { openConfiguredStore } from "../../../src/bot/store/open-store.ts";
import type { Store } from "../../../src/bot/store/store.ts";
import { describeWithRedis } from "../../describe-with-redis.ts";
import { type RedisServer, startRedis } from "../../redis-server.ts";

describeWithRedis("store on Redis", () => {
  let server: RedisServer;
  const stores: Store[] = [];
  beforeEach(async () => {
    server = await startRedis();
  });
  afterEach(async () => {
    await Promise.all(stores.splice(0).map((store) => store.close()));
    await server.stop();
  });

  async function open(path = "") {
    const opened = await openConfiguredStore({ dataDirectory: "none", redisUrl: server.url + path });
    stores.push(opened.store);
    return opened;
  }
  async function votesOf({ store }: { store: Store }) {
    return store.namespace("vote", z.string());
  }
  /** Tries until it works: the connection comes back by itself. */
  async function untilDone<T>(step: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await step();
      } catch (error) {
        expect(error).toMatchObject({ code: expect.stringMatching(/^store-un(reachable|certain)$/) });
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
  }

  test("two processes see each other's records, and one of them wins a claim", async () => {
    const [a, b] = await Promise.all([votesOf(await open()), votesOf(await open())]);
    await a.set("anna", "b");
    expect(await b.get("anna")).toBe("b");
    const won = await Promise.all([a, b, a, b].map((votes, i) => votes.setIfAbsent("claim", String(i))));
    expect(won.filter(Boolean)).toHaveLength(1);
  });

  test("says at start whether what is acknowledged is on disk, and what to set when it is not", async () => {
    expect((await open()).durability).toMatchObject({ isFull: true });
    for (const [settings, words] of [
      [{ appendfsync: "everysec" }, /appendfsync is everysec.*last second or two.*appendfsync to always/],
      [{ appendonly: "no" }, /appendonly is no.*appendonly to yes/],
    ] as const) {
      const other = await startRedis(settings);
      const { store, durability } = await openConfiguredStore({ dataDirectory: "none", redisUrl: other.url });
      expect(durability).toMatchObject({ isFull: false, message: expect.stringMatching(words) });
      await store.close();
      await other.stop();
    }
  });

  test("refuses a Redis that may throw records away to make room", async () => {
    const other = await startRedis({ maxmemory: "50mb", "maxmemory-policy": "allkeys-lru" });
    await expect(openConfiguredStore({ dataDirectory: "none", redisUrl: other.url })).rejects.toMatchObject({
      code: "store-cannot-open",
      message: expect.stringContaining("noeviction"),
    });
    await other.stop();
  });

  test("refuses a replica, a wrong password and a database that is not there, without showing the password", async () => {
    const locked = await startRedis({ requirepass: "right" });
    const address = (url: string) => openConfiguredStore({ dataDirectory: "none", redisUrl: url });
    await expect(address(locked.url.replace("//", "//:wrong@"))).rejects.toMatchObject({
      code: "store-cannot-open",
      message: expect.not.stringContaining("wrong@"),
    });
    await expect(address(locked.url)).rejects.toMatchObject({ code: "store-cannot-open" });
    await (await address(locked.url.replace("//", "//:right@"))).store.close();
    await locked.stop();
    await expect(address(`${server.url}/99`)).rejects.toMatchObject({ code: "store-cannot-open" });
    const replica = await startRedis({ replicaof: `127.0.0.1 ${server.port}` });
    await expect(address(replica.url)).rejects.toMatchObject({
      code: "store-read-only",
      message: expect.stringContaining("primary"),
    });
    await replica.stop();
  });

  test("refuses to start when nothing answers there", async () => {
    await server.kill();
    await expect(open()).rejects.toMatchObject({
      code: "store-unreachable",
      message: expect.stringContaining("Start it, or check its address"),
    });
  });

  test("killed and started again, it has everything acknowledged; meanwhile each vote is refused", async () => {
    const votes = await votesOf(await open());
    const acknowledged: string[] = [];
    const cast = async (i: number) => {
      await votes.set(`before/${i}`, "a");
      acknowledged.push(`before/${i}`);
    };
    const burst = Array.from({ length: 400 }, (_, i) => cast(i));
    const settled = Promise.allSettled(burst);
    await burst[150];
    await server.kill();
    const told = await settled;
    for (const each of told) {
      if (each.status === "rejected") expect(each.reason).toMatchObject({ code: "store-uncertain" });
    }
    // One that is sent before the client has noticed is told to be uncertain; then all are refused at once.
    const refusals: string[] = [];
    while (refusals.at(-1) !== "store-unreachable") {
      const refused = await votes.set("meanwhile", "a").catch((error: StoreError) => error.code);
      expect(refused).toMatch(/^store-un(reachable|certain)$/);
      refusals.push(refused!);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await server.start();
    await untilDone(() => votes.set("after", "a"));
    const lost = [];
    for (const key of acknowledged) if ((await votes.get(key)) === undefined) lost.push(key);
    expect(acknowledged.length).toBeGreaterThan(150);
    expect(lost).toEqual([]);
    expect(await votes.get("meanwhile")).toBeUndefined();
  });

  test("full, it refuses the write and keeps what it acknowledged", async () => {
    const small = await startRedis({ maxmemory: "3mb", "maxmemory-policy": "noeviction" });
    const { store } = await openConfiguredStore({ dataDirectory: "none", redisUrl: small.url });
    const texts = store.namespace("text", z.string());
    let kept = 0;
    const fill = async () => {
      for (; kept < 200; kept++) await texts.set(String(kept), "x".repeat(50_000));
    };
    await expect(fill()).rejects.toMatchObject({ code: "store-full" });
    for (let i = 0; i < kept; i++) expect((await texts.get(String(i)))?.length).toBe(50_000);
    await store.close();
    await small.stop();
  });

  test("says that it is closed after it has been closed", async () => {
    const opened = await open();
    const votes = await votesOf(opened);
    const written = votes.set("anna", "b");
    await opened.store.close();
    await written;
    await expect(votes.set("ben", "a")).rejects.toMatchObject({ code: "store-closed" });
  });
});
