import { createHash } from "node:crypto";
import {
  type Client,
  DiscordAPIError,
  type Message,
  type MessageCreateOptions,
  type SendableChannels,
} from "discord.js";
import type { Logger } from "pino";
import type { Card } from "../../bot/cards/card.ts";
import type { Clock } from "../../bot/clock.ts";
import { UserError } from "../../bot/errors.ts";
import type { ChannelRef, MessageRef } from "../../bot/invocation.ts";
import type { Messenger } from "../../bot/messenger.ts";
import { failureOf } from "./failures.ts";
import { LIMITS } from "./limits.ts";
import { createPacedMessage, type PacedMessage, type Pages } from "./paced-message.ts";
import { editOf, NO_PREVIEWS, payloadOf } from "./payload.ts";
import { type Page, renderCard } from "./render-card.ts";
import type { Rooms } from "./rooms.ts";

export interface MessengerParts {
  readonly client: () => Client<true>;
  readonly services: () => { readonly clock: Clock; readonly log: Logger };
  readonly rooms: Rooms;
  /** Told each time something with buttons is posted to a channel. */
  readonly onPosted: (channelId: string) => void;
}

/** Between the ids of a card that took several messages. */
const JOIN = "-";
/** Cannot send messages to this user; no mutual guilds. */
const DIRECT_CLOSED = new Set([50007, 50278]);
/** Messages whose pace is remembered; the longest untouched go first. */
const MOST_LIVE = 500;

/** Messages that answer no interaction. */
export function createMessenger({ client, services, rooms, onPosted }: MessengerParts): Messenger {
  const live = new Map<string, PacedMessage>();

  async function sendable(channel: ChannelRef): Promise<SendableChannels> {
    const found = await client()
      .channels.fetch(channel.id)
      .catch((error: unknown) => {
        if (failureOf(error) === "gone") return null;
        throw error;
      });
    if (found?.isSendable()) return found;
    throw new UserError(
      "channel-unknown",
      `Cloze can't write in the Discord channel ${channel.id}: it does not exist any more, is no text channel, or Cloze is not let in.`,
      { channel: channel.id },
    );
  }

  async function send(
    channel: Pick<SendableChannels, "send">,
    card: Card,
    dedupeKey: string | undefined,
  ): Promise<readonly Message[]> {
    const sent: Message[] = [];
    for (const [index, page] of renderCard(card).entries()) {
      const once = dedupeKey === undefined ? {} : { nonce: nonceOf(dedupeKey, index), enforceNonce: true };
      sent.push(
        await channel.send({
          ...payloadOf(page),
          ...once,
          flags: NO_PREVIEWS,
        } satisfies MessageCreateOptions),
      );
    }
    return sent;
  }

  return {
    async post(channel, card, { dedupeKey } = {}) {
      const sent = await send(await sendable(channel), card, dedupeKey);
      if (card.actions?.length) onPosted(channel.id);
      return refOf(channel.id, sent);
    },
    async update(message, card) {
      const key = `${message.channel.id}/${message.id}`;
      const paced =
        live.get(key) ??
        createPacedMessage(
          existing(message, () => sendable(message.channel)),
          {
            ...services(),
            streaming: false,
          },
        );
      live.delete(key);
      live.set(key, paced);
      if (live.size > MOST_LIVE) live.delete(live.keys().next().value!);
      paced.show(card);
      try {
        await paced.settled();
      } catch (error) {
        live.delete(key);
        if (failureOf(error) !== "gone") throw error;
        throw new UserError(
          "message-gone",
          "This Discord message is gone, or Cloze may not change it any more.",
          {
            message: message.id,
          },
        );
      }
    },
    async direct(account, card) {
      try {
        const channel = await client().users.createDM(account.id);
        return refOf(channel.id, await send(channel, card, undefined));
      } catch (error) {
        const closed = error instanceof DiscordAPIError && DIRECT_CLOSED.has(Number(error.code));
        if (!closed) throw error;
        throw new UserError(
          "direct-closed",
          `${account.displayName} takes no direct messages from Cloze. In Discord: the server's menu, Privacy Settings, Direct Messages.`,
          { account: account.id },
        );
      }
    },
    openRoom: (channel, accounts, title) => rooms.open(channel, accounts, title),
  };
}

function refOf(channelId: string, sent: readonly Message[]): MessageRef {
  return { channel: { platform: "discord", id: channelId }, id: sent.map(({ id }) => id).join(JOIN) };
}

/** The messages of a card that has been posted. It keeps to their number: what is longer goes on in a file. */
function existing({ id }: MessageRef, channel: () => Promise<SendableChannels>): Pages {
  const ids = id.split(JOIN);
  return {
    get count() {
      return ids.length;
    },
    most: ids.length,
    async send() {
      throw new Error("A posted card never grows by messages.");
    },
    edit: async (page: Page, index, before) => {
      await (await channel()).messages.edit(ids[index]!, editOf(page, before));
    },
    async remove() {
      await (await channel()).messages.delete(ids.pop()!);
    },
  };
}

/** The same key gives the same nonce; Discord takes 25 characters. */
function nonceOf(dedupeKey: string, index: number): string {
  return createHash("sha256").update(`${dedupeKey}/${index}`).digest("hex").slice(0, LIMITS.nonce);
}
