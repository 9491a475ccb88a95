import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { openMemoryStore, openStore } from "../../../src/bot/store/open-store.ts";
import { storeContract } from "../../contracts/store.contract.ts";

const directories: string[] = [];
afterAll(() => Promise.all(directories.map((path) => rm(path, { recursive: true }))));

storeContract("memory", async () => openMemoryStore());
storeContract("SQLite file", async () => {
  const directory = await mkdtemp(join(tmpdir(), "cloze-store-"));
  directories.push(directory);
  return openStore(directory);
});
