import type { Engine } from "../../../engine/engine.ts";
import type { CourseItem, ItemKind } from "../../course/item-schema.ts";
import { shuffled } from "../../shuffled.ts";
import type { Question } from "./poll-record.ts";
import { predict } from "./prediction.ts";

const ANSWER: Readonly<Record<ItemKind, Question["answer"]>> = {
  single: "choice",
  multiple: "choices",
  numeric: "number",
  short: "text",
  prediction: "choice",
  discussion: "text",
};

/**
 * An item of the bank as a question. Choices come in an order drawn anew, for the bank often has the right one
 * first. A prediction is decided here, by running the model.
 * @throws {UserError} "prediction-undecided" when the model writes none of the choices; what the engine throws
 */
export async function questionOf(item: CourseItem, engine: Engine, signal?: AbortSignal): Promise<Question> {
  const base = { question: item.question, answer: ANSWER[item.kind], item };
  if (!("choices" in item)) return { ...base, choices: [] };
  const shown = shuffled(item.choices.map((_, i) => i));
  const choices = shown.map((from, i) => ({ id: choiceId(i), text: item.choices[from]!.text }));
  const idsOf = (isRight: (from: number) => boolean) =>
    shown.flatMap((from, i) => (isRight(from) ? [choiceId(i)] : []));
  if (item.kind !== "prediction") {
    const right = idsOf((from) => item.choices[from]!.correct === true);
    return { ...base, choices, right };
  }
  const { choice, outcome } = await predict(item, engine, signal);
  return { ...base, choices, right: idsOf((from) => from === choice), outcome };
}

/** "a" for the first choice shown. */
export function choiceId(index: number): string {
  return String.fromCharCode(97 + index);
}
