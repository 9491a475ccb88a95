#!/usr/bin/env node
// Starts Cloze under the Node that the lock file pins. Plain JavaScript, so that it runs under any Node.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

await import("./install.js");
const root = fileURLToPath(new URL("..", import.meta.url));
const pinned = `${root}node_modules/node/bin/node${process.platform === "win32" ? ".exe" : ""}`;
if (!existsSync(pinned)) {
  console.error(
    `cloze: the pinned Node is missing at ${pinned}. Run "npm ci" with install scripts allowed for the package "node".`,
  );
  process.exit(1);
}
const child = spawn(
  pinned,
  ["--disable-warning=ExperimentalWarning", `${root}src/main.ts`, ...process.argv.slice(2)],
  {
    stdio: "inherit",
    // Compiled code is kept: the second start takes half the time.
    env: { NODE_COMPILE_CACHE: `${root}node_modules/.cache/cloze`, ...process.env },
  },
);
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 143)));
