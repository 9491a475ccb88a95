import type { Services } from "../../context.ts";
import { UserError } from "../../errors.ts";
import type { ChannelRef, MessageRef } from "../../invocation.ts";
import { newRecordId } from "../../store/record-id.ts";
import { pollCard } from "./poll-cards.ts";
import { type PollRecord, pollKey, pollRecords } from "./poll-record.ts";
import { showPoll } from "./show-poll.ts";
import { changePoll, countVotes } from "./voting.ts";

export interface NewPoll {
  readonly courseId: string;
  readonly question: string;
  readonly choices: PollRecord["choices"];
  readonly show: PollRecord["show"];
  readonly openedBy: string;
  /** Where to show it; each channel once. */
  readonly channels: readonly ChannelRef[];
}

/**
 * Opens a poll and posts it. The record is stored before the first message shows its buttons.
 * @returns the poll, and the channels it could not be posted to.
 * @throws what the posting threw when it could be posted nowhere; then there is no poll.
 */
export async function openPoll(
  services: Pick<Services, "store" | "clock" | "log" | "messenger" | "courses" | "roster">,
  { channels, ...rest }: NewPoll,
): Promise<{ poll: PollRecord; failed: readonly { channel: ChannelRef; reason: string }[] }> {
  const { store, clock, messenger, courses, log } = services;
  const opened: PollRecord = {
    ...rest,
    id: newRecordId(),
    state: "open",
    round: 1,
    revealed: false,
    openedAt: clock.now(),
    messages: [],
  };
  const key = pollKey(opened);
  await pollRecords(store).set(key, opened);
  const card = pollCard(
    opened,
    await countVotes(services, opened),
    courses.get(opened.courseId),
    clock.now(),
  );
  const posted = await Promise.allSettled(
    channels.map(async (channel): Promise<MessageRef> => {
      const dedupeKey = `poll/${key}/${channel.platform}/${channel.id}`;
      const message = await messenger.post(channel, card, { dedupeKey });
      await changePoll(store, opened.courseId, opened.id, (poll) => ({
        ...poll,
        messages: [...poll.messages, message],
      }));
      return message;
    }),
  );
  const failed = posted.flatMap((result, i) =>
    result.status === "rejected" ? [{ channel: channels[i]!, error: result.reason as unknown }] : [],
  );
  if (failed.length === channels.length) {
    await pollRecords(store).delete(key);
    throw failed[0]?.error;
  }
  for (const { channel, error } of failed)
    log.warn({ err: error, channel, poll: key }, "a poll could not be posted");
  const poll = await changePoll(store, opened.courseId, opened.id, (now) => now);
  // Votes may have come by the first message before the last one was posted.
  void showPoll(services, poll);
  return {
    poll,
    failed: failed.map(({ channel, error }) => ({
      channel,
      reason: error instanceof UserError ? error.message : "the platform did not take it; the log says why",
    })),
  };
}
