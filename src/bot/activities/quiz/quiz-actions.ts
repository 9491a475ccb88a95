import type { Action } from "../../actions.ts";
import { textCard } from "../../cards/card.ts";
import type { Context } from "../../context.ts";
import { UserError } from "../../errors.ts";
import { pollRecords } from "../poll/poll-record.ts";
import { solutionShown } from "../poll/poll-state.ts";
import { type QuizRecord, questionId, quizRecords } from "./quiz-record.ts";
import { ownResultCard, quizSummary } from "./quiz-summary.ts";
import { nextQuestion, sumUp } from "./run-quiz.ts";

const next: Action = {
  name: "quiz.next",
  role: "assistant",
  async *run({ record, value, place }, context) {
    const number = Number(value);
    if (!Number.isInteger(number) || number < 2) {
      throw new UserError(
        "quiz-question-unknown",
        "This quiz has no such question. Use the button it shows now.",
      );
    }
    const opened = await nextQuestion(context, place.courseId, record, number);
    const failed = opened?.failed ?? [];
    const told = failed.map(
      ({ channel, reason }) => `Not shown in ${channel.platform} channel ${channel.id}: ${reason}`,
    );
    yield {
      kind: "private",
      card: textCard([opened ? `Question ${number} is open.` : "The summary is posted.", ...told].join("\n")),
    };
  },
};

const sum: Action = {
  name: "quiz.sum",
  role: "assistant",
  async *run({ record, place }, context) {
    const quiz = await get(context, place.courseId, record);
    for (let number = 1; number <= quiz.questions.length; number++) {
      const poll = await pollRecords(context.store).get(`${place.courseId}/${questionId(quiz.id, number)}`);
      if (poll?.state === "closed") continue;
      throw new UserError("quiz-question-open", `Question ${number} has not closed yet. Close it first.`);
    }
    await sumUp(context, place.courseId, record);
    yield { kind: "private", card: textCard("The summary is posted.") };
  },
};

/** Only what is shown by now counts, so that nobody learns an answer before the others. */
const mine: Action = {
  name: "quiz.mine",
  async *run({ record, person, place }, context) {
    const quiz = await get(context, place.courseId, record);
    const summary = await quizSummary(context, quiz);
    const questions = summary.questions.filter(({ poll }) => solutionShown(poll));
    yield { kind: "private", card: ownResultCard(quiz, { ...summary, questions }, person.id) };
  },
};

export const quizActions: readonly Action[] = [next, sum, mine];

async function get({ store }: Context, courseId: string, quizId: string): Promise<QuizRecord> {
  const quiz = await quizRecords(store).get(`${courseId}/${quizId}`);
  if (quiz) return quiz;
  throw new UserError("quiz-unknown", "This quiz does not exist any more, or belongs to another course.");
}
