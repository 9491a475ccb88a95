import { signal } from "@preact/signals";
import type { ActionRequest, CommandRequest, Outcome, SaidRequest } from "../wire.ts";
import { call, Unreachable } from "./api.ts";
import { restoreDraft } from "./drafts.ts";
import { announcement, myId, openModal } from "./state.ts";

type Letter =
  | { readonly path: "/api/messages"; readonly body: SaidRequest }
  | { readonly path: "/api/commands"; readonly body: CommandRequest }
  | { readonly path: "/api/actions"; readonly body: ActionRequest };

/** Something the person said or pressed that the server has not confirmed. */
export type Pending = Letter & {
  /** What it is, in the person's own words. */
  readonly label: string;
  /** "waiting": kept until the connection is back, then sent again under the same request id. */
  readonly state: "sending" | "waiting" | "refused";
  readonly problem?: string;
};

export const outbox = signal<readonly Pending[]>([]);

const keyOf = () => `cloze/outbox/${myId() ?? ""}`;

function change(items: readonly Pending[]): void {
  outbox.value = items;
  const kept = items.filter(({ state }) => state !== "refused");
  if (kept.length > 0) sessionStorage.setItem(keyOf(), JSON.stringify(kept));
  else sessionStorage.removeItem(keyOf());
}

function replace(request: string, next: Pending | undefined): void {
  change(outbox.peek().flatMap((item) => (item.body.request === request ? (next ? [next] : []) : [item])));
}

export function newRequest(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Sends, and keeps what could not be sent. */
export async function send(letter: Letter, label: string): Promise<void> {
  change([...outbox.peek(), { ...letter, label, state: "sending" }]);
  await deliver(outbox.peek().at(-1)!);
}

/** After a reload or a lost connection. */
export function sendWaiting(): void {
  if (outbox.peek().length === 0) {
    const kept = sessionStorage.getItem(keyOf());
    if (kept) change((JSON.parse(kept) as Pending[]).map((item) => ({ ...item, state: "waiting" })));
  }
  for (const item of outbox.peek()) {
    if (item.state !== "waiting") continue;
    const again: Pending = { ...item, state: "sending" };
    replace(item.body.request, again);
    void deliver(again);
  }
}

export function discard(item: Pending): void {
  replace(item.body.request, undefined);
}

async function deliver(item: Pending): Promise<void> {
  const { request, channel } = item.body;
  try {
    const outcome = await call<Outcome>("POST", item.path, item.body);
    replace(request, undefined);
    if (outcome.modal) {
      const message = item.path === "/api/actions" ? item.body.message : undefined;
      openModal.value = { modal: outcome.modal, channel, ...(message === undefined ? {} : { message }) };
    }
    if (outcome.refused && item.path === "/api/messages") restoreDraft(channel, item.body.text);
  } catch (error) {
    if (error instanceof Unreachable) {
      replace(request, { ...item, state: "waiting" });
      announcement.value = "Not sent yet. It is kept and will be sent when the connection is back.";
      return;
    }
    const problem = error instanceof Error ? error.message : String(error);
    if (item.path === "/api/messages" && restoreDraft(channel, item.body.text)) {
      replace(request, { ...item, label: "", state: "refused", problem });
    } else {
      replace(request, { ...item, state: "refused", problem });
    }
    announcement.value = `Not sent: ${problem}`;
  }
}
