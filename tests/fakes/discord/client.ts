import { Client, type ClientOptions, Events, GatewayIntentBits, type RESTOptions } from "discord.js";
import type { FakeDiscord } from "./fake-discord.ts";

/**
 * The options that point discord.js at a loopback server. Its own limit of 50 requests a second counts real time,
 * which a hand-turned clock knows nothing of, so it is lifted; the server's limits are on the server's clock.
 */
export const loopbackRest = (discord: FakeDiscord): Partial<RESTOptions> => ({
  api: discord.api,
  globalRequestsPerSecond: 1_000_000,
});

/** The real client, logged in and ready. Destroy it at the end of the test. */
export async function connect(
  discord: FakeDiscord,
  options: Partial<ClientOptions> = {},
): Promise<Client<true>> {
  const client = new Client({
    intents: [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages, GatewayIntentBits.DirectMessages],
    ...options,
    rest: { ...loopbackRest(discord), ...options.rest },
  });
  const ready = new Promise<Client<true>>((resolve) => client.once(Events.ClientReady, resolve));
  await client.login(discord.token);
  return ready;
}
