import { answerInWords } from "../../activities/poll/answers.ts";
import type { RosterEntry } from "../../people/roster.ts";
import { type Activity, isGraded, lastRound, participantsOf } from "./course-record.ts";
import { type Cell, toCsv } from "./csv.ts";

/** Every answer of every round, one a line, under pseudonyms. What people wrote themselves is given as it is. */
export async function fullCsv(
  activities: readonly Activity[],
  pseudonym: (personId: string) => Promise<string>,
): Promise<string> {
  const rows: Cell[][] = [];
  for (const { id, kind, questions } of activities) {
    for (const { poll, rounds } of questions) {
      for (const [index, votes] of rounds.entries()) {
        for (const vote of votes) {
          rows.push([
            await pseudonym(vote.personId),
            kind,
            id,
            poll.id,
            poll.item?.id,
            poll.item?.objectives.join(" "),
            poll.question,
            index + 1,
            poll.answer === "number" ? vote.number : answerInWords(poll, vote),
            vote.score,
            vote.confidence,
            iso(vote.at),
            iso(poll.openedAt),
            poll.closedAt === undefined ? undefined : iso(poll.closedAt),
          ]);
        }
      }
    }
  }
  const header =
    "person,activity,activity_id,question_id,item,objectives,question,round,answer,score,confidence,answered_at,opened_at,closed_at";
  return toCsv(header.split(","), rows, { bom: true });
}

export interface Participation {
  readonly entry: RosterEntry;
  readonly activities: number;
  readonly answered: number;
  /** Sum of the scores, and of how many questions with a right answer. */
  readonly points: number;
  readonly graded: number;
  readonly last: number | undefined;
}

/** What each student took part in; those who never did as well. */
export function participation(
  activities: readonly Activity[],
  students: ReadonlyMap<string, RosterEntry>,
): Participation[] {
  const questions = activities.flatMap((activity) => activity.questions);
  return [...students.values()]
    .map((entry) => {
      const votes = questions.flatMap((question) =>
        lastRound(question)
          .filter(({ personId }) => personId === entry.id)
          .map((vote) => ({ ...vote, graded: isGraded(question) })),
      );
      return {
        entry,
        activities: activities.filter((activity) => participantsOf(activity).has(entry.id)).length,
        answered: votes.length,
        points: votes.reduce((sum, { score = 0 }) => sum + score, 0),
        graded: votes.filter(({ graded }) => graded).length,
        last: votes.length === 0 ? undefined : Math.max(...votes.map(({ at }) => at)),
      };
    })
    .sort((a, b) => a.entry.displayName.localeCompare(b.entry.displayName, "en"));
}

export function participationCsv(people: readonly Participation[], activities: readonly Activity[]): string {
  const asked = activities.reduce((sum, { questions }) => sum + questions.length, 0);
  const header = [
    "name",
    "student_id",
    "in_roster",
    "activities",
    "activities_held",
    "questions_answered",
    "questions_asked",
    "points",
    "points_possible_of_answered",
    "last_answer_at",
  ];
  const rows = people.map(({ entry, ...counts }) => [
    entry.displayName,
    entry.studentId,
    entry.canvas ? "yes" : "no",
    counts.activities,
    activities.length,
    counts.answered,
    asked,
    counts.points,
    counts.graded,
    counts.last === undefined ? undefined : iso(counts.last),
  ]);
  return toCsv(header, rows, { bom: true });
}

export interface TimelineEntry {
  readonly activity: Activity;
  readonly people: number;
  /** Mean score of all answers that are right or wrong, from 0 to 1. */
  readonly mean: number | undefined;
}

/** Everything asked, when, and how it went. */
export function timeline(activities: readonly Activity[]): TimelineEntry[] {
  return activities.map((activity) => {
    const scores = activity.questions.flatMap((question) =>
      lastRound(question).flatMap(({ score }) => score ?? []),
    );
    return {
      activity,
      people: participantsOf(activity).size,
      mean: scores.length === 0 ? undefined : scores.reduce((sum, score) => sum + score, 0) / scores.length,
    };
  });
}

export function timelineCsv(entries: readonly TimelineEntry[]): string {
  const header = [
    "opened_at",
    "activity",
    "title",
    "activity_id",
    "items",
    "questions",
    "people",
    "mean_score",
  ];
  const rows = entries.map(({ activity: { id, kind, title, openedAt, questions }, people, mean }) => [
    iso(openedAt),
    kind,
    title,
    id,
    questions.flatMap(({ poll }) => poll.item?.id ?? []).join(" "),
    questions.length,
    people,
    mean,
  ]);
  return toCsv(header, rows, { bom: true });
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
