import { effect } from "@preact/signals";
import type { WireEvent, WireRoom } from "../wire.ts";
import { call, failures } from "./api.ts";
import { restoreForm } from "./kept-form.ts";
import { sendWaiting } from "./outbox.ts";
import { forgetKey } from "./route.ts";
import { channels, connection, forgetAll, outdated, resumeAfter, room, take } from "./state.ts";

const FIRST_WAIT_MS = 400;
const LONGEST_WAIT_MS = 8_000;
/** A page nobody looks at gives its connection back after this time. */
const HIDDEN_MS = 60_000;

let source: EventSource | undefined;
let retry: ReturnType<typeof setTimeout> | undefined;
let hiding: ReturnType<typeof setTimeout> | undefined;
let waitMs = FIRST_WAIT_MS;

/** Asks who we are and follows the classroom; both again whenever the connection was lost. */
export async function connect(): Promise<void> {
  clearTimeout(retry);
  source?.close();
  try {
    const found = await call<WireRoom | null>("GET", "/api/room");
    if (!found) return leave();
    forgetKey();
    const before = room.peek();
    if (typeof before === "object" && before.version !== found.version) outdated.value = true;
    room.value = found;
  } catch {
    return tryLater();
  }
  follow();
}

function follow(): void {
  const own = new EventSource(`/api/events?after=${resumeAfter()}`);
  source = own;
  own.onmessage = ({ data }) => {
    const event = JSON.parse(data as string) as WireEvent;
    take(event);
    if (event.type !== "caught-up") return;
    waitMs = FIRST_WAIT_MS;
    connection.value = "live";
    sendWaiting();
    restoreForm();
  };
  own.onerror = () => {
    own.close();
    if (source === own) tryLater();
  };
}

function tryLater(): void {
  source?.close();
  source = undefined;
  connection.value = "lost";
  clearTimeout(retry);
  // Spread out, so that a class does not come back in the same instant.
  retry = setTimeout(() => void connect(), waitMs * (0.7 + Math.random() * 0.6));
  waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2);
}

function leave(): void {
  source?.close();
  source = undefined;
  forgetAll();
  room.value = "outside";
}

export async function signOut(): Promise<void> {
  await call("DELETE", "/api/session");
  leave();
}

export function watchConnection(): void {
  // A request that failed proves the connection gone before the stream notices.
  effect(() => {
    if (failures.value > 0 && connection.peek() === "live") tryLater();
  });
  addEventListener("online", () => {
    if (connection.peek() === "lost") void connect();
  });
  document.addEventListener("visibilitychange", () => {
    clearTimeout(hiding);
    if (document.visibilityState === "hidden") {
      hiding = setTimeout(() => {
        source?.close();
        source = undefined;
        connection.value = "connecting";
      }, HIDDEN_MS);
    } else if (!source && typeof room.peek() === "object" && channels.peek().length > 0) {
      void connect();
    }
  });
}
