import type { Finding } from "./doctor.ts";

/** Slack refuses, and Cloze refuses of Slack's, what is signed five minutes ago or later. */
const TOO_FAR_MS = 240_000;
const NOTABLE_MS = 30_000;

/**
 * Compares this machine's clock with a server's, by the Date of its answer; whether the request itself is allowed
 * does not matter. A server that can't be reached tells nothing, which its own check reports.
 */
export async function clockAgainst(url: string, now: () => number): Promise<Finding | undefined> {
  let date: string | null;
  const sentAt = now();
  try {
    date = (await fetch(url, { method: "HEAD", signal: AbortSignal.timeout(5_000) })).headers.get("date");
  } catch {
    return undefined;
  }
  if (date === null) return undefined;
  // The header has whole seconds; the answer was written somewhere between asking and now.
  const skewMs = Math.round((sentAt + now()) / 2 - (Date.parse(date) + 500));
  const seconds = Math.round(Math.abs(skewMs) / 1000);
  if (Math.abs(skewMs) < NOTABLE_MS) {
    return { level: "ok", about: "clock", message: `agrees with ${new URL(url).host} to ${seconds} s` };
  }
  const way = skewMs > 0 ? "ahead of" : "behind";
  return {
    level: Math.abs(skewMs) < TOO_FAR_MS ? "warning" : "error",
    about: "clock",
    message: `this machine is ${seconds} s ${way} ${new URL(url).host}: polls close and reviews start at the wrong time, and signed requests are refused. Switch on time synchronisation (timedatectl set-ntp true).`,
  };
}
