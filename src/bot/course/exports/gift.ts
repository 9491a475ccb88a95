import type { CourseItem, ItemOf } from "../item-schema.ts";

export interface GiftExport {
  readonly gift: string;
  /** Items that GIFT has no form for. */
  readonly leftOut: readonly { readonly id: string; readonly reason: string }[];
  /** What an item has and GIFT does not. */
  readonly notes: readonly { readonly id: string; readonly reason: string }[];
}

/** Items in Moodle's GIFT format (docs.moodle.org/en/GIFT_format); ids and objectives as its [id:] and [tag:]. */
export function toGift(items: readonly CourseItem[]): GiftExport {
  const questions: string[] = [];
  const leftOut: { id: string; reason: string }[] = [];
  const notes: { id: string; reason: string }[] = [];
  for (const item of items) {
    const answers = answersOf(item);
    if (answers === undefined) {
      leftOut.push({ id: item.id, reason: "a prediction's right answer is found by running the model" });
      continue;
    }
    const lost = lostOf(item);
    if (lost.length > 0)
      notes.push({ id: item.id, reason: `GIFT has no place for its ${lost.join(" and ")}` });
    const tags = item.objectives.map((objective) => ` [tag:${objective}]`).join("");
    questions.push(
      [
        `// source: ${item.source.replace(/\s+/g, " ")}`,
        `// [id:${item.id}]${tags}`,
        `::${escaped(item.id)}::${escaped(item.question)} {${answers}`,
        `\t####${escaped(item.kind === "discussion" ? item.modelAnswer : item.explanation)}`,
        "}",
      ].join("\n"),
    );
  }
  return { gift: questions.map((question) => `${question}\n`).join("\n"), leftOut, notes };
}

function answersOf(item: CourseItem): string | undefined {
  switch (item.kind) {
    case "single":
      return lines(item.choices.map((choice) => `${choice.correct ? "=" : "~"}${choiceText(choice)}`));
    case "multiple":
      return multipleAnswers(item);
    case "numeric":
      return `#${lines([
        `=${item.answer}:${item.tolerance}`,
        ...item.mistakes.map(({ value, feedback }) => `=%0%${value}:${item.tolerance}#${escaped(feedback)}`),
      ])}`;
    case "short":
      return lines([
        ...item.references.map((reference) => `=${escaped(reference)}`),
        ...item.mistakes.map(({ answer, feedback }) => `=%0%${escaped(answer)}#${escaped(feedback)}`),
      ]);
    case "discussion":
      return "";
    case "prediction":
      return undefined;
  }
}

/** Every right choice has its share; a wrong one takes away everything, for in Cloze it makes the answer wrong. */
function multipleAnswers({ choices }: ItemOf<"multiple">): string {
  const share = 100 / choices.filter(({ correct }) => correct).length;
  const weight = Number(share.toFixed(5));
  return lines(choices.map((choice) => `~%${choice.correct ? weight : -100}%${choiceText(choice)}`));
}

function choiceText({ text, misconception }: { text: string; misconception?: string | undefined }): string {
  return `${escaped(text)}${misconception ? `#${escaped(misconception)}` : ""}`;
}

function lines(answers: readonly string[]): string {
  return answers.map((answer) => `\n\t${answer}`).join("");
}

function lostOf(item: CourseItem): string[] {
  return [
    ...(item.kind === "numeric" && item.unit !== undefined ? ["unit"] : []),
    ...(item.kind === "short" && item.ideas.length > 0 ? ["required ideas"] : []),
    ...(item.kind === "discussion" ? ["points"] : []),
    ...(item.partner === undefined ? [] : ["partner"]),
  ];
}

/**
 * GIFT's own characters, and line breaks, which would end a question. An arrow of two characters makes matching
 * pairs and can't be escaped, so it becomes one character.
 */
function escaped(text: string): string {
  return text
    .replaceAll("->", "→")
    .replace(/[\\~=#{}:]/g, "\\$&")
    .replace(/\r?\n/g, "\\n");
}
