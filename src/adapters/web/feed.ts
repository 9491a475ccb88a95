import type { WireEvent } from "./wire.ts";

/** One event on its way to a browser. */
export interface Sendable {
  /** Present on what must not be missed: the browser resumes after the last one it has seen. */
  readonly seq?: number;
  /** A later event with the same subject makes this one unnecessary. */
  readonly subject: string;
  readonly event: WireEvent;
  /** The event as JSON, made once for all readers. */
  readonly json: string;
}

/**
 * What a slow reader has not been sent yet: only the newest state of each subject is kept, so that neither
 * memory nor delay grows with the length of a stream. Order is that of the last change.
 */
export interface Mailbox {
  put(item: Sendable): void;
  /** Waits for the next item; undefined when closed and empty. */
  take(): Promise<Sendable | undefined>;
  close(): void;
}

export function createMailbox(): Mailbox {
  const waiting = new Map<string, Sendable>();
  let closed = false;
  let wake: (() => void) | undefined;
  const ring = () => {
    wake?.();
    wake = undefined;
  };
  return {
    put(item) {
      if (closed) return;
      waiting.delete(item.subject);
      waiting.set(item.subject, item);
      ring();
    },
    async take() {
      while (waiting.size === 0) {
        if (closed) return undefined;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      const [item] = waiting.values();
      waiting.delete(item!.subject);
      return item;
    },
    close() {
      closed = true;
      ring();
    },
  };
}

export function sendable(subject: string, event: WireEvent, seq?: number): Sendable {
  return { subject, event, json: JSON.stringify(event), ...(seq === undefined ? {} : { seq }) };
}
