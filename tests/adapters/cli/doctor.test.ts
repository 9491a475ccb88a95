import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { examine, type Finding } from "../../../src/adapters/cli/doctor.ts";
import { openStore } from "../../../src/bot/store/open-store.ts";

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
    openStore,
    ...parts,
  });
  for await (const finding of all) findings.push(finding);
  return findings;
}
const about = (findings: readonly Finding[], what: string) =>
  findings.filter((finding) => finding.about === what);

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

test("another Node than the pinned one is a warning", async () => {
  expect(about(await report({ runningNode: "22.1.0" }), "node")[0]).toMatchObject({
    level: "warning",
    message: expect.stringContaining("26.10.0"),
  });
});
