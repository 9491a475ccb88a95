import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { EngineError } from "../../errors.ts";

/**
 * Keeps a second process from writing the same file. The lock names its owner, so that one left by a crash is told
 * from one that holds.
 * @param path Where the lock stands.
 * @param name Said in the error: what is being downloaded.
 * @returns How to open it again.
 * @throws {EngineError} "hub-locked"
 */
export function lockDownload(path: string, name: string): () => void {
  mkdirSync(dirname(path), { recursive: true });
  for (let attempt = 0; ; attempt++) {
    try {
      const file = openSync(path, "wx");
      writeSync(file, String(process.pid));
      closeSync(file);
      return () => rmSync(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      const owner = existsSync(path) ? Number(readFileSync(path, "utf8")) : 0;
      if (attempt > 0 || (owner > 0 && isAlive(owner))) {
        throw new EngineError(
          "hub-locked",
          `Process ${owner} is downloading ${name} already. Wait for it, or end it and try again.`,
          { path, owner },
        );
      }
      rmSync(path, { force: true });
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
