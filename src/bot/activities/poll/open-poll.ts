import { isDeepStrictEqual } from "node:util";
import { UserError } from "../../errors.ts";
import type { ChannelRef, MessageRef } from "../../invocation.ts";
import { newRecordId } from "../../store/record-id.ts";
import { armTimer, type PollServices } from "./close-poll.ts";
import { type PollRecord, pollKey, pollRecords, type Question } from "./poll-record.ts";
import { questionCard, showPoll } from "./show-poll.ts";
import { changePoll } from "./voting.ts";

export interface NewPoll
  extends Partial<Omit<Question, "question" | "choices">>,
    Pick<PollRecord, "courseId" | "question" | "choices" | "show" | "openedBy" | "part" | "closesAt"> {
  /** Drawn anew when left out. Opening an id that exists opens nothing, and posts what is not posted yet. */
  readonly id?: string;
  readonly thresholds?: PollRecord["thresholds"];
  /** Where to show it; each channel once. */
  readonly channels: readonly ChannelRef[];
}

export interface OpenedPoll {
  readonly poll: PollRecord;
  /** The channels it could not be posted to. */
  readonly failed: readonly { readonly channel: ChannelRef; readonly reason: string }[];
}

/**
 * Opens a poll and posts it. The record is stored before the first message shows its buttons.
 * @throws what the posting threw when it could be posted nowhere; then there is no poll.
 */
export async function openPoll(services: PollServices, newPoll: NewPoll): Promise<OpenedPoll> {
  const opened = newRecord(newPoll, services.clock.now());
  const key = pollKey(opened);
  const isNew = await pollRecords(services.store).setIfAbsent(key, opened);
  const { messages } = await changePoll(services.store, opened.courseId, opened.id, (now) => now);
  const missing = newPoll.channels.filter(
    (channel) => !messages.some((message) => isDeepStrictEqual(message.channel, channel)),
  );
  const { poll, failed, error } = await postPoll(services, opened, missing);
  if (missing.length > 0 && failed.length === newPoll.channels.length) {
    if (isNew) await pollRecords(services.store).delete(key);
    throw error;
  }
  armTimer(services, poll);
  // Votes may have come by the first message before the last one was posted.
  void showPoll(services, poll);
  return { poll, failed };
}

/** The record of a poll that opens now, before it is posted anywhere. */
export function newRecord({ channels: _, ...rest }: NewPoll, now: number): PollRecord {
  return {
    answer: "choice",
    ...rest,
    id: rest.id ?? newRecordId(),
    state: "open",
    round: 1,
    revealed: false,
    openedAt: now,
    messages: [],
  };
}

/** Posts a stored poll to the channels and keeps where it stands. */
export async function postPoll(
  services: PollServices,
  opened: PollRecord,
  channels: readonly ChannelRef[],
): Promise<OpenedPoll & { readonly error?: unknown }> {
  const { store, messenger, log } = services;
  const key = pollKey(opened);
  const card = await questionCard(services, opened);
  const posted = await Promise.allSettled(
    channels.map(async (channel): Promise<MessageRef> => {
      const dedupeKey = `poll/${key}/${channel.platform}/${channel.id}`;
      const message = await messenger.post(channel, card, { dedupeKey });
      await changePoll(store, opened.courseId, opened.id, (poll) => ({
        ...poll,
        // The same message again when it had been posted before a restart.
        messages: [...poll.messages.filter((each) => !isDeepStrictEqual(each, message)), message],
      }));
      return message;
    }),
  );
  const failed = posted.flatMap((result, i) =>
    result.status === "rejected" ? [{ channel: channels[i]!, error: result.reason as unknown }] : [],
  );
  for (const { channel, error } of failed)
    log.warn({ err: error, channel, poll: key }, "a poll could not be posted");
  return {
    poll: await changePoll(store, opened.courseId, opened.id, (now) => now),
    failed: failed.map(({ channel, error }) => ({
      channel,
      reason: error instanceof UserError ? error.message : "the platform did not take it; the log says why",
    })),
    ...(failed[0] && { error: failed[0].error }),
  };
}
