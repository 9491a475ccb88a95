import type { Card } from "./cards/card.ts";
import type { Account, ChannelRef, MessageRef } from "./invocation.ts";

/**
 * Messages that answer no invocation: a poll's live count, a review at nine o'clock, a note to a partner.
 * The context's messenger sends each to the adapter of its platform.
 */
export interface Messenger {
  /**
   * Posts to a channel.
   * @param dedupeKey The same key within the platform's window posts once; the first message is answered.
   */
  post(channel: ChannelRef, card: Card, options?: { readonly dedupeKey?: string }): Promise<MessageRef>;
  /** Replaces a message's card. Fast repetitions are coalesced; the last one always arrives. */
  update(message: MessageRef, card: Card): Promise<void>;
  /** A direct message. Throws UserError "direct-closed" when the account takes none. */
  direct(account: Account, card: Card): Promise<MessageRef>;
  /**
   * A room for a few people beside a channel: a Discord private thread, a Slack group conversation, a web
   * room. Throws UserError "rooms-unavailable" where the platform or its limits do not allow one.
   */
  openRoom(channel: ChannelRef, accounts: readonly Account[], title: string): Promise<ChannelRef>;
}
