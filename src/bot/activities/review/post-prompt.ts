import { isDeepStrictEqual } from "node:util";
import { readBank } from "../../course/bank.ts";
import { UserError } from "../../errors.ts";
import type { ChannelRef } from "../../invocation.ts";
import { openPairShare } from "../pair-share/run-pair-share.ts";
import type { PollServices } from "../poll/close-poll.ts";
import { pollRecords } from "../poll/poll-record.ts";
import { questionOf } from "../poll/question.ts";
import { questionId, quizRecords } from "../quiz/quiz-record.ts";
import { openQuiz } from "../quiz/run-quiz.ts";
import { chooseItems, itemInTurn } from "./choose-items.ts";
import { introduction } from "./introduction.ts";
import { revealLast } from "./last-review.ts";
import {
  type OccurrenceRecord,
  occurrenceKey,
  reviewRecords,
  type ScheduleRecord,
} from "./review-records.ts";
import { nextTimes } from "./timing.ts";

/** Chosen beyond what is asked for, to stand in for predictions that their model does not decide. */
const SPARE = 5;

/**
 * Posts an introduction with the answers of the last time, then the questions. Can be done again after a stop in
 * the midst of it: what is known to have arrived is not posted again, and what is not has the same dedupe key.
 * @throws {UserError} "quiz-empty", "item-unknown", "topic-unknown", "prediction-undecided"; what the posting
 *   threw when something could not be posted
 */
export async function postPrompt(
  services: PollServices,
  schedule: ScheduleRecord,
  occurrence: OccurrenceRecord,
): Promise<{ closesAt?: number }> {
  const { courseId, ask } = schedule;
  if (ask.by === "pair-share") return postPairShare(services, schedule, occurrence);
  const { activityId } = occurrence;
  const known = await quizRecords(services.store).get(`${courseId}/${activityId}`);
  const closesAt = known?.closesAt ?? services.clock.now() + schedule.answerMinutes * 60_000;
  const items = known ? [] : await chooseItems(services, schedule, SPARE);
  if (!known && items.length === 0) {
    throw new UserError("quiz-empty", "There is nothing to ask: the bank has no item that fits.");
  }
  await introduce(services, schedule, occurrence, closesAt);
  const { failed } = await openQuiz(services, {
    id: activityId,
    review: schedule.id,
    courseId,
    title: schedule.title,
    items,
    ...(ask.by !== "items" && { count: ask.count }),
    oneByOne: false,
    show: answersNext(schedule, occurrence) ? "revealed" : "closed",
    closesAt,
    openedBy: schedule.createdBy,
    channels: schedule.channels,
  });
  if (failed[0]) throw new Error(`Not posted to ${failed[0].channel.platform}: ${failed[0].reason}`);
  return { closesAt };
}

async function postPairShare(
  services: PollServices,
  schedule: ScheduleRecord,
  occurrence: OccurrenceRecord,
): Promise<{ closesAt?: number }> {
  const { courseId, ask } = schedule;
  if (ask.by !== "pair-share") throw new Error("This schedule has no think–pair–share.");
  const bank = await readBank(services.courses.get(courseId));
  const item = await itemInTurn(services.store, occurrence, bank, ask.items);
  const question = await questionOf(item, services.engine);
  await introduce(services, schedule, occurrence, undefined);
  const { failed } = await openPairShare(services, {
    id: occurrence.activityId,
    review: schedule.id,
    courseId,
    question,
    seconds: ask.seconds,
    rooms: false,
    openedBy: schedule.createdBy,
    channels: schedule.channels,
  });
  if (failed[0]) throw new Error(`Not posted to ${failed[0].channel.platform}: ${failed[0].reason}`);
  return {};
}

/** The channels in which something of it is not known to have arrived. */
export async function unposted(
  { store }: PollServices,
  { courseId, channels, ask }: ScheduleRecord,
  { activityId, introduced }: OccurrenceRecord,
): Promise<ChannelRef[]> {
  const ids =
    ask.by === "pair-share"
      ? [activityId]
      : ((await quizRecords(store).get(`${courseId}/${activityId}`))?.questions ?? [undefined]).map((_, i) =>
          questionId(activityId, i + 1),
        );
  const polls = await Promise.all(ids.map((id) => pollRecords(store).get(`${courseId}/${id}`)));
  return channels.filter(
    (channel) =>
      !introduced.some((each) => isDeepStrictEqual(each, channel)) ||
      polls.some((poll) => !poll?.messages.some((message) => isDeepStrictEqual(message.channel, channel))),
  );
}

async function introduce(
  services: PollServices,
  schedule: ScheduleRecord,
  occurrence: OccurrenceRecord,
  closesAt: number | undefined,
): Promise<void> {
  const { store, clock, messenger } = services;
  const { occurrences } = reviewRecords(store);
  const key = occurrenceKey(occurrence);
  const left = schedule.channels.filter(
    (channel) => !occurrence.introduced.some((each) => isDeepStrictEqual(each, channel)),
  );
  if (left.length === 0) return;
  const card = await introduction(services, schedule, occurrence, closesAt);
  // Kept before the first message is handed to a platform, so that a later process knows it may be there.
  await occurrences.update(key, (now = occurrence) =>
    now.firstTriedAt === undefined ? { ...now, firstTriedAt: clock.now() } : now,
  );
  for (const channel of left) {
    await messenger.post(channel, card, { dedupeKey: `review/${key}/${channel.platform}/${channel.id}` });
    await occurrences.update(key, (now = occurrence) => ({
      ...now,
      introduced: [...now.introduced, channel],
    }));
  }
  await revealLast(services, schedule, occurrence);
}

/** After the last one comes none that could bring the answers. */
function answersNext(schedule: ScheduleRecord, { slot }: OccurrenceRecord): boolean {
  return schedule.answers === "next" && nextTimes(schedule.timing, slot, 1).length > 0;
}
