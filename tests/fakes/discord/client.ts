import { Client, type ClientOptions, Events, GatewayIntentBits } from "discord.js";
import type { FakeDiscord } from "./fake-discord.ts";

/** The options that point discord.js at a loopback server. */
export const loopback = (discord: FakeDiscord): Pick<ClientOptions, "rest"> => ({
  rest: { api: discord.api },
});

/** The real client, logged in and ready. Destroy it at the end of the test. */
export async function connect(
  discord: FakeDiscord,
  options: Partial<ClientOptions> = {},
): Promise<Client<true>> {
  const client = new Client({
    intents: [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages, GatewayIntentBits.DirectMessages],
    ...options,
    rest: { ...options.rest, api: discord.api },
  });
  const ready = new Promise<Client<true>>((resolve) => client.once(Events.ClientReady, resolve));
  await client.login(discord.token);
  return ready;
}
