import type { Clock } from "../clock.ts";

const cancelsByScope = new WeakMap<object, Map<string, () => void>>();

/**
 * Calls `run` once when `at` has come, in place of what was set for this key before. Kept in memory only: what
 * must happen at a time is in a record, and set anew at start.
 * @param scope Whose keys they are: one bot's store.
 * @param at Clock time; undefined sets nothing.
 */
export function setDeadline(
  scope: object,
  clock: Clock,
  key: string,
  at: number | undefined,
  run: () => void,
): void {
  const cancels = cancelsByScope.get(scope) ?? new Map<string, () => void>();
  cancelsByScope.set(scope, cancels);
  cancels.get(key)?.();
  cancels.delete(key);
  if (at === undefined) return;
  cancels.set(
    key,
    clock.after(Math.max(0, at - clock.now()), () => {
      cancels.delete(key);
      run();
    }),
  );
}
