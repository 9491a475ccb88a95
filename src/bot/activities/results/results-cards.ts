import type { Block, Card, WordsBlock } from "../../cards/card.ts";
import { timeInWords } from "../../time-in-words.ts";
import { percent } from "../quiz/quiz-summary.ts";
import { FEWEST_ANSWERS } from "../statistics/item-statistics.ts";
import type { byItem, GroupResult, PollResult } from "./summaries.ts";

type ItemResult = ReturnType<typeof byItem>[number];

const FIRST_ANSWERS = "Everybody's first answer to an item counts; a short answer that is close has half.";
/** Rows that one picture can bear. */
const MOST_DRAWN = 30;
const number = (value: number | undefined) => (value === undefined ? "" : value.toFixed(2).replace("-", "−"));

export function pollsCard(results: readonly PollResult[], now: number, timeZone: string): Card {
  return {
    title: "Results by poll",
    blocks: [
      {
        type: "table",
        columns: [
          { name: "When" },
          { name: "Question" },
          { name: "Answers", align: "right" },
          { name: "Right", align: "right" },
          { name: "After", align: "right" },
          { name: "Gain", align: "right" },
        ],
        rows: results.map(({ openedAt, question, answers, right, change }) => [
          timeInWords(openedAt, now, timeZone),
          question,
          String(answers),
          right === undefined ? "" : percent(right),
          change ? percent(change.after) : "",
          number(change?.normalisedGain),
        ]),
      },
    ],
    footer: "Right: first answers. After and gain: of the people who answered both times.",
  };
}

/** Items with their flags; the flagged ones first. */
export function itemsCard(results: readonly ItemResult[]): Card {
  const ranked = [...results].sort((a, b) => b.flags.length - a.flags.length || a.difficulty - b.difficulty);
  const flagged = ranked.flatMap(({ itemId, flags }) =>
    flags.map(({ reason }) => [{ bold: `${itemId}: ` }, reason]),
  );
  return {
    title: "Results by item",
    blocks: [
      {
        type: "chart",
        chart: {
          kind: "item-statistics",
          title: "Results by item",
          items: ranked.slice(0, MOST_DRAWN).map(({ itemId, n, difficulty, discrimination, flags }) => ({
            label: itemId,
            n,
            difficulty,
            ...(discrimination === undefined ? {} : { discrimination }),
            flagged: flags.length > 0,
          })),
          ...(ranked.length > MOST_DRAWN
            ? { source: `The first ${MOST_DRAWN} of ${ranked.length} items.` }
            : {}),
        },
        inWords: [itemTable(ranked)],
      },
      ...(flagged.length > 0
        ? [
            { type: "text" as const, text: [{ bold: "To look at" }] },
            { type: "list" as const, items: flagged },
          ]
        : []),
    ],
    footer: `p: mean score. D: best less lowest 27 %. r: point-biserial with the other items. Below ${FEWEST_ANSWERS} answers these say little. ${FIRST_ANSWERS}`,
  };
}

/** One item with the use of each choice. */
export function itemCard(result: ItemResult): Card {
  const { item, choices, flags } = result;
  const blocks: Block[] = [{ type: "text", text: [{ bold: item.question }] }, itemTable([result])];
  if (choices.length > 0) {
    blocks.push({
      type: "table",
      columns: [
        { name: "Choice" },
        { name: "Taken", align: "right" },
        { name: "Best 27 %", align: "right" },
        { name: "Lowest 27 %", align: "right" },
      ],
      rows: choices.map(({ choice, correct, count, share, upperShare, lowerShare }) => [
        correct ? `${choice} (right)` : choice,
        `${count} (${percent(share)})`,
        upperShare === undefined ? "" : percent(upperShare),
        lowerShare === undefined ? "" : percent(lowerShare),
      ]),
    });
  }
  if (flags.length > 0) blocks.push({ type: "list", items: flags.map(({ reason }) => reason) });
  return { title: `Results of ${item.id}`, blocks, footer: FIRST_ANSWERS };
}

export function groupsCard(title: string, column: string, results: readonly GroupResult[]): Card {
  return {
    title,
    blocks: [
      {
        type: "table",
        columns: [
          { name: column },
          { name: "Items", align: "right" },
          { name: "People", align: "right" },
          { name: "Answers", align: "right" },
          { name: "Mean", align: "right" },
        ],
        rows: results.map(({ name, items, people, answers, mean }) => [
          answers < FEWEST_ANSWERS ? `${name} (too few)` : name,
          String(items),
          String(people),
          String(answers),
          percent(mean),
        ]),
      },
    ],
    footer: `${FIRST_ANSWERS} Below ${FEWEST_ANSWERS} answers a mean says little.`,
  };
}

function itemTable(results: readonly ItemResult[]): WordsBlock {
  return {
    type: "table",
    columns: [
      { name: "Item" },
      { name: "n", align: "right" },
      { name: "p", align: "right" },
      { name: "D", align: "right" },
      { name: "r", align: "right" },
    ],
    rows: results.map(({ itemId, n, difficulty, discrimination, pointBiserial }) => [
      itemId,
      String(n),
      number(difficulty),
      number(discrimination),
      number(pointBiserial),
    ]),
  };
}
