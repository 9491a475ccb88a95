import type { DatabaseSync } from "node:sqlite";

/** Writes that arrive together share one transaction and so one flush to disk. */
export interface GroupCommit {
  /**
   * Runs `write` inside the next transaction, after those added before it and seeing their effects. Resolves
   * to its result when the transaction is on disk; rejects, with nothing of the transaction kept, when it fails.
   */
  add<T>(write: () => T): Promise<T>;
  /** Commits what waits; later writes are refused. */
  finish(): void;
}

interface Waiting {
  readonly write: () => unknown;
  readonly resolve: (result: never) => void;
  readonly reject: (error: unknown) => void;
}

/** @param soon Calls back after what already waits to run: the longer it waits, the larger the groups. */
export function createGroupCommit(database: DatabaseSync, soon: (flush: () => void) => void): GroupCommit {
  let waiting: Waiting[] = [];
  let finished = false;

  function flush(): void {
    const group = waiting;
    waiting = [];
    if (group.length === 0) return;
    const results: unknown[] = [];
    try {
      database.exec("BEGIN IMMEDIATE");
      for (const { write } of group) results.push(write());
      database.exec("COMMIT");
    } catch (error) {
      // Some failures, a full disk among them, have rolled back by themselves.
      if (database.isOpen && database.isTransaction) database.exec("ROLLBACK");
      for (const { reject } of group) reject(error);
      return;
    }
    group.forEach(({ resolve }, i) => {
      resolve(results[i] as never);
    });
  }

  return {
    add: (write) =>
      new Promise((resolve, reject) => {
        if (finished) {
          reject(Object.assign(new Error("database is not open"), { code: "ERR_INVALID_STATE" }));
          return;
        }
        waiting.push({ write, resolve, reject });
        if (waiting.length === 1) soon(flush);
      }),
    finish() {
      finished = true;
      flush();
    },
  };
}
