import { type Card, createEmptyCard, fsrs, type Grade, Rating } from "ts-fsrs";

/** Without fuzz the same history gives the same day; without short-term steps the unit is the day. */
const scheduler = fsrs({ enable_fuzz: false, enable_short_term: false });

export interface Memory {
  /** When the next review is due, as a clock time. */
  readonly dueAt: number;
  /** How likely it is still known, from 0 to 1. */
  readonly recall: number;
}

/**
 * What spaced repetition (FSRS, github.com/open-spaced-repetition) makes of a history of answers, by a class or by
 * one person. Undefined when there is none.
 * @param history In the order of time; `scores` from 0 to 1.
 */
export function memoryOf(
  history: readonly { readonly at: number; readonly scores: readonly number[] }[],
  now: number,
): Memory | undefined {
  let card: Card | undefined;
  for (const { at, scores } of history) {
    if (scores.length === 0) continue;
    const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
    card = scheduler.next(card ?? createEmptyCard(new Date(at)), new Date(at), ratingOf(mean)).card;
  }
  if (!card) return undefined;
  return {
    dueAt: card.due.getTime(),
    recall: scheduler.get_retrievability(card, new Date(now), false),
  };
}

/** How a mean score is told to FSRS, whose ratings are meant for one person's recall. */
export function ratingOf(mean: number): Grade {
  if (mean < 0.5) return Rating.Again;
  if (mean < 0.7) return Rating.Hard;
  return mean < 0.9 ? Rating.Good : Rating.Easy;
}
