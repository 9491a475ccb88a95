import { UserError } from "../bot/errors.ts";
import type { PlatformName } from "../bot/invocation.ts";
import type { Messenger } from "../bot/messenger.ts";
import type { Adapter } from "./adapter.ts";

/** Sends each message to the adapter of its platform. */
export function routeMessages(adapters: readonly Adapter[]): Messenger {
  function to(platform: PlatformName): Messenger {
    const adapter = adapters.find((candidate) => candidate.platform === platform);
    if (adapter) return adapter.messenger;
    throw new UserError(
      "platform-off",
      `Cloze is not connected to ${platform} now. Set its token and restart.`,
      {
        platform,
      },
    );
  }
  return {
    post: async (channel, card, options) => to(channel.platform).post(channel, card, options),
    update: async (message, card) => to(message.channel.platform).update(message, card),
    direct: async (account, card) => to(account.platform).direct(account, card),
    openRoom: async (channel, accounts, title) => to(channel.platform).openRoom(channel, accounts, title),
  };
}
