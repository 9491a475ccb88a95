/** What `npm start` and `npm test` install, by the real npm in a small project of local packages. */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";

const INSTALL = fileURLToPath(new URL("../../bin/install.js", import.meta.url));
let root: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "cloze-install-"));
  for (const name of ["runs", "checks"]) {
    mkdirSync(join(root, name));
    writeFileSync(join(root, name, "package.json"), JSON.stringify({ name, version: "1.0.0" }));
  }
  mkdirSync(join(root, "bin"));
  cpSync(INSTALL, join(root, "bin/install.js"));
  const dependencies = { dependencies: { runs: "file:runs" }, devDependencies: { checks: "file:checks" } };
  writeFileSync(
    join(root, "package.json"),
    JSON.stringify({ name: "small", version: "1.0.0", type: "module", ...dependencies }),
  );
  execFileSync("npm", ["install", "--package-lock-only", "--offline", "--no-audit"], { cwd: root });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Runs it, and gives which packages are there. */
function install(...given: string[]): string[] {
  execFileSync(process.execPath, [join(root, "bin/install.js"), ...given], { stdio: "pipe" });
  return ["runs", "checks"].filter((name) => existsSync(join(root, "node_modules", name)));
}

/** As a pull would leave it. */
function touchLock(): void {
  const later = new Date(Date.now() + 60_000);
  utimesSync(join(root, "package-lock.json"), later, later);
}

test("running needs no packages of tests; tests add them; who has them keeps them", {
  timeout: 120_000,
}, () => {
  expect(install()).toEqual(["runs"]);
  expect(install("dev")).toEqual(["runs", "checks"]);
  expect(install()).toEqual(["runs", "checks"]);
  touchLock();
  expect(install()).toEqual(["runs", "checks"]);
});
