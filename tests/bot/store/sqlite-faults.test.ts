import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, open, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { fromSqlite } from "../../../src/bot/store/errors.ts";
import { openStore } from "../../../src/bot/store/open-store.ts";

let directory: string;
let file: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "cloze-store-"));
  file = join(directory, "cloze.db");
});
afterEach(() => rm(directory, { recursive: true, force: true }));

describe("SQLite store on disk", () => {
  test("has everything again after a restart", async () => {
    const first = openStore(directory);
    await first.namespace("vote", z.string()).set("anna", "b");
    await first.close();
    const second = openStore(directory);
    expect(await second.namespace("vote", z.string()).get("anna")).toBe("b");
    await second.close();
  });

  test("is there for another process's reading while it runs", async () => {
    const store = openStore(directory);
    await store.namespace("vote", z.string()).set("anna", "b");
    const reader = new DatabaseSync(file, { readOnly: true });
    expect(reader.prepare("SELECT key FROM records").all()).toEqual([{ key: "vote:anna" }]);
    reader.close();
    await store.close();
  });

  test("keeps each acknowledged write when the process is killed in the middle of a burst", async () => {
    const script = `
      import { openStore } from ${JSON.stringify(new URL("../../../src/bot/store/open-store.ts", import.meta.url).href)};
      import { z } from "zod";
      const votes = openStore(${JSON.stringify(directory)}).namespace("vote", z.number());
      for (let round = 0; ; round++) {
        await Promise.all(Array.from({ length: 20 }, async (_, i) => {
          await votes.set(\`\${round}/\${i}\`, round);
          process.stdout.write(\`\${round}/\${i}\\n\`);
        }));
      }`;
    // The script stands in the project, so that it finds the packages.
    const child = spawn(process.execPath, ["--input-type=module-typescript", "-e", script], {
      cwd: new URL("../../..", import.meta.url),
      stdio: ["ignore", "pipe", "inherit"],
    });
    const acknowledged: string[] = [];
    for await (const line of createInterface(child.stdout)) {
      acknowledged.push(line);
      if (acknowledged.length === 333) child.kill("SIGKILL");
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    expect(acknowledged.length).toBeGreaterThanOrEqual(333);

    const store = openStore(directory);
    const votes = store.namespace("vote", z.number());
    const lost = [];
    for (const key of acknowledged) if ((await votes.get(key)) === undefined) lost.push(key);
    expect(lost).toEqual([]);
    await store.close();
  });

  test("refuses a second Cloze on the same directory, and lets it in after the first has closed", async () => {
    const first = openStore(directory);
    expect(() => openStore(directory)).toThrow(
      expect.objectContaining({ name: "StoreError", code: "store-in-use", database: file }),
    );
    await first.close();
    await openStore(directory).close();
  });

  test("says that another program holds the lock, writes nothing, and works again afterwards", async () => {
    const store = openStore(directory, { busyTimeoutMs: 0 });
    const votes = store.namespace("vote", z.string());
    const other = new DatabaseSync(file);
    other.exec("BEGIN IMMEDIATE");
    await expect(votes.set("anna", "b")).rejects.toMatchObject({ code: "store-locked" });
    expect(await votes.get("anna")).toBeUndefined();
    other.exec("ROLLBACK");
    await votes.set("anna", "b");
    expect(await votes.get("anna")).toBe("b");
    other.close();
    await store.close();
  });

  test("does not start half on a database that is locked", async () => {
    await openStore(directory).close();
    const other = new DatabaseSync(file);
    other.exec("BEGIN IMMEDIATE");
    expect(() => openStore(directory, { busyTimeoutMs: 0 })).toThrow(
      expect.objectContaining({
        code: "store-locked",
        message: expect.stringContaining("Close that program"),
      }),
    );
    other.close();
    await openStore(directory).close();
  });

  test("a full database refuses the write, keeps what it acknowledged, and takes small ones again", async () => {
    const store = openStore(directory, { maxPages: 12 });
    const texts = store.namespace("text", z.string());
    await texts.set("first", "kept");
    await expect(texts.set("big", "x".repeat(200_000))).rejects.toMatchObject({
      code: "store-full",
      message: expect.stringContaining("The disk is full"),
    });
    expect(await texts.get("first")).toBe("kept");
    expect(await texts.get("big")).toBeUndefined();
    await texts.set("second", "kept too");
    expect(await texts.get("second")).toBe("kept too");
    await store.close();
  });

  test("the writes that shared a transaction with a failing one are all refused, none is half there", async () => {
    const store = openStore(directory, { maxPages: 12 });
    const texts = store.namespace("text", z.string());
    const told = await Promise.allSettled([texts.set("a", "1"), texts.set("big", "x".repeat(200_000))]);
    expect(told.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(await texts.get("a")).toBeUndefined();
    await store.close();
  });

  test("translates SQLite's own refusal to write a read-only database", async () => {
    await openStore(directory).close();
    const readOnly = new DatabaseSync(file, { readOnly: true });
    let thrown: unknown;
    try {
      readOnly.exec("DELETE FROM records");
    } catch (error) {
      thrown = error;
    }
    readOnly.close();
    expect(fromSqlite(thrown, file)).toMatchObject({
      code: "store-read-only",
      message: expect.stringContaining("write permission"),
    });
  });

  test("refuses a file that is no database, and leaves it as it is", async () => {
    await writeFile(file, "notes of the lecture ".repeat(300));
    expect(() => openStore(directory)).toThrow(
      expect.objectContaining({ code: "store-corrupt", message: expect.stringContaining("backup") }),
    );
    expect(await readFile(file, "utf8")).toMatch(/^notes of the lecture/);
  });

  test("refuses another program's database, and leaves it as it is", async () => {
    const other = new DatabaseSync(file);
    other.exec("CREATE TABLE cookies (name)");
    other.close();
    const before = await readFile(file);
    expect(() => openStore(directory)).toThrow(/another program's database/);
    expect(await readFile(file)).toEqual(before);
  });

  test("refuses a damaged database at start", async () => {
    const store = openStore(directory);
    const texts = store.namespace("text", z.string());
    for (let i = 0; i < 40; i++) await texts.set(`key-${i}`, "y".repeat(2_000));
    await store.close();
    const handle = await open(file, "r+");
    const { size } = await handle.stat();
    // Every page but the first: some of them are inner pages of the tree.
    await handle.write(Buffer.alloc(size - 4096, 0xa5), 0, size - 4096, 4096);
    await handle.close();
    expect(() => openStore(directory)).toThrow(expect.objectContaining({ code: "store-corrupt" }));
  });

  test("refuses a directory that can't be made", async () => {
    await writeFile(join(directory, "file"), "");
    expect(() => openStore(join(directory, "file", "data"))).toThrow(
      expect.objectContaining({ code: "store-cannot-open" }),
    );
  });

  test("finishes what was asked before closing, and says that it is closed afterwards", async () => {
    const store = openStore(directory);
    const votes = store.namespace("vote", z.string());
    const written = votes.set("anna", "b");
    await store.close();
    await written;
    await expect(votes.set("ben", "a")).rejects.toMatchObject({ code: "store-closed" });
    await expect(votes.get("anna")).rejects.toMatchObject({ code: "store-closed" });
    const again = openStore(directory);
    expect(await again.namespace("vote", z.string()).get("anna")).toBe("b");
    await again.close();
  });
});
