import type { Block, Card, WordsBlock } from "../../cards/card.ts";
import { answerInWords, scoreOf } from "../poll/answers.ts";
import type { PollServices } from "../poll/close-poll.ts";
import { type PollRecord, pollRecords } from "../poll/poll-record.ts";
import type { Tally } from "../poll/tally.ts";
import { countVotes } from "../poll/voting.ts";
import { type ItemStatistics, itemStatistics } from "../statistics/item-statistics.ts";
import { type QuizRecord, questionId } from "./quiz-record.ts";

export interface QuizSummary {
  readonly questions: readonly {
    readonly poll: PollRecord;
    readonly counted: Tally;
    /** From 0 to 1, of the answers that are right or wrong; absent without any. */
    readonly meanScore?: number;
  }[];
  /** People who answered at least one question. */
  readonly people: number;
  readonly statistics: readonly ItemStatistics[];
}

/** What a quiz has come to, as far as its questions have been opened. */
export async function quizSummary(
  services: Pick<PollServices, "store" | "roster" | "courses">,
  quiz: QuizRecord,
): Promise<QuizSummary> {
  const questions: { poll: PollRecord; counted: Tally; meanScore?: number }[] = [];
  for (let number = 1; number <= quiz.opened; number++) {
    const poll = await pollRecords(services.store).get(`${quiz.courseId}/${questionId(quiz.id, number)}`);
    if (!poll) continue;
    const counted = await countVotes(services, poll);
    const scores = counted.votes.flatMap((vote) => scoreOf(poll, vote, vote.grade) ?? []);
    const meanScore = scores.reduce((sum, score) => sum + score, 0) / scores.length;
    questions.push({ poll, counted, ...(scores.length > 0 && { meanScore }) });
  }
  const responses = questions.flatMap(({ poll, counted }) =>
    counted.votes.flatMap((vote) => {
      const score = scoreOf(poll, vote, vote.grade);
      return score === undefined
        ? []
        : [{ personId: vote.personId, itemId: poll.item?.id ?? poll.id, score }];
    }),
  );
  const people = new Set(questions.flatMap(({ counted }) => counted.votes.map(({ personId }) => personId)));
  return { questions, people: people.size, statistics: itemStatistics(responses) };
}

/** How the quiz went, for everybody. */
export function summaryCard(quiz: QuizRecord, { questions, people }: QuizSummary): Card {
  const scores = questions.flatMap(({ meanScore }) => (meanScore === undefined ? [] : [meanScore]));
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  const table: WordsBlock = {
    type: "table",
    columns: [
      { name: "#", align: "right" },
      { name: "Question" },
      { name: "Answers", align: "right" },
      { name: "Right", align: "right" },
    ],
    rows: questions.map(({ poll, counted, meanScore }, i) => [
      String(i + 1),
      poll.question,
      String(counted.voters),
      meanScore === undefined ? "not graded" : percent(meanScore),
    ]),
  };
  const items = questions.flatMap(({ poll, counted, meanScore }, i) =>
    meanScore === undefined
      ? []
      : [{ label: `${i + 1} ${poll.question}`, n: counted.voters, difficulty: meanScore }],
  );
  const blocks: Block[] = [
    items.length > 0
      ? {
          type: "chart",
          chart: { kind: "item-statistics", title: `${quiz.title}: how it went`, items },
          inWords: [table],
        }
      : table,
    {
      type: "text",
      text: `${people === 1 ? "1 person" : `${people} people`} took part.${
        scores.length > 0 ? ` On average ${percent(mean)} of the answers to a question are right.` : ""
      }`,
    },
  ];
  return {
    title: `${quiz.title}: how it went`,
    blocks,
    actions: [{ buttons: [{ label: "My result", action: "quiz.mine", record: quiz.id, style: "primary" }] }],
    footer: "A short answer that is close counts half.",
  };
}

/** One person's own result; nobody else sees it. */
export function ownResultCard(quiz: QuizRecord, { questions }: QuizSummary, personId: string): Card {
  let reached = 0;
  let possible = 0;
  const rows = questions.map(({ poll, counted }, i) => {
    const vote = counted.votes.find((each) => each.personId === personId);
    const score = vote && scoreOf(poll, vote, vote.grade);
    possible++;
    reached += score ?? 0;
    const verdict = !vote
      ? "not answered"
      : score === undefined
        ? "not graded"
        : score === 1
          ? "right"
          : score > 0
            ? "close"
            : "not right";
    return [String(i + 1), vote ? answerInWords(poll, vote) : "", verdict];
  });
  return {
    title: `${quiz.title}: your result`,
    blocks: [
      {
        type: "table",
        columns: [{ name: "#", align: "right" }, { name: "Answer" }, { name: "Result" }],
        rows,
      },
      { type: "text", text: [{ bold: `${reached} of ${possible}` }, " right."] },
    ],
    footer: "Only you see this.",
  };
}

export function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
