import type { Block, Card } from "../../cards/card.ts";
import { timeInWords } from "../../time-in-words.ts";
import type { PollServices } from "../poll/close-poll.ts";
import { lastReviewBlocks } from "./last-review.ts";
import type { OccurrenceRecord, ScheduleRecord } from "./review-records.ts";

/** What stands above the questions of a review: until when, and how the last one went. */
export async function introduction(
  services: PollServices,
  schedule: ScheduleRecord,
  occurrence: OccurrenceRecord,
  closesAt: number | undefined,
): Promise<Card> {
  const { courses, clock } = services;
  const { timeZone } = courses.get(schedule.courseId);
  const blocks: Block[] = [];
  if (closesAt !== undefined) {
    const until = timeInWords(closesAt, clock.now(), timeZone);
    const reminder =
      schedule.remindMinutes > 0
        ? " Whoever has not answered is reminded once before; /review reminders turns that off."
        : "";
    blocks.push({ type: "text", text: [{ bold: `Open until ${until}.` }, reminder] });
  }
  return {
    title: schedule.title,
    blocks: [...blocks, ...(await lastReviewBlocks(services, schedule, occurrence))],
  };
}
