import type { BarsBlock, Block, Text } from "../../cards/card.ts";
import { BAND_IN_WORDS, bandOf } from "../grading/bands.ts";
import { BANDS } from "../grading/grade-record.ts";
import { fitButtons } from "./answer-rows.ts";
import { isNumber } from "./answers.ts";
import { choiceLetter } from "./choices.ts";
import type { PollRecord } from "./poll-record.ts";
import type { CountedVote, Tally } from "./tally.ts";

/** Different numbers that are listed; the others are counted together. */
const MOST_NUMBERS = 8;
/** Missing ideas that are named. */
const MOST_IDEAS = 4;

/** How the answers fall. @param solution Whether what is right may be seen. */
export function countBlocks(poll: PollRecord, counted: Tally, solution: boolean): Block[] {
  if (poll.answer === "number") return [numberBars(poll, counted, solution)];
  if (poll.answer === "text") return textCounts(poll, counted);
  return [choiceBars(poll, counted, solution)];
}

/** What is right and why, and what the wrong answers that were given show. */
export function solutionBlocks(poll: PollRecord, counted: Tally): Block[] {
  const { item, outcome } = poll;
  const blocks: Block[] = [];
  if (outcome) {
    blocks.push(
      { type: "text", text: [{ bold: "The model wrote" }] },
      { type: "quote", text: outcome.text },
      { type: "text", text: ["Run it yourself: ", { code: outcome.command }] },
    );
  }
  if (!item) return blocks;
  if (item.kind === "numeric") {
    const tolerance = item.tolerance > 0 ? ` ± ${item.tolerance}` : "";
    const answer = `${item.answer}${tolerance}${item.unit ? ` ${item.unit}` : ""}`;
    blocks.push({ type: "text", text: [{ bold: "Right: " }, answer] });
  }
  if (item.kind === "short") {
    blocks.push({ type: "text", text: [{ bold: "A right answer: " }, item.references[0]!] });
  }
  if (item.kind === "discussion") return blocks;
  blocks.push({ type: "text", text: [{ bold: "Why: " }, item.explanation] });
  const shown = misconceptions(poll, counted.votes);
  if (shown.length > 0) blocks.push({ type: "list", items: shown });
  return blocks;
}

function choiceBars(poll: PollRecord, counted: Tally, solution: boolean): BarsBlock {
  const lettered = !fitButtons(poll.choices);
  return {
    type: "bars",
    unit: "count",
    bars: counted.counts.map(({ choice, count, share }) => {
      const right = solution && poll.right?.includes(choice.id) === true;
      const percent = `${Math.round(100 * share)} %`;
      return {
        label: lettered ? `${choiceLetter(choice)} ${choice.text}` : choice.text,
        value: count,
        note: right ? `${percent}, right` : percent,
        ...(right && { marked: true }),
      };
    }),
  };
}

function numberBars(poll: PollRecord, { votes, voters }: Tally, solution: boolean): BarsBlock {
  const { item } = poll;
  const isRight = (value: number) => item?.kind === "numeric" && isNumber(value, item.answer, item.tolerance);
  const given = votes.flatMap(({ number }) => (number === undefined ? [] : [number]));
  // All numbers that are right within the tolerance are one bar.
  const groups = Map.groupBy(given, (value) =>
    item?.kind === "numeric" && isRight(value) ? item.answer : value,
  );
  const sorted = [...groups].sort((a, b) => b[1].length - a[1].length || a[0] - b[0]);
  const rest = sorted.slice(MOST_NUMBERS).reduce((sum, [, values]) => sum + values.length, 0);
  const note = (count: number, right: boolean) =>
    `${Math.round((100 * count) / Math.max(1, voters))} %${right ? ", right" : ""}`;
  const bars = sorted.slice(0, MOST_NUMBERS).map(([value, values]) => {
    const right = solution && isRight(value);
    return {
      label: String(value),
      value: values.length,
      note: note(values.length, right),
      ...(right && { marked: true }),
    };
  });
  return {
    type: "bars",
    unit: "count",
    bars: rest > 0 ? [...bars, { label: "other numbers", value: rest, note: note(rest, false) }] : bars,
  };
}

function textCounts(poll: PollRecord, { votes, voters }: Tally): Block[] {
  if (poll.item?.kind !== "short") return [];
  const graded = votes.flatMap(({ grade }) => (grade ? [grade] : []));
  const bars = BANDS.map((band) => {
    const count = graded.filter((grade) => bandOf(grade, poll.thresholds) === band).length;
    return {
      label: BAND_IN_WORDS[band],
      value: count,
      note: `${Math.round((100 * count) / Math.max(1, graded.length))} %`,
      ...(band === "right" && { marked: true }),
    };
  });
  const waiting = voters - graded.length;
  const note: Block[] =
    waiting > 0
      ? [
          {
            type: "text",
            text: `${waiting === 1 ? "1 answer is" : `${waiting} answers are`} not graded yet.`,
          },
        ]
      : [];
  return graded.length > 0 ? [{ type: "bars", unit: "count", bars }, ...note] : note;
}

function misconceptions(poll: PollRecord, votes: readonly CountedVote[]): Text[] {
  const { item } = poll;
  const told = (what: string, count: number, feedback: string): Text[] =>
    count === 0 ? [] : [[{ bold: `${what} (${count}): ` }, feedback]];
  if (item?.kind === "numeric") {
    return item.mistakes.flatMap(({ value, feedback }) => {
      const made = votes.filter(
        ({ number }) => number !== undefined && isMistake(item, number, value),
      ).length;
      return told(String(value), made, feedback);
    });
  }
  if (item?.kind === "short") {
    const grades = votes.flatMap(({ grade }) => (grade ? [grade] : []));
    const mistakes = item.mistakes.flatMap(({ answer, feedback }) =>
      told(`"${answer}"`, grades.filter(({ mistake }) => mistake?.answer === answer).length, feedback),
    );
    const open = grades.filter((grade) => bandOf(grade, poll.thresholds) !== "right");
    const ideas = item.ideas
      .map((idea) => ({ idea, count: open.filter(({ missingIdeas }) => missingIdeas.includes(idea)).length }))
      .filter(({ count }) => count > 0)
      .sort((a, b) => b.count - a.count)
      .slice(0, MOST_IDEAS);
    return [...mistakes, ...ideas.flatMap(({ idea, count }) => told("Often missing", count, idea))];
  }
  if (!item || !("choices" in item)) return [];
  return poll.choices.flatMap(({ id, text }) => {
    const feedback = item.choices.find((each) => each.text === text)?.misconception;
    const count = votes.filter(({ choices }) => choices.includes(id)).length;
    return feedback ? told(text, count, feedback) : [];
  });
}

/** A number that a known mistake leads to; as far off as the right one may be. */
export function isMistake(
  { answer, tolerance }: { readonly answer: number; readonly tolerance: number },
  given: number,
  value: number,
): boolean {
  return isNumber(given, value, tolerance) && !isNumber(given, answer, tolerance);
}
