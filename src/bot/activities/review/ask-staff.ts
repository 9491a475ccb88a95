import type { Card } from "../../cards/card.ts";
import { timeInWords } from "../../time-in-words.ts";
import type { PollServices } from "../poll/close-poll.ts";
import { graceMs } from "./decide.ts";
import { sendDirect } from "./direct.ts";
import {
  type OccurrenceRecord,
  occurrenceKey,
  reviewRecords,
  type ScheduleRecord,
  scheduleKey,
} from "./review-records.ts";

/**
 * Asks whoever made the schedule, by direct message, what is to happen with a time that was missed or that can't
 * be known to have been posted. Sent at most once; /review list has the question as well. Never throws.
 */
export async function askStaff(services: PollServices, occurrence: OccurrenceRecord): Promise<void> {
  const { store, clock, roster, log } = services;
  const { schedules, occurrences } = reviewRecords(store);
  try {
    let isOurs = false;
    const asked = await occurrences.update(occurrenceKey(occurrence), (now = occurrence) => {
      isOurs = now.state === "asked" && now.askedAt === undefined;
      return isOurs ? { ...now, askedAt: clock.now() } : now;
    });
    const schedule = await schedules.get(
      scheduleKey({ courseId: occurrence.courseId, id: occurrence.scheduleId }),
    );
    if (!isOurs || !schedule) return;
    const entry = await roster.entry(schedule.courseId, schedule.createdBy);
    const card = questionCard(services, schedule, asked);
    if (!(await sendDirect(services, entry?.accounts ?? [], card))) {
      log.info({ schedule: schedule.id }, "nobody could be asked about a review; /review list shows it");
    }
  } catch (error) {
    log.error({ err: error, review: occurrenceKey(occurrence) }, "staff could not be asked about a review");
  }
}

/** The question with its buttons. */
export function questionCard(
  { clock, courses }: Pick<PollServices, "clock" | "courses">,
  schedule: ScheduleRecord,
  occurrence: OccurrenceRecord,
): Card {
  const { timeZone } = courses.get(schedule.courseId);
  const inWords = (at: number) => timeInWords(at, clock.now(), timeZone);
  const planned = inWords(occurrence.slot);
  const value = String(occurrence.slot);
  const why = {
    missed: `It was planned for ${planned} and Cloze was not running. It can still be posted until ${inWords(occurrence.slot + graceMs(schedule))}.`,
    uncertain: `The posting at ${planned} was interrupted, and Cloze can't tell whether all of it has arrived. Look into the channel first: what is posted again may stand there twice. Both copies would count as one.`,
    "nothing-to-ask": `At ${planned} the bank had nothing to ask. Add items or mend the schedule with /review edit, then post it.`,
  }[occurrence.reason as "missed" | "uncertain" | "nothing-to-ask"];
  return {
    title: `${schedule.title}: shall it be posted?`,
    tone: "warning",
    blocks: [{ type: "text", text: why }],
    actions: [
      {
        buttons: [
          { label: "Post it now", action: "review.post", record: schedule.id, value, style: "primary" },
          { label: "Leave it out", action: "review.leave", record: schedule.id, value },
        ],
      },
    ],
  };
}
