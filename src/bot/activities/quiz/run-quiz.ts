import type { CourseItem } from "../../course/item-schema.ts";
import { UserError } from "../../errors.ts";
import type { ChannelRef } from "../../invocation.ts";
import { newRecordId } from "../../store/record-id.ts";
import { itemGradingRecords } from "../grading/grade-record.ts";
import type { PollServices } from "../poll/close-poll.ts";
import { type OpenedPoll, openPoll } from "../poll/open-poll.ts";
import { type PollRecord, pollRecords, type Question } from "../poll/poll-record.ts";
import { questionOf } from "../poll/question.ts";
import { getPoll } from "../poll/voting.ts";
import { type QuizRecord, questionId, quizRecords } from "./quiz-record.ts";
import { quizSummary, summaryCard } from "./quiz-summary.ts";

export interface NewQuiz extends Pick<QuizRecord, "courseId" | "title" | "oneByOne" | "show" | "openedBy"> {
  readonly items: readonly CourseItem[];
  /** How many to ask; further items stand in for those that can't be asked. All when left out. */
  readonly count?: number;
  /** How long each question stays open, when asked one by one. */
  readonly seconds?: number;
  /** When all questions close, when asked all at once. */
  readonly closesAt?: number;
  readonly channels: readonly ChannelRef[];
  /** Drawn anew when left out. With the id of a quiz that exists, what is not posted yet is posted. */
  readonly id?: string;
  readonly review?: string;
}

export interface OpenedQuiz {
  readonly quiz: QuizRecord;
  /** The polls of the questions that are open now. */
  readonly polls: readonly PollRecord[];
  readonly failed: OpenedPoll["failed"];
  /** Items that could not be asked, with the reason. */
  readonly leftOut: readonly { readonly itemId: string; readonly reason: string }[];
}

/**
 * Opens a quiz: its first question, or all of them. A prediction that its model does not decide is left out.
 * @throws {UserError} "quiz-empty" when no item can be asked; what the posting threw when nothing was posted
 */
export async function openQuiz(
  services: PollServices,
  { items, count = items.length, id = newRecordId(), seconds, closesAt, channels, ...rest }: NewQuiz,
  signal?: AbortSignal,
): Promise<OpenedQuiz> {
  const stored = await quizRecords(services.store).get(`${rest.courseId}/${id}`);
  const { questions, leftOut } = stored
    ? { questions: stored.questions, leftOut: [] }
    : await prepare(services, items, count, signal);
  if (questions.length === 0) {
    const reasons = leftOut.map(({ reason }) => reason).join(" ");
    throw new UserError("quiz-empty", `There is nothing to ask. ${reasons}`.trim());
  }
  const quiz: QuizRecord = stored ?? {
    ...rest,
    id,
    questions,
    opened: rest.oneByOne ? 1 : questions.length,
    ...(seconds !== undefined && { seconds }),
    ...(closesAt !== undefined && { closesAt }),
    channels: [...channels],
    openedAt: services.clock.now(),
  };
  await quizRecords(services.store).set(`${quiz.courseId}/${id}`, quiz);
  const opened: OpenedPoll[] = [];
  // One after the other, so that they stand in their order.
  for (let number = 1; number <= quiz.opened; number++)
    opened.push(await openQuestion(services, quiz, number));
  return {
    quiz,
    polls: opened.map(({ poll }) => poll),
    failed: opened.flatMap(({ failed }) => failed),
    leftOut,
  };
}

async function prepare(
  services: PollServices,
  items: readonly CourseItem[],
  count: number,
  signal?: AbortSignal,
) {
  const questions: Question[] = [];
  const leftOut: { itemId: string; reason: string }[] = [];
  for (const item of items) {
    if (questions.length === count) break;
    try {
      questions.push(await questionOf(item, services.engine, signal));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      leftOut.push({ itemId: item.id, reason: error.message });
    }
  }
  return { questions, leftOut };
}

