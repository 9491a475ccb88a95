import { signal } from "@preact/signals";
import { currentId, markRead } from "./state.ts";

/** The address names page and channel, so that back, forward and links work. */

export const PAGES = ["classroom", "screen", "control", "playground"] as const;
/** The classroom itself, the projected screen, the teacher's control view, the playground. */
export const page = signal<(typeof PAGES)[number]>("classroom");

export function readAddress(): void {
  const [, first, channel] = location.pathname.split("/");
  page.value = PAGES.find((each) => each === first) ?? "classroom";
  currentId.value = first === "c" && channel !== undefined ? decodeURIComponent(channel) : "";
}

/** Where a link inside the classroom leads, without loading the page anew. */
export function open(path: string): void {
  history.pushState(null, "", path);
  readAddress();
}

export function goTo(channel: string): void {
  if (currentId.peek() !== channel || page.peek() !== "classroom") {
    history.pushState(null, "", `/c/${encodeURIComponent(channel)}`);
  }
  page.value = "classroom";
  currentId.value = channel;
  markRead(channel);
}

const KEY = "cloze/key";

/**
 * The key of a join link; taken out of the address, so that nobody reads it over a shoulder, and kept until
 * it has been used.
 */
export function takeKey(): string {
  if (location.pathname === "/join") {
    const key = location.hash.slice(1);
    if (key !== "") sessionStorage.setItem(KEY, key);
    history.replaceState(null, "", "/");
  }
  return sessionStorage.getItem(KEY) ?? "";
}

export function forgetKey(): void {
  sessionStorage.removeItem(KEY);
}
