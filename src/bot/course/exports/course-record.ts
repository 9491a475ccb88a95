import { scoreOf } from "../../activities/poll/answers.ts";
import { type PollRecord, pollRecords } from "../../activities/poll/poll-record.ts";
import type { CountedVote } from "../../activities/poll/tally.ts";
import { countVotes } from "../../activities/poll/voting.ts";
import { quizRecords } from "../../activities/quiz/quiz-record.ts";
import type { Services } from "../../context.ts";
import type { RosterEntry } from "../../people/roster.ts";

type RecordServices = Pick<Services, "store" | "roster" | "courses">;

export type ActivityKind = "poll" | "quiz" | "review" | "think-pair-share";

/** One question with everybody's answers, round by round. */
export interface AskedQuestion {
  readonly poll: PollRecord;
  /** From round 1 on. */
  readonly rounds: readonly (readonly ScoredVote[])[];
}

export interface ScoredVote extends CountedVote {
  /** From 0 to 1; absent where nothing is right or wrong, or while a text is not graded. */
  readonly score?: number;
}

/** What was asked together: a quiz or review, a think–pair–share, a poll of its own. */
export interface Activity {
  readonly id: string;
  readonly kind: ActivityKind;
  readonly title: string;
  readonly openedAt: number;
  readonly questions: readonly AskedQuestion[];
}

/** Everything a course was asked, the oldest first, with all answers that count. */
export async function courseRecord(services: RecordServices, courseId: string): Promise<Activity[]> {
  const { store } = services;
  const groups = new Map<string, { kind: ActivityKind; title: string; questions: AskedQuestion[] }>();
  for await (const [, poll] of pollRecords(store).list(`${courseId}/`)) {
    // A step of a game; its votes are no answers.
    if (poll.part?.of === "vote-next") continue;
    const id = poll.part?.id ?? poll.id;
    const group = groups.get(id) ?? { ...(await kindOf(services, poll)), questions: [] };
    groups.set(id, group);
    const rounds: ScoredVote[][] = [];
    for (let round = 1; round <= poll.round; round++) {
      const { votes } = await countVotes(services, poll, round);
      rounds.push(
        votes.map((vote) => {
          const score = scoreOf(poll, vote, vote.grade);
          return { ...vote, ...(score !== undefined && { score }) };
        }),
      );
    }
    group.questions.push({ poll, rounds });
  }
  return [...groups]
    .map(([id, { questions, ...rest }]) => {
      const sorted = questions.sort((a, b) => numberOf(a) - numberOf(b));
      return {
        id,
        ...rest,
        questions: sorted,
        openedAt: Math.min(...sorted.map(({ poll }) => poll.openedAt)),
      };
    })
    .sort((a, b) => a.openedAt - b.openedAt || (a.id < b.id ? -1 : 1));
}

function numberOf({ poll }: AskedQuestion): number {
  return poll.part?.of === "quiz" ? poll.part.number : 0;
}

async function kindOf(
  { store }: RecordServices,
  poll: PollRecord,
): Promise<{ kind: ActivityKind; title: string }> {
  if (poll.part?.of === "pair-share") return { kind: "think-pair-share", title: poll.question };
  if (poll.part?.of !== "quiz") return { kind: "poll", title: poll.question };
  const quiz = await quizRecords(store).get(`${poll.courseId}/${poll.part.id}`);
  return { kind: quiz?.review === undefined ? "quiz" : "review", title: quiz?.title ?? "Quiz" };
}

/** The answers that count for credit: those of the last round. */
export function lastRound({ rounds }: AskedQuestion): readonly ScoredVote[] {
  return rounds.at(-1) ?? [];
}

/** Whether anything in it can be right or wrong. */
export function isGraded({ poll }: AskedQuestion): boolean {
  return poll.right !== undefined || poll.item?.kind === "numeric" || poll.item?.kind === "short";
}

/**
 * Points by person: the sum of their scores, for those who answered at least one question. A short answer that
 * is not graded yet counts 0 until it is.
 */
export function pointsOf({ questions }: Activity): Map<string, number> {
  const points = new Map<string, number>();
  for (const question of questions.filter(isGraded)) {
    for (const { personId, score = 0 } of lastRound(question)) {
      points.set(personId, (points.get(personId) ?? 0) + score);
    }
  }
  return points;
}

/** Who answered at least one question, in any round. */
export function participantsOf({ questions }: Activity): Set<string> {
  return new Set(questions.flatMap(({ rounds }) => rounds.flat().map(({ personId }) => personId)));
}

/** Students by id: those of the roster, and everybody else who is no staff. */
export async function studentsOf(
  { roster }: RecordServices,
  courseId: string,
): Promise<Map<string, RosterEntry>> {
  const students = new Map<string, RosterEntry>();
  for await (const entry of roster.entries(courseId)) {
    if (entry.role === "student") students.set(entry.id, entry);
  }
  return students;
}
