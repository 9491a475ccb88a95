import type { Client } from "discord.js";
import { afterEach } from "vitest";
import { connect } from "../../fakes/discord/client.ts";
import { FakeDiscord, type FakeDiscordOptions } from "../../fakes/discord/fake-discord.ts";
import { type HandClock, handClock } from "../../fakes/hand-clock.ts";

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A loopback Discord on a hand-turned clock, closed after the test. */
export async function loopbackDiscord(
  options: FakeDiscordOptions = {},
): Promise<{ discord: FakeDiscord; clock: HandClock }> {
  const clock = handClock();
  const discord = await FakeDiscord.start({ clock, buckets: "unlimited", ...options });
  cleanups.push(() => discord.close());
  return { discord, clock };
}

/** The real client on it, destroyed after the test. */
export async function realClient(
  discord: FakeDiscord,
  options: Parameters<typeof connect>[1] = {},
): Promise<Client<true>> {
  const client = await connect(discord, options);
  cleanups.push(() => client.destroy());
  return client;
}

export function afterwards(cleanup: () => unknown): void {
  cleanups.push(cleanup);
}

/** Makes a text of a length. */
export const long = (length: number): string => "a".repeat(length);
