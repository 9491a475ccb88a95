import type { Block, Card } from "../../cards/card.ts";
import { gradeBlocks } from "../poll/own-answer.ts";
import type { PollRecord } from "../poll/poll-record.ts";
import type { CountedVote, Tally } from "../poll/tally.ts";
import { BAND_IN_WORDS, bandOf, DEFAULT_THRESHOLDS } from "./bands.ts";
import { BANDS, type Band, type Grade } from "./grade-record.ts";

/** A menu's most choices. */
const PAGE = 25;
const LABEL = 75;

/** A graded answer, once for all people who wrote the same. */
export interface GradedAnswer {
  readonly personId: string;
  readonly grade: Grade;
  readonly band: Band;
  readonly count: number;
}

/** Distinct answers, those nearest to a threshold first: there a look pays most. */
export function gradedAnswers(poll: PollRecord, { votes }: Tally): GradedAnswer[] {
  const { right, close } = poll.thresholds ?? DEFAULT_THRESHOLDS;
  const doubt = ({ score, ruling }: Grade) =>
    ruling ? 2 : Math.min(Math.abs(score - right), Math.abs(score - close));
  const graded = votes.filter((vote): vote is CountedVote & { grade: Grade } => vote.grade !== undefined);
  return [...Map.groupBy(graded, ({ grade }) => grade.text).values()]
    .map((same) => {
      const [{ personId, grade }] = same as [CountedVote & { grade: Grade }];
      return { personId, grade, band: bandOf(grade, poll.thresholds), count: same.length };
    })
    .sort((a, b) => doubt(a.grade) - doubt(b.grade) || a.grade.text.localeCompare(b.grade.text));
}

/** The thresholds, and what they make of the real answers. For the teacher only. */
export function gradesCard(poll: PollRecord, counted: Tally, page = 0): Card {
  const { right, close } = poll.thresholds ?? DEFAULT_THRESHOLDS;
  const all = gradedAnswers(poll, counted);
  const shown = all.slice(page * PAGE, (page + 1) * PAGE);
  const people = (band: Band) =>
    all.filter((each) => each.band === band).reduce((sum, { count }) => sum + count, 0);
  const item = poll.item;
  const blocks: Block[] = [
    { type: "text", text: [{ bold: poll.question }] },
    {
      type: "fields",
      fields: [
        ...BANDS.map((band) => ({ name: BAND_IN_WORDS[band], value: String(people(band)) })),
        { name: "right from", value: right.toFixed(2) },
        { name: "close from", value: close.toFixed(2) },
      ],
    },
    ...(item?.kind === "short"
      ? [{ type: "text" as const, text: [{ bold: "Reference answer: " }, item.references[0]!] }]
      : []),
    ...BANDS.flatMap((band) => bandBlocks(band, shown)),
    ...(all.length > shown.length
      ? [
          {
            type: "text" as const,
            text: `Answers ${page * PAGE + 1} to ${page * PAGE + shown.length} of ${all.length}, the most doubtful first.`,
          },
        ]
      : []),
  ];
  const record = poll.id;
  const more = (page + 1) * PAGE < all.length;
  return {
    title: "Grades",
    blocks,
    actions: [
      ...(shown.length > 0
        ? [
            {
              select: {
                action: "grade.pick",
                record,
                placeholder: "Look at an answer",
                choices: shown.map(({ grade, personId }) => ({
                  label: shorten(grade.text),
                  value: personId,
                })),
              },
            },
          ]
        : []),
      {
        buttons: [
          { label: "Milder", action: "grade.shift", record, value: "milder" },
          { label: "Stricter", action: "grade.shift", record, value: "stricter" },
          { label: "Set thresholds", action: "grade.thresholds", record },
          { label: "Grade and refresh", action: "grade.refresh", record },
          ...(all.length > PAGE
            ? [
                {
                  label: "More answers",
                  action: "grade.refresh",
                  record,
                  value: String(more ? page + 1 : 0),
                },
              ]
            : []),
        ],
      },
    ],
  };
}

function bandBlocks(band: Band, answers: readonly GradedAnswer[]): Block[] {
  const own = answers.filter((each) => each.band === band);
  if (own.length === 0) return [];
  const items = own.map(({ grade, count }) => {
    const by = grade.ruling ? ", your word" : grade.mistake ? ", a known mistake" : "";
    return `${grade.score.toFixed(2)}${by}${count > 1 ? `, ${count} people` : ""}: ${grade.text}`;
  });
  return [
    { type: "text", text: [{ bold: BAND_IN_WORDS[band] }] },
    { type: "list", items },
  ];
}

/** One answer, why it was graded so, and the buttons to overrule it. For the teacher only. */
export function oneGradeCard(poll: PollRecord, vote: CountedVote, same: number): Card {
  const others = same > 1 ? ` It holds for ${same} answers that say nearly the same.` : "";
  return {
    title: "One answer",
    blocks: [
      { type: "quote", text: vote.text ?? "" },
      ...gradeBlocks(poll, vote),
      {
        type: "text",
        text: `Your word counts instead of the score, here and the next time this item is asked.${others}`,
      },
    ],
    actions: [
      {
        buttons: [
          ...BANDS.map((band) => ({
            label: `It is ${BAND_IN_WORDS[band]}`,
            action: "grade.rule",
            record: poll.id,
            value: `${band}:${vote.personId}`,
          })),
          { label: "Back", action: "grade.refresh", record: poll.id },
        ],
      },
    ],
  };
}

function shorten(text: string): string {
  return text.length <= LABEL ? text : `${text.slice(0, LABEL - 1).toWellFormed()}…`;
}
