// Installs what package-lock.json names when node_modules is missing or older. Plain JavaScript without
// dependencies, for it runs before anything is installed, under whatever Node the system has.
import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const lock = `${root}package-lock.json`;
// npm writes this file last, so an interrupted installation is started again.
const installed = `${root}node_modules/.package-lock.json`;

if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(lock).mtimeMs) {
  console.error("cloze: installing packages (once; about a minute) …");
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const result = spawnSync(npm, ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
    shell: process.platform === "win32",
    // onnxruntime-node's own script would download CUDA libraries that Cloze does not use.
    env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: "skip" },
  });
  if (result.status !== 0) {
    console.error(
      "cloze: npm could not install the packages; its message is above. Mend that, then run the command again.",
    );
    process.exit(result.status ?? 1);
  }
  console.error("cloze: packages are installed.");
}
