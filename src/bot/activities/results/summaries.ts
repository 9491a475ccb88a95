import type { CourseItem } from "../../course/item-schema.ts";
import { rightBy, shareRight } from "../pair-share/change-of-answers.ts";
import { type ItemStatistics, itemStatistics } from "../statistics/item-statistics.ts";
import { type Transitions, transitions } from "../statistics/transitions.ts";
import type { Answered, ScoredAnswer } from "./answered.ts";

export interface PollResult {
  readonly poll: string;
  readonly question: string;
  readonly openedAt: number;
  readonly answers: number;
  /** Of the first round, from 0 to 1; absent where nothing is right or wrong. */
  readonly right?: number;
  /** From the first to the last round. */
  readonly change?: Transitions;
}

export interface GroupResult {
  readonly name: string;
  readonly items: number;
  readonly people: number;
  readonly answers: number;
  /** Mean score, from 0 to 1. */
  readonly mean: number;
}

export function byPoll(questions: readonly Answered[]): PollResult[] {
  return questions.map(({ poll, first, last }) => {
    const right = shareRight(poll, first.votes);
    const change = last && transitions(rightBy(poll, first.votes), rightBy(poll, last.votes));
    return {
      poll: poll.id,
      question: poll.question,
      openedAt: poll.openedAt,
      answers: first.voters,
      ...(right !== undefined && { right }),
      ...(change && change.n > 0 && { change }),
    };
  });
}

/** Statistics of each item against the other items that the same people answered. */
export function byItem(answers: readonly ScoredAnswer[]): (ItemStatistics & { readonly item: CourseItem })[] {
  const items = new Map(answers.map(({ item }) => [item.id, item]));
  const key = new Map(
    [...items.values()].flatMap((item) =>
      "choices" in item && item.kind !== "prediction"
        ? [
            [
              item.id,
              {
                all: item.choices.map(({ text }) => text),
                correct: item.choices.filter(({ correct }) => correct).map(({ text }) => text),
              },
            ] as const,
          ]
        : [],
    ),
  );
  const responses = answers.map(({ item, ...rest }) => ({ itemId: item.id, ...rest }));
  return itemStatistics(responses, key).map((each) => ({ ...each, item: items.get(each.itemId)! }));
}

/** An answer counts for each objective of its item. */
export function byObjective(answers: readonly ScoredAnswer[]): GroupResult[] {
  const tagged = answers.flatMap((answer) =>
    answer.item.objectives.map((objective) => ({ name: objective, answer })),
  );
  return grouped(tagged).sort((a, b) => a.mean - b.mean || a.name.localeCompare(b.name));
}

/** By the Monday that a week begins with, in the course's time zone. */
export function byWeek(answers: readonly ScoredAnswer[], timeZone: string): GroupResult[] {
  const tagged = answers.map((answer) => ({ name: mondayOf(answer.at, timeZone), answer }));
  return grouped(tagged).sort((a, b) => a.name.localeCompare(b.name));
}

function grouped(tagged: readonly { readonly name: string; readonly answer: ScoredAnswer }[]): GroupResult[] {
  return [...Map.groupBy(tagged, ({ name }) => name)].map(([name, own]) => ({
    name,
    items: new Set(own.map(({ answer }) => answer.item.id)).size,
    people: new Set(own.map(({ answer }) => answer.personId)).size,
    answers: own.length,
    mean: own.reduce((sum, { answer }) => sum + answer.score, 0) / own.length,
  }));
}

/** "2026-10-05", the Monday of the week that the time falls in. */
export function mondayOf(at: number, timeZone: string): string {
  const [year, month, day] = new Intl.DateTimeFormat("en-CA", { timeZone }).format(at).split("-").map(Number);
  const date = new Date(Date.UTC(year!, month! - 1, day!));
  date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7));
  return date.toISOString().slice(0, 10);
}
