import { signal } from "@preact/signals";

/**
 * Everything that can be set in the playground stands in the address, behind "#": the address is the link to
 * share, and no server log sees a prompt.
 */
const params = signal(new URLSearchParams());

/** Counts the addresses that were opened, each of which is looked at anew. */
export const openings = signal(0);

export function readParams(): void {
  openings.value += 1;
  params.value = new URLSearchParams(location.hash.slice(1));
}

export function param(name: string, fallback = ""): string {
  return params.value.get(name) ?? fallback;
}

/** @param changes A value of "" takes the name out of the address. */
export function setParams(changes: Readonly<Record<string, string>>): void {
  change(changes);
  writeAddress();
}

function change(changes: Readonly<Record<string, string>>): void {
  const next = new URLSearchParams(params.peek());
  for (const [name, value] of Object.entries(changes)) {
    if (value === "") next.delete(name);
    else next.set(name, value);
  }
  params.value = next;
}

let writing: ReturnType<typeof setTimeout> | undefined;

/** Brings the address up to date. */
export function writeAddress(): void {
  clearTimeout(writing);
  // Another page of the classroom may have been opened meanwhile.
  if (location.pathname === "/playground") history.replaceState(null, "", `/playground#${params.peek()}`);
}

/** Browsers hold up a page that changes its address with every step of a slider. */
const ADDRESS_PAUSE_MS = 200;
const moved: Record<string, string> = {};
let isFrameAsked = false;

/** As `setParams`, once a frame however often a slider reports; the address follows when it rests. */
export function slideParam(name: string, value: string): void {
  moved[name] = value;
  if (isFrameAsked) return;
  isFrameAsked = true;
  requestAnimationFrame(() => {
    isFrameAsked = false;
    change(moved);
    for (const each of Object.keys(moved)) delete moved[each];
    clearTimeout(writing);
    writing = setTimeout(writeAddress, ADDRESS_PAUSE_MS);
  });
}

/** A number of the address; the fallback where there is none or it can't be read. */
export function numberParam(name: string, fallback: number): number {
  const given = param(name);
  const value = Number(given);
  return given.trim() === "" || !Number.isFinite(value) ? fallback : value;
}
