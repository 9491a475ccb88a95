import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { examine, type Finding } from "../../../src/adapters/cli/doctor.ts";
import { clockAgainst } from "../../../src/adapters/cli/doctor-clock.ts";
import { readDoctorArguments } from "../../../src/adapters/cli/doctor-platforms.ts";
import { openConfiguredStore, openStore } from "../../../src/bot/store/open-store.ts";
import { describeWithRedis } from "../../describe-with-redis.ts";
import { startRedis } from "../../redis-server.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "cloze-doctor-"));
  writeModel("weights", "weights");
});

/** A model of one small file; the manifest describes `promised`, the disk holds `held`. */
function writeModel(promised: string, held: string): void {
  mkdirSync(join(directory, "models/tiny"), { recursive: true });
  writeFileSync(join(directory, "models/tiny/a.onnx"), held);
  const file = {
    path: "a.onnx",
    bytes: promised.length,
    sha256: createHash("sha256").update(promised).digest("hex"),
  };
  const model = {
    id: "tiny",
    name: "Tiny",
    family: "decoder-only",
    kind: "base",
    parameters: 1,
    contextLength: 8,
    licence: "Apache-2.0",
    source: "a test",
    trainingDataReleased: true,
    purpose: "Being checked.",
    recipe: "none",
    files: [file],
  };
  writeFileSync(join(directory, "models/manifest.json"), JSON.stringify({ models: [model] }));
}

async function report(parts: Partial<Parameters<typeof examine>[0]> = {}): Promise<Finding[]> {
  const findings: Finding[] = [];
  const all = examine({
    directory,
    variables: {},
    modelsDirectory: join(directory, "models"),
    pinnedNode: "26.10.0",
    runningNode: "26.10.0",
    openStore: openConfiguredStore,
    online: undefined,
    availableBytes: 8e9,
    ...parts,
  });
  for await (const finding of all) findings.push(finding);
  return findings;
}
const about = (findings: readonly Finding[], what: string) =>
  findings.filter((finding) => finding.about === what);

test("the hashing of a model says how far it is, up to its end", async () => {
  writeModel("w".repeat(300_000), "w".repeat(300_000));
  const told: string[] = [];
  await report({ onProgress: (text) => told.push(text) });
  // Read in pieces of 64 KiB: 65,536 of 300,000 bytes first.
  expect(told[0]).toBe("hashing model tiny: 21 % of 0 MB");
  expect(told.at(-1)).toBe("hashing model tiny: 100 % of 0 MB");
});

test("a sound installation has no error, and each part is named", async () => {
  const findings = await report();
  expect(findings.filter(({ level }) => level === "error")).toEqual([]);
  expect(findings.map((finding) => finding.about)).toEqual(
    expect.arrayContaining([
      "node",
      "configuration",
      "clock",
      "data",
      "store",
      "discord",
      "slack",
      "web",
      "model tiny",
      "memory",
    ]),
  );
});

describe("models", () => {
  test.each([
    ["truncated", "weig", /truncated.*Restore it with: git -C/],
    ["grown", "weights!", /has grown/],
    ["changed", "weighty", /other contents.*SHA-256/],
  ])("a %s file is an error that names it and the command that restores it", async (_how, held, message) => {
    writeModel("weights", held);
    expect(about(await report(), "model tiny")).toEqual([
      { level: "error", about: "model tiny", message: expect.stringMatching(message) },
    ]);
    expect(about(await report(), "model tiny")[0]!.message).toContain("a.onnx");
  });

  test("an unreadable manifest is an error", async () => {
    writeFileSync(join(directory, "models/manifest.json"), "{");
    expect(about(await report(), "models")[0]).toMatchObject({ level: "error" });
  });
});

test("every problem of the configuration is an error of its own, and the rest is still looked at", async () => {
  writeFileSync(join(directory, ".env"), "CLOZE_WEB_PORT=seven\nCLOZE_LOG_LEVEL=loud\n");
  const findings = await report();
  expect(about(findings, "configuration").map(({ level }) => level)).toEqual(["error", "error"]);
  expect(about(findings, "model tiny")).toHaveLength(1);
});

