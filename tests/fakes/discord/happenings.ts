/** A wait that cannot be fulfilled, with what happened instead. */
export class WaitError extends Error {
  override name = "WaitError";
}

interface Waiting {
  check: () => void;
  fail: (why: string) => void;
}

/** Taken at load, so that faked global timers don't stop the patience of a wait. */
const realSetTimeout = globalThis.setTimeout;
const realClearTimeout = globalThis.clearTimeout;
const shownLines = 25;

/**
 * Everything that happens on the server, in order, and the waits on it. Nothing polls: a wait looks again each
 * time something is recorded.
 */
export class Happenings {
  readonly lines: string[] = [];
  readonly #waiting = new Set<Waiting>();
  readonly #patienceMs: number;

  /** @param patienceMs Real milliseconds after which a wait fails and says what was seen. */
  constructor(patienceMs = 10_000) {
    this.#patienceMs = patienceMs;
  }

  record(line: string): void {
    this.lines.push(line);
    for (const waiting of [...this.#waiting]) waiting.check();
  }

  /**
   * Resolves as soon as `find` gives something.
   * @param what Completes the sentence "Waited for …".
   * @param lost Says why it can't come any more, if so; the wait then fails at once.
   */
  until<T>(what: string, find: () => T | undefined, lost?: () => string | undefined): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const settle = (act: () => void): void => {
        realClearTimeout(timer);
        this.#waiting.delete(waiting);
        act();
      };
      const waiting: Waiting = {
        check: () => {
          try {
            const found = find();
            if (found !== undefined) return settle(() => resolve(found));
            const why = lost?.();
            if (why !== undefined) waiting.fail(why);
          } catch (error) {
            settle(() => reject(error));
          }
        },
        fail: (why) => settle(() => reject(new WaitError(`Waited for ${what}. ${why}\n${this.seen()}`))),
      };
      const timer = realSetTimeout(() => waiting.fail("It did not come."), this.#patienceMs);
      timer.unref?.();
      this.#waiting.add(waiting);
      waiting.check();
    });
  }

  /** The latest lines, for messages. */
  seen(): string {
    const latest = this.lines.slice(-shownLines);
    const before = this.lines.length - latest.length;
    if (latest.length === 0) return "Nothing happened at all.";
    return [
      "Seen instead:",
      ...(before ? [`  … ${before} before`] : []),
      ...latest.map((l) => `  ${l}`),
    ].join("\n");
  }

  /** Fails every open wait. */
  close(): void {
    for (const waiting of [...this.#waiting]) waiting.fail("The server was closed first.");
  }
}
