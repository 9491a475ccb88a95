import type { Action } from "../../actions.ts";
import type { Card } from "../../cards/card.ts";
import type { Context } from "../../context.ts";
import { UserError } from "../../errors.ts";
import { askMe } from "./ask-me.ts";
import { type QuizMeRecord, quizMeRecords } from "./quiz-me-record.ts";

const answer: Action = {
  name: "quiz-me.answer",
  async *run({ record: id, value }, context) {
    const record = await get(context, id);
    const chosen = record.choices[Number(value)];
    if (chosen === undefined) {
      throw new UserError(
        "quiz-me-choice-unknown",
        "This question has no such word. Use the buttons it shows.",
      );
    }
    yield { kind: "update", card: answeredCard(id, record, chosen) };
  },
};

const another: Action = {
  name: "quiz-me.another",
  costly: true,
  async *run({ record: id }, context) {
    const { text, asked } = await get(context, id);
    const { card } = await askMe(context, text, asked);
    yield { kind: "message", card };
  },
};

export const quizMeActions: readonly Action[] = [answer, another];

async function get({ store }: Context, id: string): Promise<QuizMeRecord> {
  const record = await quizMeRecords(store).get(id);
  if (record) return record;
  throw new UserError("quiz-me-unknown", "This question is no longer kept. Ask for a new one with /quiz-me.");
}

function answeredCard(id: string, record: QuizMeRecord, chosen: string): Card {
  const { answer, blanked, choices, probabilities, sentence } = record;
  const isRight = chosen === answer;
  const gap = blanked.indexOf("____");
  return {
    title: isRight ? "Right" : `Not quite: it was “${answer}”`,
    tone: isRight ? "success" : "warning",
    blocks: [
      {
        type: "quote",
        text: [sentence.slice(0, gap), { bold: answer }, sentence.slice(gap + answer.length)],
      },
      { type: "text", text: "What a masked model expected there:" },
      {
        type: "bars",
        unit: "probability",
        bars: choices
          .map((label) => ({ label, value: probabilities[label] ?? 0 }))
          .sort((a, b) => b.value - a.value)
          .map((bar) => ({
            ...bar,
            marked: bar.label === answer,
            ...(bar.label === chosen && { note: "your choice" }),
          })),
      },
    ],
    actions: [{ buttons: [{ label: "Another word", action: "quiz-me.another", record: id }] }],
  };
}
