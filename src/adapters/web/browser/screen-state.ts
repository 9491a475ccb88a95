import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { WireActivity, WireScreen, WireShown } from "../wire.ts";
import { call } from "./api.ts";
import { announcement, screenChanges } from "./state.ts";

/** What the room's screen shows, as the server last told it. */
export const screen = signal<WireScreen | undefined>(undefined);
export const screenProblem = signal("");
/** The server's clock, in milliseconds; kept going by this machine's. */
export const serverNow = signal(0);

/** How often counts are asked for: as fast as one reads them. */
const REFRESH_MS = 1_000;
const TICK_MS = 200;
let ahead = 0;
let asking = false;

async function refresh(): Promise<void> {
  if (asking) return;
  asking = true;
  try {
    const found = await call<WireScreen>("GET", "/api/screen");
    ahead = found.now - Date.now();
    serverNow.value = found.now;
    screen.value = found;
    screenProblem.value = "";
  } catch (error) {
    // What was shown stays; the timers go on.
    screenProblem.value = error instanceof Error ? error.message : String(error);
  } finally {
    asking = false;
  }
}

/** Keeps `screen` and `serverNow` up to date while a page shows them. */
export function useScreen(): void {
  const chosen = screenChanges.value;
  useEffect(() => {
    void refresh();
  }, [chosen]);
  useEffect(() => {
    const asked = setInterval(() => void refresh(), REFRESH_MS);
    const ticking = setInterval(() => {
      serverNow.value = Date.now() + ahead;
    }, TICK_MS);
    return () => {
      clearInterval(asked);
      clearInterval(ticking);
    };
  }, []);
}

export async function show(shown: WireShown): Promise<void> {
  try {
    await call("POST", "/api/screen", shown);
    await refresh();
    announcement.value = "The screen has changed.";
  } catch (error) {
    announcement.value = error instanceof Error ? error.message : String(error);
  }
}

/** The activity that is on the screen; undefined when it shows something else, or there is none. */
export function activityOnScreen({ shown, activities }: WireScreen): WireActivity | undefined {
  if (shown.on === "join" || shown.on === "message") return undefined;
  const chosen = shown.on === "activity" ? activities.find(({ id }) => id === shown.id) : undefined;
  return chosen ?? activities.find(({ running }) => running) ?? activities[0];
}

/** What is left until a time of the server's clock, as "1:05"; 0:00 once it has come. */
export function timeLeft(endsAt: number, now: number): string {
  const seconds = Math.max(0, Math.ceil((endsAt - now) / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
