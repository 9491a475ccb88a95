import { ChannelType, type Client, ThreadAutoArchiveDuration, type ThreadChannel } from "discord.js";
import { UserError } from "../../bot/errors.ts";
import type { Account, ChannelRef } from "../../bot/invocation.ts";
import { failureOf } from "./failures.ts";
import { LIMITS } from "./limits.ts";

/** Opens rooms for a few people: private threads beside a channel. */
export interface Rooms {
  /** @throws {UserError} "rooms-unavailable", saying why and what to do. */
  open(channel: ChannelRef, accounts: readonly Account[], title: string): Promise<ChannelRef>;
}

/**
 * Discord counts the opening of threads and the adding of members in small buckets that everybody shares, the
 * latter over all threads of a server. So members are added one after the other, whichever room they are for, and
 * rooms for a whole class take minutes.
 */
export function createRooms(client: () => Client<true>): Rooms {
  let adding: Promise<unknown> = Promise.resolve();
  const add = (thread: ThreadChannel, account: Account): Promise<unknown> => {
    const added = adding.then(() => thread.members.add(account.id));
    adding = added.catch(() => undefined);
    return added;
  };

  return {
    async open(channel, accounts, title) {
      const elsewhere = accounts.filter(({ platform }) => platform !== "discord");
      if (elsewhere.length > 0)
        throw unavailable(
          `${namesOf(elsewhere)} can't enter a Discord thread. Use a room of the web classroom.`,
        );
      const parent = await client()
        .channels.fetch(channel.id)
        .catch(() => null);
      const home = parent?.isThread() ? parent.parent : parent;
      if (home?.type !== ChannelType.GuildText)
        throw unavailable("Private threads belong to a text channel of a server. Use the command in one.");
      const thread = await openThread(home, title);
      try {
        await Promise.all(accounts.map((account) => add(thread, account)));
      } catch (error) {
        await thread.setArchived(true).catch(() => undefined);
        throw failureOf(error) === "gone" || failureOf(error) === "refused"
          ? unavailable(`${namesOf(accounts)} could not be brought together: ${messageOf(error)}.`)
          : error;
      }
      return { platform: "discord", id: thread.id };
    },
  };
}

type Home = Extract<Awaited<ReturnType<Client["channels"]["fetch"]>>, { type: ChannelType.GuildText }>;

async function openThread(home: Home, title: string): Promise<ThreadChannel> {
  try {
    return await home.threads.create({
      name: title.slice(0, LIMITS.threadName),
      type: ChannelType.PrivateThread,
      invitable: false,
      autoArchiveDuration: ThreadAutoArchiveDuration.OneDay,
    });
  } catch (error) {
    if (failureOf(error) !== "gone" && failureOf(error) !== "refused") throw error;
    throw unavailable(
      `Discord does not let Cloze open a private thread in #${home.name} (${messageOf(error)}). Give its role the permissions Create Private Threads and Send Messages in Threads there.`,
    );
  }
}

const unavailable = (message: string): UserError => new UserError("rooms-unavailable", message);
const namesOf = (accounts: readonly Account[]): string =>
  accounts.map(({ displayName }) => displayName).join(", ");
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
