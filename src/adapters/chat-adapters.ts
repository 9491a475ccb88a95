import type { Config } from "../config.ts";
import type { Adapter } from "./adapter.ts";

/** The adapters of the chat platforms whose tokens are set. Each client library is loaded only when it is used. */
export async function createChatAdapters({ discord, slack }: Config): Promise<Adapter[]> {
  const adapters: Adapter[] = [];
  if (discord) {
    const { createDiscordAdapter } = await import("./discord/adapter.ts");
    adapters.push(createDiscordAdapter(discord));
  }
  if (slack) {
    const { createSlackAdapter } = await import("./slack/adapter.ts");
    const { commandSettings } = await import("./slack/settings.ts");
    const { commandPrefix, ...rest } = slack;
    adapters.push(createSlackAdapter({ ...rest, commands: commandSettings(commandPrefix) }));
  }
  return adapters;
}
