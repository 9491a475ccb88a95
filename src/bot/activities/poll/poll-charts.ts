import type { Block } from "../../cards/card.ts";
import type { PollChart } from "../../charts/chart.ts";
import type { PollRecord } from "./poll-record.ts";
import { countBlocks } from "./result-blocks.ts";
import type { Tally } from "./tally.ts";

/** How the answers fall, drawn; its bars are the words beside the picture. @param solution Whether what is right may be seen. */
export function drawnCounts(poll: PollRecord, counted: Tally, solution: boolean): Block[] {
  return countBlocks(poll, counted, solution).map((block) => {
    if (block.type !== "bars" || block.bars.length === 0) return block;
    // Of short answers only the graded ones are counted.
    const n = poll.answer === "text" ? block.bars.reduce((sum, { value }) => sum + value, 0) : counted.voters;
    const chart: PollChart = {
      kind: "poll",
      title: poll.question,
      choices: block.bars.map(({ label, value, marked }) => ({
        label,
        count: value,
        ...(marked ? { right: true } : {}),
      })),
      n,
    };
    return { type: "chart", chart, inWords: [block] };
  });
}
