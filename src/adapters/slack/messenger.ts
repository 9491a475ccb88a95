import { z } from "zod";
import type { Card } from "../../bot/cards/card.ts";
import type { Clock } from "../../bot/clock.ts";
import { UserError } from "../../bot/errors.ts";
import type { Account, MessageRef } from "../../bot/invocation.ts";
import type { Messenger } from "../../bot/messenger.ts";
import type { Store } from "../../bot/store/store.ts";
import type { Calls } from "./calls.ts";
import { forPeople, SlackCallError } from "./errors.ts";
import { GROUP_USERS } from "./limits.ts";
import type { Posting } from "./posting.ts";
import type { Rooms } from "./rooms.ts";
import type { Showing } from "./showing.ts";

/** A post with a key: being made since `at`, and its message once it is known. */
const keyedPost = z.strictObject({ at: z.number(), ts: z.string().optional() });

/** Shortest time between two states of one message, in milliseconds. */
const UPDATE_INTERVAL_MS = 2_000;

/** Keys are for posts of the same hour or day, never for ones of other weeks. */
const KEY_REMEMBERED_MS = 7 * 24 * 60 * 60_000;

export interface SlackMessenger extends Messenger {
  /** Forgets keys that are too old to be posted for again. */
  forgetOld(): Promise<void>;
}

export function createMessenger({
  calls,
  posting,
  showing,
  rooms,
  store,
  clock,
}: {
  calls: Calls;
  posting: Posting;
  showing: Showing;
  rooms: Rooms;
  store: Store;
  clock: Clock;
}): SlackMessenger {
  const keyed = store.namespace("slack-post", keyedPost);
  const underWay = new Map<string, Promise<MessageRef>>();
  const updatedAt = new Map<string, number>();
  const waiting = new Map<string, { card: Card; sent: Promise<void> }>();
  const ref = (channel: string, ts: string): MessageRef => ({
    channel: { platform: "slack", id: channel },
    id: ts,
  });

  function postOnce(channel: string, card: Card, dedupeKey: string): Promise<MessageRef> {
    const record = `${channel}/${dedupeKey}`.slice(0, 200);
    const present = underWay.get(record) ?? postKeyed(record, channel, card, dedupeKey);
    underWay.set(record, present);
    return present.finally(() => underWay.delete(record));
  }

  async function postKeyed(
    record: string,
    channel: string,
    card: Card,
    dedupeKey: string,
  ): Promise<MessageRef> {
    const earlier = await keyed.get(record);
    if (earlier?.ts !== undefined) return ref(channel, earlier.ts);
    // Begun before, perhaps by a process that stopped in between: the history knows whether it arrived.
    const arrived = earlier && (await posting.find(channel, dedupeKey));
    if (!earlier) await keyed.set(record, { at: clock.now() });
    const ts = arrived ?? (await showing.post(channel, card, { key: dedupeKey })).ts;
    await keyed.set(record, { at: clock.now(), ts });
    return ref(channel, ts);
  }

  /**
   * A message that changes with every vote leaves room for the replies of others: what comes before it is due
   * replaces what waits.
   */
  function updateInTurn(message: string, card: Card, send: (card: Card) => Promise<void>): Promise<void> {
    const present = waiting.get(message);
    if (present) {
      present.card = card;
      return present.sent;
    }
    const due = (updatedAt.get(message) ?? Number.NEGATIVE_INFINITY) + UPDATE_INTERVAL_MS - clock.now();
    const now = () => {
      for (const [old, at] of updatedAt) if (at < clock.now() - UPDATE_INTERVAL_MS) updatedAt.delete(old);
      updatedAt.set(message, clock.now());
    };
    if (due <= 0) {
      now();
      return send(card);
    }
    const turn = { card, sent: Promise.resolve() };
    turn.sent = new Promise<void>((resolve) => clock.after(due, resolve)).then(() => {
      waiting.delete(message);
      now();
      return send(turn.card);
    });
    waiting.set(message, turn);
    return turn.sent;
  }

  async function open(users: readonly string[]): Promise<string> {
    const { channel } = await calls.call("conversations.open", { users: users.join(",") });
    return (channel as { id: string }).id;
  }

  return {
    async forgetOld() {
      for await (const [key, { at }] of keyed.list("")) {
        if (at < clock.now() - KEY_REMEMBERED_MS) await keyed.delete(key);
      }
    },
    async post({ id }, card, { dedupeKey } = {}) {
      try {
        if (dedupeKey !== undefined) return await postOnce(id, card, dedupeKey);
        return ref(id, (await showing.post(id, card)).ts);
      } catch (error) {
        throw forPeople(error);
      }
    },
    async update({ channel, id }, card) {
      try {
        await updateInTurn(`${channel.id}/${id}`, card, (newest) =>
          showing.update({ channel: channel.id, ts: id }, newest, { between: true }),
        );
      } catch (error) {
        if (error instanceof SlackCallError && error.error === "message_not_found") {
          throw new UserError("message-gone", "This message was deleted in Slack.", { message: id });
        }
        throw forPeople(error);
      }
    },
    async direct(account, card) {
      try {
        const channel = await open([account.id]);
        return ref(channel, (await showing.post(channel, card)).ts);
      } catch (error) {
        throw directClosed(account, error);
      }
    },
    async openRoom(channel, accounts, title) {
      const ids = [...new Set(accounts.map(({ id }) => id))];
      const elsewhere = accounts.filter(({ platform }) => platform !== "slack");
      if (elsewhere.length > 0 || ids.length > GROUP_USERS) {
        throw new UserError(
          "rooms-unavailable",
          elsewhere.length > 0
            ? `${elsewhere.map(({ displayName }) => displayName).join(", ")} can't enter a Slack conversation. Use a room where all of them are.`
            : `A Slack group conversation holds at most ${GROUP_USERS} people beside Cloze; these are ${ids.length}. Make smaller groups.`,
          { people: ids.length, allowed: GROUP_USERS },
        );
      }
      try {
        const room = await open(ids);
        await rooms.remember(room, channel);
        // A group conversation has no name of its own: what it is for stands in it.
        await showing.post(room, { title, blocks: [] });
        return { platform: "slack", id: room };
      } catch (error) {
        if (!(error instanceof SlackCallError)) throw error;
        throw new UserError(
          "rooms-unavailable",
          `Slack opened no group conversation for ${accounts.map(({ displayName }) => displayName).join(", ")} (${error.error}).`,
          { error: error.error },
        );
      }
    },
  };
}

const CLOSED = [
  "user_disabled",
  "user_not_found",
  "user_not_visible",
  "messages_tab_disabled",
  "channel_not_found",
];

function directClosed(account: Account, error: unknown): unknown {
  if (!(error instanceof SlackCallError) || !CLOSED.includes(error.error)) return forPeople(error);
  return new UserError(
    "direct-closed",
    `${account.displayName} takes no direct messages from Cloze in Slack (${error.error}).`,
    { account: account.id, error: error.error },
  );
}
