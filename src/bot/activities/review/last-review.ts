import type { Block, Text } from "../../cards/card.ts";
import type { PollServices } from "../poll/close-poll.ts";
import { type PollRecord, pollRecords } from "../poll/poll-record.ts";
import { revealed } from "../poll/poll-state.ts";
import { showPoll } from "../poll/show-poll.ts";
import { changePoll } from "../poll/voting.ts";
import { questionId, quizRecords } from "../quiz/quiz-record.ts";
import { percent, quizSummary } from "../quiz/quiz-summary.ts";
import { type OccurrenceRecord, reviewRecords, type ScheduleRecord } from "./review-records.ts";

/** The one posted last before this one. */
export async function lastPosted(
  { store }: Pick<PollServices, "store">,
  { courseId, id }: Pick<ScheduleRecord, "courseId" | "id">,
  before: number,
): Promise<OccurrenceRecord | undefined> {
  let last: OccurrenceRecord | undefined;
  for await (const [, each] of reviewRecords(store).occurrences.list(`${courseId}/${id}/`)) {
    if (each.state === "posted" && each.slot < before) last = each;
  }
  return last;
}

/** How the last review went and what was right; nothing of questions that are still open. */
export async function lastReviewBlocks(
  services: PollServices,
  schedule: ScheduleRecord,
  { slot }: OccurrenceRecord,
): Promise<Block[]> {
  const last = await lastPosted(services, schedule, slot);
  if (!last) return [];
  if (schedule.ask.by === "pair-share") return lastDiscussion(services, last);
  const quiz = await quizRecords(services.store).get(`${schedule.courseId}/${last.activityId}`);
  if (!quiz) return [];
  const { questions, people } = await quizSummary(services, quiz);
  const closed = questions.filter(({ poll }) => poll.state === "closed");
  if (closed.length === 0) return [];
  const waiting = questions.length - closed.length;
  return [
    {
      type: "text",
      text: [
        { bold: "The last review. " },
        `${people === 1 ? "1 person" : `${people} people`} took part.${waiting > 0 ? ` ${waiting} of its questions are still open.` : ""}`,
      ],
    },
    {
      type: "table",
      columns: [{ name: "Question" }, { name: "Answers", align: "right" }, { name: "Right", align: "right" }],
      rows: closed.map(({ poll, counted, meanScore }) => [
        poll.question,
        String(counted.voters),
        meanScore === undefined ? "not graded" : percent(meanScore),
      ]),
    },
    { type: "list", ordered: true, items: closed.map(({ poll }) => answerOf(poll)) },
  ];
}

async function lastDiscussion({ store }: PollServices, last: OccurrenceRecord): Promise<Block[]> {
  const poll = await pollRecords(store).get(`${last.courseId}/${last.activityId}`);
  const item = poll?.item;
  if (!poll || !item) return [];
  const answer = item.kind === "discussion" ? item.modelAnswer : rightAnswer(poll);
  return [
    { type: "text", text: [{ bold: "Last time: " }, poll.question] },
    ...(answer === undefined ? [] : [{ type: "quote", text: answer } as const]),
    ...(item.kind === "discussion" ? [{ type: "list", items: item.points } as const] : []),
  ];
}

function answerOf(poll: PollRecord): Text {
  const right = rightAnswer(poll);
  const why = poll.item ? ` ${poll.item.explanation}` : "";
  return right === undefined ? why.trim() : [{ bold: right }, why];
}

/** What is right, in words. */
export function rightAnswer({ item, choices, right, outcome }: PollRecord): string | undefined {
  if (item?.kind === "numeric") return `${item.answer}${item.unit ? ` ${item.unit}` : ""}`;
  if (item?.kind === "short") return item.references[0];
  const texts = choices.filter(({ id }) => right?.includes(id)).map(({ text }) => text);
  return texts.length > 0 ? texts.join(", ") : outcome?.text;
}

/** Questions whose answers were kept for this review show them from now on. */
export async function revealLast(
  services: PollServices,
  schedule: ScheduleRecord,
  { slot }: Pick<OccurrenceRecord, "slot">,
): Promise<void> {
  const last = schedule.ask.by === "pair-share" ? undefined : await lastPosted(services, schedule, slot);
  const quiz = last && (await quizRecords(services.store).get(`${schedule.courseId}/${last.activityId}`));
  if (quiz?.show !== "revealed") return;
  for (let number = 1; number <= quiz.questions.length; number++) {
    const id = questionId(quiz.id, number);
    const poll = await pollRecords(services.store).get(`${schedule.courseId}/${id}`);
    if (poll?.state !== "closed") continue;
    void showPoll(services, await changePoll(services.store, schedule.courseId, id, revealed));
  }
}
