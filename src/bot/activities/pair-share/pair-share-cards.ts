import type { Block, Button, Card } from "../../cards/card.ts";
import type { Services } from "../../context.ts";
import { clockTime } from "../../time-in-words.ts";
import { answerRows, choiceList } from "../poll/answer-rows.ts";
import { CONFIDENCES, type PollRecord } from "../poll/poll-record.ts";
import { countBlocks, solutionBlocks } from "../poll/result-blocks.ts";
import type { Tally } from "../poll/tally.ts";
import { countVotes } from "../poll/voting.ts";
import { adviceFor } from "../statistics/transitions.ts";
import { changeBlocks, shareRight } from "./change-of-answers.ts";
import { type PairShareRecord, type Phase, pairShareRecords } from "./pair-share-record.ts";
import { phaseAfter } from "./phases.ts";
import { clusterRecords, type ShareClusters } from "./share-clusters.ts";

type CardServices = Pick<Services, "store" | "clock" | "courses" | "roster">;

const TITLE: Readonly<Record<Phase, string>> = {
  think: "Think",
  pair: "Pair",
  revote: "Answer again",
  share: "Share",
};
/** What the button says that begins a phase. */
const GO_ON: Readonly<Record<Phase, string>> = {
  think: "Think",
  pair: "Pair up",
  revote: "Answer again",
  share: "Share",
};

/** What everybody in the channel sees of a think–pair–share, in its present phase. */
export async function pairShareCard(
  services: CardServices,
  poll: PollRecord,
  id: string,
  counted: Tally,
): Promise<Card> {
  const share = await pairShareRecords(services.store).get(`${poll.courseId}/${id}`);
  if (!share) return { title: "Think, pair, share", blocks: [{ type: "text", text: "This is over." }] };
  const { timeZone } = services.courses.get(poll.courseId);
  const until =
    share.phaseEndsAt === undefined
      ? ""
      : ` Until ${clockTime(share.phaseEndsAt, services.clock.now(), timeZone)}.`;
  const question: Block = { type: "text", text: [{ bold: poll.question }] };
  const title = TITLE[share.phase];
  const answers = counted.voters === 1 ? "1 answer" : `${counted.voters} answers`;
  switch (share.phase) {
    case "think":
    case "revote": {
      const how =
        share.phase === "think"
          ? "Answer alone. Nobody but your partner will see what you answered."
          : "Now that you have talked, answer again, each for yourself.";
      const out: Button = { label: "Don't pair me", action: "pair.out", record: id };
      return {
        title,
        blocks: [question, ...choiceList(poll), { type: "text", text: `${how}${until} ${answers} so far.` }],
        actions: [
          ...answerRows(poll),
          { buttons: [...(share.phase === "think" ? [out] : []), ...controls(share)] },
        ],
      };
    }
    case "pair":
      return {
        title,
        blocks: [
          question,
          {
            type: "text",
            text: `${groupsInWords(share)} Press the button to see who you talk with.${until}`,
          },
        ],
        actions: [
          {
            buttons: [
              { label: "Show my partner", action: "pair.mine", record: id, style: "primary" },
              { label: "My partner isn't here", action: "pair.absent", record: id },
              { label: "Don't pair me", action: "pair.out", record: id },
            ],
          },
          { buttons: controls(share) },
        ],
      };
    case "share":
      return { title, ...(await shareBlocks(services, share, poll, counted, question)) };
  }
}

/** A phase's message once the next phase has begun. */
export function pastCard(phase: Phase, poll: PollRecord): Card {
  return {
    title: TITLE[phase],
    blocks: [
      { type: "text", text: [{ bold: poll.question }] },
      { type: "text", text: "This phase is over; it goes on below." },
    ],
  };
}

/** What the teacher sees in private. */
export async function pairShareView(
  services: CardServices,
  share: PairShareRecord,
  poll: PollRecord,
): Promise<Card> {
  const first = await countVotes(services, poll, 1);
  const now = poll.round > 1 ? await countVotes(services, poll) : undefined;
  const confident = CONFIDENCES.map(
    (each) => `${each} ${first.votes.filter(({ confidence }) => confidence === each).length}`,
  );
  const { told } = share;
  const blocks: Block[] = [
    { type: "text", text: [{ bold: poll.question }] },
    { type: "text", text: [{ bold: `First answers: ${first.voters}` }, ` (${confident.join(", ")})`] },
    ...countBlocks(poll, first, true),
    ...adviceBlocks(share, poll, first),
    ...(now ? changeBlocks(poll, first, now) : []),
    ...(share.groups ? [{ type: "text" as const, text: groupsInWords(share) }] : []),
    ...(told
      ? [
          {
            type: "text" as const,
            text: `${told.direct} were told by direct message, ${told.unreachable} could not be; the button tells everybody.${
              share.rooms ? ` ${told.rooms} rooms are open, ${told.roomless} groups have none.` : ""
            }`,
          },
        ]
      : []),
  ];
  const record = share.id;
  const grades = poll.item?.kind === "short" && poll.state === "closed";
  return {
    title: `${TITLE[share.phase]}, teacher's view`,
    blocks,
    actions: [
      {
        buttons: [
          { label: "Refresh", action: "pair.refresh", record },
          ...(grades ? [{ label: "Grades", action: "grade.list", record: poll.id }] : []),
          ...(share.phase === "share" && poll.answer === "text"
            ? [{ label: "Groups of answers", action: "cluster.list", record }]
            : []),
        ],
      },
    ],
  };
}

