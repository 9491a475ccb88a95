import { currentId, markRead } from "./state.ts";

/** The address names the channel, so that back, forward and links work. */

export function readAddress(): void {
  const [, page, channel] = location.pathname.split("/");
  currentId.value = page === "c" && channel !== undefined ? decodeURIComponent(channel) : "";
}

export function goTo(channel: string): void {
  if (currentId.peek() !== channel) history.pushState(null, "", `/c/${encodeURIComponent(channel)}`);
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
