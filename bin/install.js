// Installs what package-lock.json names when it is missing or older: what Cloze runs with, and with the argument "dev"
// also what its tests, checks and benches need. Plain JavaScript without dependencies, for it runs before anything is
// installed, under whatever Node the system has.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const isDev = basename(process.argv[1] ?? "") === "install.js" && process.argv[2] === "dev";
const lock = `${root}package-lock.json`;
// npm writes this file last, so an interrupted installation is started again.
const installed = `${root}node_modules/.package-lock.json`;
const isFresh = existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs;

if (!isFresh) npm(["ci", isDev || hasDev() ? "--include=dev" : "--omit=dev"]);
// Adds to what is there: a classroom that runs from this folder must not lose its packages.
else if (isDev && !hasDev()) npm(["install", "--no-save", "--include=dev"]);

/** Whether the packages of tests and checks are there: who has had them keeps them. */
function hasDev() {
  const { devDependencies } = JSON.parse(readFileSync(`${root}package.json`, "utf8"));
  return Object.keys(devDependencies).every((name) => existsSync(`${root}node_modules/${name}/package.json`));
}

function npm(command) {
  console.error("cloze: installing packages (once; about a minute) …");
  const program = process.platform === "win32" ? "npm.cmd" : "npm";
  const result = spawnSync(program, [...command, "--no-audit", "--no-fund", "--loglevel=error"], {
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
