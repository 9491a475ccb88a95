import { makeClozeQuestion } from "../../../engine/encoding/cloze-question.ts";
import type { Card } from "../../cards/card.ts";
import type { Context } from "../../context.ts";
import { shuffled } from "../../shuffled.ts";
import { newRecordId } from "../../store/record-id.ts";
import { type QuizMeRecord, quizMeRecords } from "./quiz-me-record.ts";

/**
 * Makes a question of a text and keeps it for its buttons.
 * @param asked Words of the text that were asked before.
 */
export async function askMe(
  { engine, store, signal }: Context,
  text: string,
  asked: readonly string[] = [],
): Promise<{ readonly card: Card; readonly record: QuizMeRecord }> {
  const question = await makeClozeQuestion(engine.encoders, text, { without: asked }, signal);
  const { blanked, sentence, answer, distractors, probabilities } = question;
  const record: QuizMeRecord = {
    text,
    blanked,
    sentence,
    choices: shuffled([answer, ...distractors]),
    answer,
    probabilities,
    asked: [...asked, answer.toLowerCase()],
  };
  const id = newRecordId();
  await quizMeRecords(store).set(id, record);
  return { card: questionCard(id, record), record };
}

function questionCard(id: string, { blanked, choices }: QuizMeRecord): Card {
  return {
    title: "Which word stood here?",
    blocks: [{ type: "quote", text: blanked }],
    actions: [
      {
        buttons: choices.map((label, index) => ({
          label,
          action: "quiz-me.answer",
          record: id,
          value: String(index),
        })),
      },
    ],
    footer: "The other words are a masked model's own guesses.",
  };
}