async function openQuestion(services: PollServices, quiz: QuizRecord, number: number): Promise<OpenedPoll> {
  const { courseId, id, oneByOne, seconds, questions, channels, show, openedBy } = quiz;
  const question = questions[number - 1]!;
  const closesAt = oneByOne ? seconds && services.clock.now() + seconds * 1000 : quiz.closesAt;
  const thresholds =
    question.item &&
    (await itemGradingRecords(services.store).get(`${courseId}/${question.item.id}`))?.thresholds;
  return openPoll(services, {
    ...question,
    id: questionId(id, number),
    courseId,
    show,
    openedBy,
    part: { of: "quiz", id, number, count: questions.length, oneByOne },
    ...(closesAt !== undefined && { closesAt }),
    ...(thresholds && { thresholds }),
    channels,
  });
}

/**
 * Opens the question after the one that has closed; after the last one it posts the summary. Of several who ask
 * for it at once, one does it.
 * @param number Of the question to open, counted from 1.
 * @throws {UserError} "quiz-unknown"; "quiz-question-open" when the one before has not closed; "quiz-done"
 */
export async function nextQuestion(
  services: PollServices,
  courseId: string,
  quizId: string,
  number: number,
): Promise<OpenedPoll | undefined> {
  const quizzes = quizRecords(services.store);
  const key = `${courseId}/${quizId}`;
  const quiz = await quizzes.get(key);
  if (!quiz) throw unknownQuiz();
  if (number > quiz.opened + 1) {
    throw new UserError(
      "quiz-question-unknown",
      `Question ${quiz.opened} comes first; ask for the one after it.`,
    );
  }
  const before = await getPoll(services.store, courseId, questionId(quizId, number - 1));
  if (before.state === "open") {
    throw new UserError("quiz-question-open", "Close the question before first.");
  }
  if (number > quiz.questions.length) {
    await sumUp(services, courseId, quizId);
    return undefined;
  }
  let isOurs = false;
  const now = await quizzes.update(key, (current = quiz) => {
    isOurs = current.opened === number - 1;
    return isOurs ? { ...current, opened: number } : current;
  });
  if (!isOurs) throw new UserError("quiz-done", "The next question is open already.");
  try {
    return await openQuestion(services, now, number);
  } catch (error) {
    // Posted nowhere, so it can be asked for again.
    await quizzes.update(key, (current = now) =>
      current.opened === number ? { ...current, opened: number - 1 } : current,
    );
    throw error;
  }
}

/**
 * Posts how a quiz went, once.
 * @throws {UserError} "quiz-unknown"; "quiz-done" when it has been summed up
 */
export async function sumUp(services: PollServices, courseId: string, quizId: string): Promise<void> {
  let isOurs = false;
  const quiz = await quizRecords(services.store).update(`${courseId}/${quizId}`, (current) => {
    if (!current) throw unknownQuiz();
    isOurs = current.summedUpAt === undefined;
    return isOurs ? { ...current, summedUpAt: services.clock.now() } : current;
  });
  if (!isOurs) throw new UserError("quiz-done", "The quiz has been summed up already.");
  const card = summaryCard(quiz, await quizSummary(services, quiz));
  for (const channel of quiz.channels) {
    const dedupeKey = `quiz/${courseId}/${quizId}/summary/${channel.platform}/${channel.id}`;
    services.messenger.post(channel, card, { dedupeKey }).catch((error: unknown) => {
      services.log.warn({ err: error, channel, quiz: quizId }, "a quiz's summary could not be posted");
    });
  }
}

/** At start: a question that had been decided on and not yet opened is opened. */
export async function resumeQuizzes(services: PollServices): Promise<void> {
  for (const course of services.courses.all()) {
    for await (const [, quiz] of quizRecords(services.store).list(`${course.id}/`)) {
      if (quiz.summedUpAt !== undefined || quiz.review !== undefined) continue;
      for (let number = 1; number <= quiz.opened; number++) {
        const poll = await pollRecords(services.store).get(`${course.id}/${questionId(quiz.id, number)}`);
        if (!poll || (poll.messages.length === 0 && poll.state === "open")) {
          await openQuestion(services, quiz, number);
        }
      }
    }
  }
}

function unknownQuiz(): UserError {
  return new UserError("quiz-unknown", "This quiz does not exist any more, or belongs to another course.");
}
