import { type ChildProcessByStdio, spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";

const LAUNCHER = fileURLToPath(new URL("../../bin/cloze.js", import.meta.url));

/** `cloze` as an operator starts it, by its launcher, on a data directory of its own. */
export interface ClozeProcess {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  stdout(): string;
  stderr(): string;
  /** Resolves with the first match in standard output; rejects when the process ends without one. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
  /** Ends it as a power failure does, the launcher and what it launched. */
  crash(): void;
  /** Resolves when the process has ended. */
  readonly ended: Promise<{ status: number | null; stdout: string; stderr: string }>;
}

export function temporaryData(): string {
  return mkdtempSync(join(tmpdir(), "cloze-data-"));
}

/** @param settings Environment variables beside the data directory. */
export function startCloze(
  words: readonly string[],
  data = temporaryData(),
  settings: Readonly<Record<string, string>> = {},
): ClozeProcess {
  // Settings and tokens of the machine that runs the tests are not the operator's.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(CLOZE|DISCORD|SLACK|REDIS)_|^NODE_OPTIONS$|^NO_COLOR$/.test(name),
    ),
  );
  const child = spawn(process.execPath, [LAUNCHER, ...words], {
    env: { ...env, CLOZE_DATA_DIR: data, ...settings },
    stdio: ["ignore", "pipe", "pipe"],
    // A group of its own: a launcher that is killed hard can't take Cloze with it.
    detached: true,
  });
  let stdout = "";
  let stderr = "";
  const listeners = new Set<() => void>();
  child.stdout.setEncoding("utf8").on("data", (text) => {
    stdout += text;
    for (const listener of listeners) listener();
  });
  child.stderr.setEncoding("utf8").on("data", (text) => {
    stderr += text;
  });
  const ended = new Promise<{ status: number | null; stdout: string; stderr: string }>((resolve) => {
    child.on("close", (status) => resolve({ status, stdout, stderr }));
  });
  return {
    child,
    stdout: () => stdout,
    stderr: () => stderr,
    crash() {
      const isOver = child.exitCode !== null || child.signalCode !== null;
      if (!isOver && child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    },
    ended,
    says(pattern) {
      return new Promise((resolve, reject) => {
        const look = () => {
          const found = pattern.exec(stdout);
          if (!found) return;
          listeners.delete(look);
          resolve(found);
        };
        listeners.add(look);
        look();
        void ended.then(({ status }) =>
          reject(new Error(`cloze ended with ${status} before it said ${pattern}:\n${stdout}\n${stderr}`)),
        );
      });
    },
  };
}

export function runCloze(words: readonly string[], data?: string) {
  return startCloze(words, data).ended;
}