/** What the share that is right calls for. Nothing where nothing is right or wrong. */
export function adviceBlocks(share: PairShareRecord, poll: PollRecord, first: Tally): Block[] {
  const right = shareRight(poll, first.votes);
  if (right === undefined) return [];
  const percent = `${Math.round(100 * right)} % are right. `;
  const advice = {
    "re-teach": "Few know it: explain it again before they discuss it, or end here.",
    discuss: "This is where a discussion pays: let them talk.",
    "move-on": "Most know it: explain in a sentence and move on.",
  }[adviceFor(right, share.discuss)];
  return [{ type: "text", text: [{ bold: percent }, advice] }];
}

function groupsInWords({ groups }: PairShareRecord): string {
  if (!groups) return "Partners are being put together.";
  const people = groups.flat().length;
  const alone = groups.filter((group) => group.length === 1).length;
  const together = groups.length - alone;
  const waiting =
    alone === 0 ? "" : alone === 1 ? " 1 person waits for a partner." : ` ${alone} people wait for partners.`;
  return `${people === 1 ? "1 person" : `${people} people`} in ${together === 1 ? "1 group" : `${together} groups`}.${waiting}`;
}

function controls(share: PairShareRecord): Button[] {
  const { id: record, phase: value } = share;
  const next = phaseAfter(share);
  return [
    ...(next ? [{ label: GO_ON[next], action: "pair.next", record, value } satisfies Button] : []),
    { label: "+1 minute", action: "pair.more", record, value },
    ...(next === "share" ? [] : [{ label: "End", action: "pair.end", record, value } satisfies Button]),
    { label: "Teacher's view", action: "pair.view", record },
  ];
}

async function shareBlocks(
  services: CardServices,
  share: PairShareRecord,
  poll: PollRecord,
  counted: Tally,
  question: Block,
): Promise<Omit<Card, "title">> {
  const first = poll.round > 1 ? await countVotes(services, poll, 1) : undefined;
  const clusters =
    poll.answer === "text"
      ? await clusterRecords(services.store).get(`${share.courseId}/${share.id}`)
      : undefined;
  const { item } = poll;
  const graded = poll.right !== undefined || item?.kind === "numeric" || item?.kind === "short";
  const model = item?.kind === "discussion" && share.modelAnswerShown ? item : undefined;
  const blocks: Block[] = [
    question,
    ...(first && (graded || poll.choices.length > 0)
      ? changeBlocks(poll, first, counted)
      : countBlocks(poll, counted, true)),
    ...(clusters ? clusterBlocks(clusters) : []),
    ...(graded ? solutionBlocks(poll, counted) : []),
    ...(model
      ? [
          { type: "text" as const, text: [{ bold: "A model answer: " }, model.modelAnswer] },
          { type: "list" as const, items: model.points },
        ]
      : []),
  ];
  const record = share.id;
  const buttons: Button[] = [
    ...(graded
      ? [{ label: "My answer", action: "poll.mine", record: poll.id, style: "primary" as const }]
      : []),
    ...(item?.kind === "discussion" && !share.modelAnswerShown
      ? [{ label: "Model answer", action: "pair.model", record }]
      : []),
    { label: "Teacher's view", action: "pair.view", record },
  ];
  return { blocks, actions: [{ buttons }] };
}

/** Groups that more than one person's answer is in, with an exemplar each; then what one person said. */
export function clusterBlocks({ answers, clusters }: ShareClusters): Block[] {
  const shown = clusters.filter(({ hidden }) => !hidden);
  const several = shown.filter(({ members }) => members.length > 1);
  const single = shown.filter(({ members }) => members.length === 1);
  const items = several.map(({ name, members, exemplar }) => [
    { bold: `${members.length} ${name ? `${name}: ` : ""}` },
    answers[exemplar]!,
  ]);
  return [
    ...(several.length > 0
      ? [
          {
            type: "text" as const,
            text: [{ bold: "What several of you wrote, with one answer of each group" }],
          },
          { type: "list" as const, items },
        ]
      : []),
    ...(single.length > 0
      ? [
          { type: "text" as const, text: [{ bold: "Said by one" }] },
          {
            type: "list" as const,
            items: single.map(({ name, exemplar }) =>
              name ? [{ bold: `${name}: ` }, answers[exemplar]!] : answers[exemplar]!,
            ),
          },
        ]
      : []),
  ];
}
