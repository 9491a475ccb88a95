import type { ActionRow, Block, Button } from "../../cards/card.ts";
import { choiceLetter, LONGEST_BUTTON, type PollChoice } from "./choices.ts";
import type { PollRecord } from "./poll-record.ts";

const BUTTONS_A_ROW = 5;

/** How people answer: a button for each choice, a menu for several, a button that opens a form. */
export function answerRows(poll: PollRecord): ActionRow[] {
  if (poll.answer === "choice") return choiceButtons(poll);
  if (poll.answer === "choices") {
    const whole = fitButtons(poll.choices);
    return [
      {
        select: {
          action: "poll.vote",
          record: poll.id,
          placeholder: "Choose all that are right",
          choices: poll.choices.map((choice) => ({
            label: whole ? choice.text : choiceLetter(choice),
            value: choice.id,
          })),
          min: 1,
          max: poll.choices.length,
        },
      },
    ];
  }
  return [{ buttons: [{ label: "Answer", action: "poll.write", record: poll.id, style: "primary" }] }];
}

function choiceButtons(poll: PollRecord): ActionRow[] {
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
export function fitButtons(choices: readonly PollChoice[]): boolean {
  return choices.every(({ text }) => text.length <= LONGEST_BUTTON && !text.includes("\n"));
}

/** The choices in full, where the buttons only bear letters. */
export function choiceList(poll: PollRecord): Block[] {
  if (poll.choices.length === 0 || fitButtons(poll.choices)) return [];
  const items = poll.choices.map((choice) => [{ bold: `${choiceLetter(choice)} ` }, choice.text]);
  return [{ type: "list", items }];
}
