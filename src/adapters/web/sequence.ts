import { z } from "zod";
import type { Store } from "../../bot/store/store.ts";

/** How many numbers are reserved on disk at once. */
const BLOCK = 10_000;

/**
 * Numbers that only grow, also over a restart or a crash: numbers are handed out below a ceiling that is
 * already on disk, and the next start begins at the ceiling.
 */
export async function openSequence(store: Store): Promise<() => number> {
  const records = store.namespace<number>("web-sequence", z.number());
  const start = (await records.get("ceiling")) ?? 0;
  let last = start;
  let ceiling = start + BLOCK;
  await records.set("ceiling", ceiling);
  return () => {
    last += 1;
    if (last > ceiling - BLOCK / 2) {
      ceiling += BLOCK;
      // Half a block is still reserved while this is being written.
      void records.set("ceiling", ceiling);
    }
    return last;
  };
}
