import type { Clock } from "../clock.ts";

/** The shortest time between two showings of one thing: a count that moves faster is not read. */
export const PACE_MS = 500;

interface Showing {
  shownAt: number;
  /** The showing that is due and has not begun. */
  next: Promise<void> | undefined;
  /** The one before; two of one thing never overlap, so the last to begin is the last to be seen. */
  last: Promise<void>;
}

const showingsByScope = new WeakMap<object, Map<string, Showing>>();

/**
 * Runs `show` now, or when PACE_MS have passed since it ran last. Calls made while it is due share one run, so
 * that a burst of changes costs a few showings and the last change is always shown.
 * @param scope Whose keys they are: one bot's store.
 * @param show Reads what is to be shown when it runs, not before. Must not throw.
 * @returns when a run that began after this call is over.
 */
export function showPaced(
  scope: object,
  clock: Clock,
  key: string,
  show: () => Promise<void>,
): Promise<void> {
  const showings = showingsByScope.get(scope) ?? new Map<string, Showing>();
  showingsByScope.set(scope, showings);
  let showing = showings.get(key);
  if (!showing) {
    forgetIdle(showings, clock.now());
    showing = { shownAt: -Infinity, next: undefined, last: Promise.resolve() };
    showings.set(key, showing);
  }
  const mine = showing;
  mine.next ??= (async () => {
    await Promise.all([until(clock, mine.shownAt + PACE_MS), mine.last]);
    // From here on a change may come too late for this run, so it asks for another one.
    mine.next = undefined;
    mine.shownAt = clock.now();
    mine.last = show();
    await mine.last;
  })();
  return mine.next;
}

function until(clock: Clock, time: number): Promise<void> {
  const left = time - clock.now();
  // More than the pace is left only when the clock was set back.
  if (left <= 0 || left > PACE_MS) return Promise.resolve();
  return new Promise((resolve) => {
    clock.after(left, resolve);
  });
}

function forgetIdle(showings: Map<string, Showing>, now: number): void {
  for (const [key, { next, shownAt }] of showings) {
    if (!next && shownAt + PACE_MS <= now) showings.delete(key);
  }
}
