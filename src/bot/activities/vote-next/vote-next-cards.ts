import type { Block, Button, Card } from "../../cards/card.ts";
import type { Services } from "../../context.ts";
import { clockTime } from "../../time-in-words.ts";
import { answerRows } from "../poll/answer-rows.ts";
import { countVotes, getPoll } from "../poll/voting.ts";
import { stepId, type VoteNextRecord, voteNextRecords, type Written } from "./vote-next-record.ts";

/**
 * What everybody sees: the text so far, the last vote's result, and the vote that is on. All votes of a text share
 * its messages, so what is shown follows from the text and not from the vote that asks for it.
 */
export async function voteNextCard(
  services: Pick<Services, "store" | "clock" | "courses" | "roster">,
  courseId: string,
  id: string,
): Promise<Card> {
  const { store, clock, courses } = services;
  const record = await voteNextRecords(store).get(`${courseId}/${id}`);
  if (!record)
    return { title: "The class is the decoder", blocks: [{ type: "text", text: "This is over." }] };
  const { prompt, text, steps, team } = record;
  const title = team ? `The class is the decoder: team ${team.name}` : "The class is the decoder";
  const written: Block = { type: "quote", text: [prompt, { bold: text }] };
  if (record.state === "ended") {
    return { title, blocks: [written, ...comparison(record.compared), ...stepTable(record)] };
  }
  const number = steps.length + 1;
  const poll = await getPoll(store, courseId, stepId(id, number));
  const counted = await countVotes(services, poll);
  const until =
    poll.state === "open" && poll.closesAt !== undefined
      ? ` Until ${clockTime(poll.closesAt, clock.now(), courses.get(courseId).timeZone)}.`
      : "";
  const votes = counted.voters === 1 ? "1 vote" : `${counted.voters} votes`;
  const isVoting = record.state === "voting" && poll.state === "open";
  const state = isVoting
    ? `Token ${number} of ${record.maxSteps}: what comes next? ${votes} so far.${until} The model's probabilities are shown after the vote.`
    : "The vote is counted, and the model reads on.";
  return {
    title,
    blocks: [written, ...lastVote(record), { type: "text", text: state }],
    actions: [...(isVoting ? answerRows(poll) : []), { buttons: controls(record, number) }],
  };
}

function controls({ id: record, state }: VoteNextRecord, number: number): Button[] {
  const value = String(number);
  return [
    ...(state === "voting"
      ? [{ label: "Count and go on", action: "vote-next.count", record, value } satisfies Button]
      : []),
    { label: "End", action: "vote-next.end", record, value },
  ];
}

function lastVote({ steps }: VoteNextRecord): Block[] {
  const last = steps.at(-1);
  if (!last) return [];
  const tie = last.tied ? " Others had as many votes; the likeliest of them counts." : "";
  return [
    {
      type: "text",
      text: [
        "The class took ",
        { code: last.label },
        ` with ${last.votes} of ${last.voters} votes; the model gave it ${percent(last.probability)}.${tie}`,
      ],
    },
    {
      type: "bars",
      unit: "probability",
      bars: [...last.candidates]
        .sort((a, b) => b.probability - a.probability)
        .map(({ label, probability, votes, tokenId }) => ({
          label,
          value: probability,
          note: votes === 1 ? "1 vote" : `${votes} votes`,
          ...(tokenId === last.tokenId && { marked: true }),
        })),
    },
  ];
}

/** Texts with their log-probabilities, the likeliest first. */
export function comparison(compared: readonly Written[] | undefined): Block[] {
  if (!compared) return [{ type: "text", text: "The comparison with greedy and top-p could not be made." }];
  return [
    {
      type: "table",
      columns: [
        { name: "Decoder" },
        { name: "Text" },
        { name: "log p", align: "right" },
        { name: "a token", align: "right" },
      ],
      rows: [...compared]
        .sort((a, b) => b.logProb - a.logProb)
        .map(({ name, text, logProb, tokenIds }) => [
          name,
          text.replaceAll("\n", "⏎"),
          logProb.toFixed(2),
          tokenIds.length === 0 ? "" : (logProb / tokenIds.length).toFixed(2),
        ]),
    },
  ];
}

function stepTable({ steps }: VoteNextRecord): Block[] {
  if (steps.length === 0) return [];
  return [
    {
      type: "table",
      columns: [
        { name: "#", align: "right" },
        { name: "Token" },
        { name: "Votes", align: "right" },
        { name: "Model", align: "right" },
      ],
      rows: steps.map(({ label, votes, voters, probability }, i) => [
        String(i + 1),
        label,
        `${votes} of ${voters}`,
        percent(probability),
      ]),
    },
  ];
}

function percent(probability: number): string {
  return `${(100 * probability).toFixed(1)} %`;
}
