/** Events from a producer that does not wait, for a reader that takes them one by one. */
export interface EventChannel<Event> {
  push(event: Event): void;
  /** No more events; the reader ends, or throws `error`, after those that are still unread. */
  end(error?: { readonly error: unknown }): void;
  read(): AsyncGenerator<Event, void, undefined>;
}

/** @param replaces Whether a new event makes the unread one before it useless. */
export function createEventChannel<Event>(
  replaces: (newer: Event, older: Event) => boolean,
): EventChannel<Event> {
  const unread: Event[] = [];
  let ended: { readonly error?: unknown } | undefined;
  let wake = () => {};
  return {
    push: (event) => {
      const last = unread.at(-1);
      if (last !== undefined && replaces(event, last)) unread.pop();
      unread.push(event);
      wake();
    },
    end: (failure) => {
      ended = failure ?? {};
      wake();
    },
    async *read() {
      while (true) {
        while (unread.length > 0) yield unread.shift() as Event;
        if (ended) break;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      if ("error" in ended) throw ended.error;
    },
  };
}
