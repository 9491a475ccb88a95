import type { Card } from "../../cards/card.ts";
import type { RosterEntry } from "../../people/roster.ts";
import { timeInWords } from "../../time-in-words.ts";
import { setDeadline } from "../deadlines.ts";
import type { PollServices } from "../poll/close-poll.ts";
import { pollRecords } from "../poll/poll-record.ts";
import { countVotes } from "../poll/voting.ts";
import { questionId, quizRecords } from "../quiz/quiz-record.ts";
import { sendDirect } from "./direct.ts";
import {
  type OccurrenceRecord,
  occurrenceKey,
  reviewRecords,
  type ScheduleRecord,
  scheduleKey,
} from "./review-records.ts";

/** Between two direct messages: platforms take a burst for spam. */
const PACE_MS = 1_000;

/** Sets the timer for the reminders of a posted review. */
export function armReminder(services: PollServices, occurrence: OccurrenceRecord): void {
  const { store, clock, log } = services;
  const { remindAt, closesAt } = occurrence;
  if (remindAt === undefined || closesAt === undefined || closesAt <= clock.now()) return;
  setDeadline(store, clock, `review-reminder/${occurrenceKey(occurrence)}`, remindAt, () => {
    remind(services, occurrence).catch((error: unknown) => {
      log.error({ err: error, review: occurrenceKey(occurrence) }, "reminders could not be sent");
    });
  });
}

/**
 * Reminds, by direct message, each student of the course who has not answered every open question and has not
 * turned reminders off; each once, for it is noted before it is sent.
 * @returns how many were sent.
 */
export async function remind(services: PollServices, occurrence: OccurrenceRecord): Promise<number> {
  const { store, clock, roster } = services;
  const { courseId, activityId } = occurrence;
  const { schedules, reminded, optOuts } = reviewRecords(store);
  const schedule = await schedules.get(scheduleKey({ courseId, id: occurrence.scheduleId }));
  if (!schedule) return 0;
  const answered = await answersByPerson(services, occurrence);
  const questions = answered.length;
  if (questions === 0) return 0;
  let sent = 0;
  for await (const entry of roster.entries(courseId)) {
    if (clock.now() >= (occurrence.closesAt ?? 0)) break;
    const left = answered.filter((people) => !people.has(entry.id)).length;
    if (left === 0 || !mayBeReminded(entry) || (await optOuts.get(`${courseId}/${entry.id}`))) continue;
    if (!(await reminded.setIfAbsent(`${courseId}/${activityId}/${entry.id}`, { at: clock.now() }))) continue;
    if (sent > 0) await new Promise<void>((resolve) => void clock.after(PACE_MS, resolve));
    if (await sendDirect(services, entry.accounts, reminderCard(services, schedule, occurrence, left)))
      sent++;
  }
  return sent;
}

function mayBeReminded({ role, accounts }: RosterEntry): boolean {
  return role === "student" && accounts.length > 0;
}

/** For each question that is open: who has answered it. */
async function answersByPerson(
  services: PollServices,
  { courseId, activityId }: OccurrenceRecord,
): Promise<Set<string>[]> {
  const quiz = await quizRecords(services.store).get(`${courseId}/${activityId}`);
  const answered: Set<string>[] = [];
  for (let number = 1; number <= (quiz?.questions.length ?? 0); number++) {
    const poll = await pollRecords(services.store).get(`${courseId}/${questionId(activityId, number)}`);
    if (poll?.state !== "open") continue;
    const { votes } = await countVotes(services, poll);
    answered.push(new Set(votes.map(({ personId }) => personId)));
  }
  return answered;
}

function reminderCard(
  { clock, courses }: PollServices,
  schedule: ScheduleRecord,
  { closesAt }: OccurrenceRecord,
  left: number,
): Card {
  const course = courses.get(schedule.courseId);
  const until = timeInWords(closesAt ?? clock.now(), clock.now(), course.timeZone);
  return {
    title: schedule.title,
    blocks: [
      {
        type: "text",
        text: `${left === 1 ? "One question is" : `${left} questions are`} waiting for your answer in ${course.name}, until ${until}.`,
      },
    ],
    actions: [{ buttons: [{ label: "No more reminders", action: "review.quiet", record: schedule.id }] }],
  };
}
