import type { Services } from "../../context.ts";
import { UserError } from "../../errors.ts";
import type { Account, ChannelRef } from "../../invocation.ts";
import type { RosterEntry } from "../../people/roster.ts";
import type { PollRecord } from "../poll/poll-record.ts";
import { countVotes } from "../poll/voting.ts";
import type { PairShareRecord } from "./pair-share-record.ts";
import { partnerNote } from "./partner-note.ts";

/**
 * Beyond so many people nobody is written to: platforms take a burst of direct messages for spam, and the button
 * tells everybody at once.
 */
const MOST_DIRECT = 30;

type TellServices = Pick<Services, "store" | "roster" | "courses" | "messenger" | "log">;

/** Tells everybody their partner by direct message, where that works, and opens rooms where they are wanted. */
export async function tellPartners(
  services: TellServices,
  share: PairShareRecord,
  poll: PollRecord,
): Promise<NonNullable<PairShareRecord["told"]>> {
  const { votes } = await countVotes(services, poll, 1);
  const groups = (share.groups ?? []).filter((group) => group.length > 1);
  const told = { direct: 0, unreachable: 0, rooms: 0, roomless: 0 };
  const people = groups.flat();
  if (people.length <= MOST_DIRECT) {
    for (const personId of people) {
      const card = await partnerNote(services, share, poll, votes, personId);
      const entry = await services.roster.entry(share.courseId, personId);
      if (await direct(services, entry?.accounts ?? [], card)) told.direct++;
      else told.unreachable++;
    }
  }
  if (share.rooms) {
    for (const group of groups) {
      if (await openRoom(services, share, poll, group)) told.rooms++;
      else told.roomless++;
    }
  }
  return told;
}

async function direct(
  { messenger, log }: TellServices,
  accounts: readonly Account[],
  card: Parameters<Services["messenger"]["direct"]>[1],
): Promise<boolean> {
  for (const account of accounts) {
    try {
      await messenger.direct(account, card);
      return true;
    } catch (error) {
      // Closed to direct messages: the next account, else the button.
      if (!(error instanceof UserError))
        log.warn({ err: error, account: account.id }, "a note was not delivered");
    }
  }
  return false;
}

/** A room needs a platform that all of the group are on. */
async function openRoom(
  { messenger, roster, log }: TellServices,
  share: PairShareRecord,
  poll: PollRecord,
  group: readonly string[],
): Promise<boolean> {
  const entries = await Promise.all(group.map((personId) => roster.entry(share.courseId, personId)));
  for (const channel of share.channels) {
    const accounts = entries.map((entry) => accountOn(entry, channel));
    if (!accounts.every((account): account is Account => account !== undefined)) continue;
    try {
      const room = await messenger.openRoom(channel, accounts, "Think, pair, share");
      await messenger.post(room, {
        title: "Your pair's room",
        blocks: [
          { type: "text", text: [{ bold: poll.question }] },
          {
            type: "text",
            text: "Talk here, or turn to each other. Your partner's answer is in your private note.",
          },
        ],
      });
      return true;
    } catch (error) {
      if (!(error instanceof UserError)) log.warn({ err: error, channel }, "a room could not be opened");
    }
  }
  return false;
}

function accountOn(entry: RosterEntry | undefined, { platform }: ChannelRef): Account | undefined {
  return entry?.accounts.find((account) => account.platform === platform);
}
