import type { Block, Card } from "../../cards/card.ts";
import { BAND_IN_WORDS, bandOf } from "../grading/bands.ts";
import { answerInWords, scoreOf } from "./answers.ts";
import type { PollRecord } from "./poll-record.ts";
import { isMistake } from "./result-blocks.ts";
import type { CountedVote } from "./tally.ts";

/** What somebody is told of their own answer: how it was judged, and why. */
export function ownAnswerCard(poll: PollRecord, vote: CountedVote | undefined): Card {
  const question: Block = { type: "text", text: [{ bold: poll.question }] };
  if (!vote) {
    return {
      title: "Your answer",
      blocks: [question, { type: "text", text: "You did not answer this one." }],
    };
  }
  const blocks: Block[] = [
    question,
    { type: "quote", text: answerInWords(poll, vote) },
    ...judgement(poll, vote),
  ];
  return { title: "Your answer", blocks };
}

function judgement(poll: PollRecord, vote: CountedVote): Block[] {
  const { item } = poll;
  if (item?.kind === "short") return gradeBlocks(poll, vote);
  const score = scoreOf(poll, vote);
  if (score === undefined) return [];
  return [
    { type: "text", text: [{ bold: score === 1 ? "Right." : "Not right." }] },
    ...feedback(poll, vote).map((text): Block => ({ type: "text", text })),
  ];
}

/** A grade never comes without what it rests on. */
export function gradeBlocks({ thresholds }: PollRecord, { grade }: Pick<CountedVote, "grade">): Block[] {
  if (!grade) return [{ type: "text", text: "Not graded yet." }];
  const { score, nearestReference, missingIdeas, reason, mistake, ruling } = grade;
  const band = BAND_IN_WORDS[bandOf(grade, thresholds)];
  const fields = [
    { name: "Nearest reference answer", value: nearestReference },
    ...(missingIdeas.length > 0 ? [{ name: "Not found in it", value: missingIdeas.join("; ") }] : []),
    { name: "Why", value: reason },
  ];
  const decided: Block[] = ruling
    ? [
        {
          type: "text",
          text:
            ruling.on === grade.text
              ? "The teacher has judged this answer."
              : `The teacher has judged an answer that says nearly the same: "${ruling.on}"`,
        },
      ]
    : mistake
      ? [{ type: "text", text: [{ bold: "It says a known mistake. " }, mistake.feedback] }]
      : [];
  return [
    { type: "text", text: [{ bold: `Graded: ${band}` }, ` (score ${score.toFixed(2)} of 1)`] },
    ...decided,
    { type: "fields", fields },
  ];
}

function feedback({ item, choices }: PollRecord, vote: CountedVote): string[] {
  if (item?.kind === "numeric") {
    const made = item.mistakes.find(
      ({ value }) => vote.number !== undefined && isMistake(item, vote.number, value),
    );
    return made ? [made.feedback] : [];
  }
  if (!item || !("choices" in item)) return [];
  const taken = choices.filter(({ id }) => vote.choices.includes(id)).map(({ text }) => text);
  return item.choices.flatMap(({ text, misconception }) =>
    taken.includes(text) && misconception ? [`${text}: ${misconception}`] : [],
  );
}
