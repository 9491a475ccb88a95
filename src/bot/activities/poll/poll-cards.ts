import type { Block, Button, Card } from "../../cards/card.ts";
import type { Course } from "../../course/courses.ts";
import { clockTime, timeInWords } from "../../time-in-words.ts";
import { isGradedByMeaning } from "../grading/grade-poll.ts";
import { answerRows, choiceList } from "./answer-rows.ts";
import { drawnCounts } from "./poll-charts.ts";
import type { PollRecord } from "./poll-record.ts";
import { countsShown, solutionShown } from "./poll-state.ts";
import { countBlocks, solutionBlocks } from "./result-blocks.ts";
import type { Tally } from "./tally.ts";

/** What everybody in the channel sees of a poll or of a quiz's question. */
export function pollCard(poll: PollRecord, counted: Tally, course: Course, now: number): Card {
  const shown = countsShown(poll);
  const solution = solutionShown(poll);
  const blocks: Block[] = [
    { type: "text", text: [{ bold: poll.question }] },
    ...(shown
      ? poll.state === "closed"
        ? drawnCounts(poll, counted, solution)
        : countBlocks(poll, counted, solution)
      : choiceList(poll)),
    { type: "text", text: stateInWords(poll, counted, course, now, shown) },
    ...(solution ? solutionBlocks(poll, counted) : []),
  ];
  const vote = poll.state === "open" ? answerRows(poll) : [];
  return { title: titleOf(poll), blocks, actions: [...vote, { buttons: controls(poll, shown) }] };
}

/** What the teacher sees in private: the counts, whatever the others see. */
export function teacherCard(poll: PollRecord, counted: Tally, course: Course, now: number): Card {
  const shown = countsShown(poll);
  const blocks: Block[] = [
    { type: "text", text: [{ bold: poll.question }] },
    ...countBlocks(poll, counted, true),
    { type: "text", text: stateInWords(poll, counted, course, now, true) },
    {
      type: "text",
      text: [{ italic: shown ? "Everybody sees these counts." : "Only you see these counts." }],
    },
  ];
  const button = (label: string, action: string, style?: Button["style"]): Button => ({
    label,
    action,
    record: poll.id,
    value: "view",
    ...(style && { style }),
  });
  const buttons = [
    poll.state === "open" ? button("Close", "poll.close", "danger") : button("Reopen", "poll.reopen"),
    ...(shown ? [] : [button("Reveal", "poll.reveal", "primary")]),
    button("Refresh", "poll.refresh"),
    ...(isGradedByMeaning(poll) ? [button("Grades", "grade.list")] : []),
  ];
  return { title: `${titleOf(poll)}, teacher's view`, blocks, actions: [{ buttons }] };
}

/** What a poll has come to, as data for `--json` and for tests. */
export function pollData(poll: PollRecord, counted: Tally) {
  return {
    poll: poll.id,
    question: poll.question,
    state: poll.state,
    voters: counted.voters,
    guestsLeftOut: counted.guestsLeftOut,
    counts: counted.counts.map(({ choice, count, share }) => ({ choice: choice.text, count, share })),
  };
}

function titleOf({ part }: PollRecord): string {
  if (part?.of !== "quiz") return "Poll";
  return part.count > 1 ? `Question ${part.number} of ${part.count}` : "Quiz";
}

function controls(poll: PollRecord, shown: boolean): Button[] {
  const record = poll.id;
  const view: Button = { label: "Teacher's view", action: "poll.view", record };
  if (poll.state === "open") {
    const more: Button = { label: "+1 minute", action: "poll.more", record };
    return [
      { label: "Close", action: "poll.close", record, style: "danger" },
      ...(poll.closesAt === undefined ? [] : [more]),
      view,
    ];
  }
  const mine: Button = { label: "My answer", action: "poll.mine", record, style: "primary" };
  return [
    ...(shown ? [] : [{ label: "Reveal", action: "poll.reveal", record } satisfies Button]),
    ...(shown && poll.item ? [mine] : []),
    ...nextQuestion(poll),
    view,
  ];
}

function nextQuestion({ part }: PollRecord): Button[] {
  if (part?.of !== "quiz" || !part.oneByOne) return [];
  const value = String(part.number + 1);
  const last = part.number === part.count;
  return [{ label: last ? "Sum up" : "Next question", action: "quiz.next", record: part.id, value }];
}

function stateInWords(
  poll: PollRecord,
  { voters, guestsLeftOut }: Tally,
  course: Course,
  now: number,
  shown: boolean,
): string {
  const isVote = poll.answer === "choice" || poll.answer === "choices";
  const noun = isVote ? "vote" : "answer";
  const votes = voters === 1 ? `1 ${noun}` : `${voters} ${noun}s`;
  const left = guestsLeftOut
    ? ` ${guestsLeftOut === 1 ? `1 guest's ${noun} does` : `${guestsLeftOut} guests' ${noun}s do`} not count.`
    : "";
  if (poll.state === "closed") {
    const when = timeInWords(poll.closedAt ?? now, now, course.timeZone);
    return `Closed at ${when}. ${votes}.${left}${shown ? "" : " The results are not shown yet."}`;
  }
  const hidden = shown ? "" : isVote ? " The counts are hidden for now." : "";
  const how = {
    choice: "Vote with a button; you can change your vote until the poll closes.",
    choices: "Choose in the menu; you can change your vote until the poll closes.",
    number: "Answer with the button; you can change your answer until the poll closes.",
    text: "Answer with the button; you can change your answer until the poll closes.",
  }[poll.answer];
  const until =
    poll.closesAt === undefined ? "" : ` It closes at ${clockTime(poll.closesAt, now, course.timeZone)}.`;
  return `${votes} so far.${left} ${how}${until}${hidden}`;
}
