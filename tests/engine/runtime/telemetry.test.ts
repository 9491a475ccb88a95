import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { continuation } from "../collect.ts";
import { createTinyModelsDir } from "../tiny-models.ts";

test("running a model leaves no identifier of the machine in its user's home, and reports to nobody", async () => {
  const models = createTinyModelsDir();
  const home = mkdtempSync(join(tmpdir(), "cloze-home-"));
  onTestFinished(() => {
    models.remove();
    rmSync(home, { recursive: true });
  });
  const temporary = join(home, "tmp");
  mkdirSync(temporary);
  const script = fileURLToPath(new URL("./print-outputs.ts", import.meta.url));
  const requests = [continuation("The nice", { maxNewTokens: 2 })];
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", script, models.modelsDir, JSON.stringify(requests)],
    // Without the variables of continuous integration, where the library keeps quiet by itself.
    { env: { HOME: home, TMPDIR: temporary } },
  );
  expect(JSON.parse(stdout)).toHaveLength(1);
  expect(stderr).toBe("");
  expect(readdirSync(home, { recursive: true })).toEqual(["tmp"]);
});
