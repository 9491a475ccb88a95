import type { Json } from "./json.ts";
import type { Message } from "./world.ts";

/** Something that happened, as somebody looking at Slack (or at its logs) would see it. */
export type Seen =
  | { readonly kind: "message" | "message-changed" | "message-deleted"; readonly message: Message }
  | { readonly kind: "ephemeral" | "ephemeral-changed" | "ephemeral-deleted"; readonly message: Message }
  | {
      readonly kind: "modal-opened" | "modal-updated" | "modal-closed";
      readonly viewId: string;
      readonly user: string;
      readonly view: Json;
    }
  | { readonly kind: "home"; readonly viewId: string; readonly user: string; readonly view: Json }
  /** What Slack itself tells a person, e.g. that a command failed. */
  | { readonly kind: "notice"; readonly user: string; readonly channel: string; readonly text: string }
  | {
      readonly kind: "file-shared";
      readonly channel: string;
      readonly fileId: string;
      readonly altText?: string;
    }
  | { readonly kind: "delivery"; readonly id: string; readonly what: string; readonly attempt: number }
  | { readonly kind: "acknowledged"; readonly id: string; readonly body: unknown }
  | { readonly kind: "not-acknowledged"; readonly id: string; readonly reason: string }
  | { readonly kind: "call"; readonly method: string; readonly args: Json; readonly answer: Json }
  | { readonly kind: "socket-opened" | "socket-closed"; readonly connections: number };

export type SeenKind = Seen["kind"];
export type SeenOf<K extends SeenKind> = Extract<Seen, { kind: K }>;

/** All that happened, in order, and waiting for what is still to come. */
export interface Timeline {
  readonly all: readonly Seen[];
  record(seen: Seen): void;
  /**
   * The first happening at or after index `from` that `pick` turns into something. Fails after the patience
   * with a list of what was seen instead.
   */
  wait<T>(expected: string, from: number, pick: (seen: Seen, index: number) => T | undefined): Promise<T>;
}

export function createTimeline(patienceMs: number): Timeline {
  const all: Seen[] = [];
  const waiters = new Set<() => void>();
  return {
    all,
    record(seen) {
      all.push(seen);
      for (const check of [...waiters]) check();
    },
    wait(expected, from, pick) {
      // Made here, so that the stack of a failure shows the test's line.
      const failure = new Error();
      return new Promise((resolve, reject) => {
        let next = from;
        const check = () => {
          for (; next < all.length; next++) {
            const picked = pick(all[next]!, next);
            if (picked === undefined) continue;
            waiters.delete(check);
            clearTimeout(timer);
            resolve(picked);
            return;
          }
        };
        const timer = setTimeout(() => {
          waiters.delete(check);
          const seen = all.slice(from).map((happening) => `  - ${describe(happening)}`);
          failure.message = `Expected ${expected}. Seen instead:\n${seen.join("\n") || "  nothing"}`;
          reject(failure);
        }, patienceMs);
        waiters.add(check);
        check();
      });
    },
  };
}

function describe(seen: Seen): string {
  switch (seen.kind) {
    case "message":
    case "message-changed":
    case "message-deleted":
    case "ephemeral":
    case "ephemeral-changed":
    case "ephemeral-deleted":
      return `${seen.kind} in ${seen.message.channel}: ${JSON.stringify(seen.message.text.slice(0, 200))}`;
    case "modal-opened":
    case "modal-updated":
    case "modal-closed":
    case "home":
      return `${seen.kind} for ${seen.user}: ${JSON.stringify(seen.view).slice(0, 200)}`;
    case "notice":
      return `notice to ${seen.user}: ${seen.text}`;
    case "call":
      return `${seen.method} ${seen.answer.ok ? "ok" : `refused: ${JSON.stringify(seen.answer).slice(0, 300)}`}`;
    case "delivery":
      return `delivery of ${seen.what} (attempt ${seen.attempt})`;
    case "not-acknowledged":
      return `not acknowledged: ${seen.reason}`;
    case "acknowledged":
      return `acknowledged with ${JSON.stringify(seen.body).slice(0, 200)}`;
    default:
      return JSON.stringify(seen);
  }
}