test("a store in use is no error; a damaged one is", async () => {
  const open = openStore(join(directory, "data"));
  expect(about(await report(), "store")).toEqual([
    { level: "ok", about: "store", message: "is in use by a Cloze that is running" },
  ]);
  await open.close();
  const broken = join(directory, "broken");
  mkdirSync(broken);
  writeFileSync(
    join(broken, "cloze.db"),
    "this is no database, and long enough to be taken for one".repeat(100),
  );
  writeFileSync(join(directory, ".env"), "CLOZE_DATA_DIR=broken\n");
  expect(about(await report(), "store")[0]).toMatchObject({ level: "error" });
});

describeWithRedis("a store in Redis", () => {
  test.each([
    [{}, "ok", /on Redis's disk \(appendonly yes, appendfsync always\)/],
    [{ appendonly: "no" }, "warning", /Set appendonly to yes and appendfsync to always/],
    [{ maxmemory: "50mb", "maxmemory-policy": "allkeys-lru" }, "error", /set it to noeviction/],
  ] as const)("with %j is %s", async (settings, level, message) => {
    const redis = await startRedis(settings);
    onTestFinished(() => redis.stop());
    expect(about(await report({ variables: { REDIS_URL: redis.url } }), "store")).toEqual([
      { level, about: "store", message: expect.stringMatching(message) },
    ]);
  });
});

test("a Redis that does not answer is an error that names it without its password", async () => {
  // Port 1 of loopback: nobody listens there.
  const variables = { REDIS_URL: "redis://:planted-password@127.0.0.1:1" };
  const [found] = about(await report({ variables }), "store");
  expect(found).toMatchObject({ level: "error", message: expect.stringContaining("redis://127.0.0.1:1") });
  expect(found!.message).not.toContain("planted-password");
});

test("another Node than the pinned one is a warning", async () => {
  expect(about(await report({ runningNode: "22.1.0" }), "node")[0]).toMatchObject({
    level: "warning",
    message: expect.stringContaining("26.10.0"),
  });
});

describe("memory against what is configured", () => {
  // The tiny model is 7 bytes, counted 4.8 times; KV memory is 512 + 64 MB by default, Cloze itself takes 200 MB.
  test.each([
    [776e6 + 34, "ok", /at most 776 MB/],
    [
      776e6 + 33,
      "warning",
      /776 MB available, and a full class can take 776 MB.*running requests up to 576 MB/,
    ],
    [199e6, "error", /199 MB available/],
  ])("%d bytes are %s", async (availableBytes, level, message) => {
    expect(about(await report({ availableBytes }), "memory")).toEqual([
      { level, about: "memory", message: expect.stringMatching(message) },
    ]);
  });
});

describe("platforms", () => {
  const tokens = { DISCORD_TOKEN: "planted0discord.Gx1.planted1discord2token" };
  const nothing = async function* () {};

  test("are asked, and what they find is told as their own", async () => {
    const online = {
      async *discord() {
        yield { level: "error", message: "Discord does not know the token." } as const;
      },
      slack: nothing,
      clocks: { discord: "http://127.0.0.1:1/", slack: "http://127.0.0.1:1/" },
      now: () => 0,
    };
    const findings = await report({ variables: tokens, online });
    expect(about(findings, "discord")).toEqual([
      { level: "error", about: "discord", message: "Discord does not know the token." },
    ]);
    // A clock that nobody could be asked about is not judged; the course's own line remains.
    expect(about(findings, "clock")).toHaveLength(1);
  });

  test("are not asked with --offline, which is said", async () => {
    expect(about(await report({ variables: tokens }), "discord")[0]!.message).toContain(
      "not tried (--offline)",
    );
    expect(readDoctorArguments(["--offline"])).toEqual({ offline: true });
    expect(readDoctorArguments([])).toEqual({ offline: false });
    expect(() => readDoctorArguments(["--fix"])).toThrow("cloze doctor takes --offline");
  });

  test.each([
    [10, "ok", /agrees with 127\.0\.0\.1:\d+ to 10 s/],
    [90, "warning", /90 s ahead of/],
    [-3600, "error", /3600 s behind.*set-ntp true/],
  ])("a clock %d s off is %s", async (seconds, level, message) => {
    const server = createServer((_, response) => {
      response.setHeader("Date", new Date(1_800_000_000_000).toUTCString());
      response.writeHead(401).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const here = 1_800_000_000_500 + seconds * 1000;
    expect(await clockAgainst(`http://127.0.0.1:${port}/`, () => here)).toMatchObject({
      level,
      message: expect.stringMatching(message),
    });
  });
});
