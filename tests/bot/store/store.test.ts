import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { openConfiguredStore, openMemoryStore, openStore } from "../../../src/bot/store/open-store.ts";
import { storeContract } from "../../contracts/store.contract.ts";
import { describeWithRedis } from "../../describe-with-redis.ts";
import { type RedisServer, startRedis } from "../../redis-server.ts";

const directories: string[] = [];
afterAll(() => Promise.all(directories.map((path) => rm(path, { recursive: true }))));

storeContract("memory", async () => openMemoryStore());
storeContract("SQLite file", async () => {
  const directory = await mkdtemp(join(tmpdir(), "cloze-store-"));
  directories.push(directory);
  return openStore(directory);
});

describeWithRedis("Redis", () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.stop());

  storeContract("Redis", async () => {
    await server.flush();
    return (await openConfiguredStore({ dataDirectory: "none", redisUrl: server.url })).store;
  });
});
