import type { ActionRow, BarsBlock, Block, Button, Card } from "../../cards/card.ts";
import type { Course } from "../../course/courses.ts";
import { timeInWords } from "../../time-in-words.ts";
import { choiceLetter, LONGEST_BUTTON, type PollChoice } from "./choices.ts";
import type { PollRecord } from "./poll-record.ts";
import { countsShown } from "./poll-state.ts";
import type { Tally } from "./tally.ts";

const BUTTONS_A_ROW = 5;

/** What everybody in the channel sees. */
export function pollCard(poll: PollRecord, counted: Tally, course: Course, now: number): Card {
  const shown = countsShown(poll);
  const blocks: Block[] = [{ type: "text", text: [{ bold: poll.question }] }];
  if (shown) blocks.push(countBars(poll, counted));
  else if (!fitButtons(poll.choices)) blocks.push(choiceList(poll.choices));
  blocks.push({ type: "text", text: stateInWords(poll, counted, course, now, shown) });
  const vote = poll.state === "open" ? voteRows(poll) : [];
  return { title: "Poll", blocks, actions: [...vote, { buttons: controls(poll, shown) }] };
}

/** What the teacher sees in private: the counts, whatever the others see. */
export function teacherCard(poll: PollRecord, counted: Tally, course: Course, now: number): Card {
  const shown = countsShown(poll);
  const blocks: Block[] = [
    { type: "text", text: [{ bold: poll.question }] },
    countBars(poll, counted),
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
  ];
  return { title: "Poll, teacher's view", blocks, actions: [{ buttons }] };
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

function controls(poll: PollRecord, shown: boolean): Button[] {
  const record = poll.id;
  const view: Button = { label: "Teacher's view", action: "poll.view", record };
  if (poll.state === "open") return [{ label: "Close", action: "poll.close", record, style: "danger" }, view];
  return [...(shown ? [] : [{ label: "Reveal", action: "poll.reveal", record } satisfies Button]), view];
}

function voteRows(poll: PollRecord): ActionRow[] {
  const whole = fitButtons(poll.choices);
  const buttons = poll.choices.map(
    (choice): Button => ({
      label: whole ? choice.text : choiceLetter(choice),
      action: "poll.vote",
      record: poll.id,
      value: choice.id,
      style: "primary",
    }),
  );
  const rows: ActionRow[] = [];
  for (let i = 0; i < buttons.length; i += BUTTONS_A_ROW) {
    rows.push({ buttons: buttons.slice(i, i + BUTTONS_A_ROW) });
  }
  return rows;
}

/** Whether every choice is short enough to stand on its button; else buttons bear letters. */
function fitButtons(choices: readonly PollChoice[]): boolean {
  return choices.every(({ text }) => text.length <= LONGEST_BUTTON && !text.includes("\n"));
}

function choiceList(choices: readonly PollChoice[]): Block {
  return {
    type: "list",
    items: choices.map((choice) => [{ bold: `${choiceLetter(choice)} ` }, choice.text]),
  };
}

function countBars(poll: PollRecord, counted: Tally): BarsBlock {
  const lettered = !fitButtons(poll.choices);
  return {
    type: "bars",
    unit: "count",
    bars: counted.counts.map(({ choice, count, share }) => ({
      label: lettered ? `${choiceLetter(choice)} ${choice.text}` : choice.text,
      value: count,
      note: `${Math.round(100 * share)} %`,
    })),
  };
}

function stateInWords(
  poll: PollRecord,
  { voters, guestsLeftOut }: Tally,
  course: Course,
  now: number,
  shown: boolean,
): string {
  const votes = voters === 1 ? "1 vote" : `${voters} votes`;
  const left = guestsLeftOut
    ? ` ${guestsLeftOut === 1 ? "1 guest's vote does" : `${guestsLeftOut} guests' votes do`} not count.`
    : "";
  if (poll.state === "closed") {
    const when = timeInWords(poll.closedAt ?? now, now, course.timeZone);
    return `Closed at ${when}. ${votes}.${left}${shown ? "" : " The results are not shown yet."}`;
  }
  const hidden = shown ? "" : " The counts are hidden for now.";
  return `${votes} so far.${left} Vote with a button; you can change your vote until the poll closes.${hidden}`;
}
