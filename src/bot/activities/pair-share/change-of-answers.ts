import type { Block, WordsBlock } from "../../cards/card.ts";
import { scoreOf } from "../poll/answers.ts";
import type { PollRecord } from "../poll/poll-record.ts";
import { countBlocks } from "../poll/result-blocks.ts";
import type { CountedVote, Tally } from "../poll/tally.ts";
import { type Transitions, transitions } from "../statistics/transitions.ts";
import { bothRounds, wentWhere } from "./change-charts.ts";

/** Whether each person was right, as far as that is known. A short answer that is close is not right yet. */
export function rightBy(poll: PollRecord, votes: readonly CountedVote[]): Map<string, boolean> {
  return new Map(
    votes.flatMap((vote) => {
      const score = scoreOf(poll, vote, vote.grade);
      return score === undefined ? [] : [[vote.personId, score === 1] as const];
    }),
  );
}

/** The share right of those whose answer is right or wrong; undefined without any. */
export function shareRight(poll: PollRecord, votes: readonly CountedVote[]): number | undefined {
  const right = [...rightBy(poll, votes).values()];
  return right.length === 0 ? undefined : right.filter(Boolean).length / right.length;
}

/** How the answers of the first round became those of the second. */
export function changeBlocks(poll: PollRecord, before: Tally, after: Tally): Block[] {
  const blocks: Block[] = [];
  if (poll.choices.length > 0) {
    const table: WordsBlock = {
      type: "table",
      columns: [{ name: "Choice" }, { name: "Before", align: "right" }, { name: "After", align: "right" }],
      rows: before.counts.map(({ choice, count }, i) => [
        poll.right?.includes(choice.id) ? `${choice.text} (right)` : choice.text,
        String(count),
        String(after.counts[i]!.count),
      ]),
    };
    blocks.push({ type: "chart", chart: bothRounds(poll, before, after), inWords: [table] });
  } else blocks.push(...countBlocks(poll, after, true));
  const change = transitions(rightBy(poll, before.votes), rightBy(poll, after.votes));
  if (change.n === 0) return blocks;
  const [table, summary] = transitionBlocks(change);
  const chart = poll.answer === "choice" ? wentWhere(poll, before, after) : undefined;
  return [...blocks, chart ? { type: "chart", chart, inWords: [table] } : table, summary];
}

function transitionBlocks(change: Transitions): [table: WordsBlock, summary: WordsBlock] {
  const { n, rightToRight, rightToWrong, wrongToRight, wrongToWrong, before, after, normalisedGain } = change;
  const gain =
    normalisedGain === undefined
      ? "All were right before, so there was nothing to gain."
      : `Normalised gain g = (post − pre)/(100 − pre) = ${signed(normalisedGain)}${normalisedGain < 0 ? ", a loss" : ""}.`;
  const lost = rightToWrong === 1 ? "1 person" : `${rightToWrong} people`;
  return [
    {
      type: "table",
      columns: [
        { name: "" },
        { name: "right after", align: "right" },
        { name: "wrong after", align: "right" },
      ],
      rows: [
        ["right before", String(rightToRight), String(rightToWrong)],
        ["wrong before", String(wrongToRight), String(wrongToWrong)],
      ],
    },
    {
      type: "text",
      text: `${n === 1 ? "1 person" : `${n} people`} answered both times: ${Math.round(100 * before)} % were right before, ${Math.round(100 * after)} % after. ${gain} ${lost} went from right to wrong.`,
    },
  ];
}

function signed(value: number): string {
  return value.toFixed(2).replace("-", "−");
}
