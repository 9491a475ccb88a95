import {
  type GIFTQuestion,
  SyntaxError as GiftSyntaxError,
  type NumericalChoice,
  type NumericalFormat,
  parse,
  type TextChoice,
} from "gift-pegjs";
import { checkedItem, type ImportDefaults, type ItemImport, newItemId } from "./imported-items.ts";

type Raw = Record<string, unknown>;
type Asked = Exclude<GIFTQuestion, { type: "Category" | "Description" }>;

/**
 * Reads Moodle's GIFT format. Questions that Cloze has no kind for, or that can't be read, are told and left out;
 * the others are taken.
 */
export function readGift(text: string, defaults: ImportDefaults): ItemImport {
  const items: ItemImport["items"][number][] = [];
  const refused: { where: string; reason: string }[] = [];
  const notes: { where: string; reason: string }[] = [];
  const taken = new Set(defaults.takenIds);
  for (const question of questionsOf(text, refused)) {
    if (question.type === "Category") {
      notes.push({ where: question.title ?? "a category", reason: "categories are not kept" });
      continue;
    }
    const where = question.title ?? question.stem.text.slice(0, 60);
    if (question.type === "Description") {
      refused.push({ where, reason: "a description asks nothing" });
      continue;
    }
    const made = answerPart(question as Asked);
    if (typeof made === "string") {
      refused.push({ where, reason: made });
      continue;
    }
    const { note, ...part } = made;
    const tagged = (question.tags ?? []).filter((tag) => defaults.knownObjectives.includes(tag));
    const item = checkedItem({
      id: newItemId(question.id ?? question.title ?? question.stem.text, taken),
      objectives: tagged.length > 0 ? tagged : [defaults.objective],
      question: question.stem.text.trim(),
      explanation: question.globalFeedback?.text.trim() || explained(part),
      source: defaults.source,
      ...part,
    });
    if (typeof item === "string") {
      refused.push({ where, reason: item });
      continue;
    }
    items.push(item);
    if (note !== undefined) notes.push({ where, reason: String(note) });
  }
  return { items, refused, notes };
}

/** The whole file; when that can't be read, each question by itself, so that one mistake costs one question. */
function questionsOf(text: string, refused: { where: string; reason: string }[]): GIFTQuestion[] {
  const plain = text.replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n");
  try {
    return parse(plain);
  } catch (error) {
    if (!(error instanceof GiftSyntaxError)) throw error;
  }
  const found: GIFTQuestion[] = [];
  let line = 1;
  for (const block of plain.split(/(\n[ \t]*\n)/)) {
    if (block.trim() !== "") {
      try {
        found.push(...parseOne(block));
      } catch (error) {
        if (!(error instanceof GiftSyntaxError)) throw error;
        refused.push({
          where: `line ${line + error.location.start.line - 1}`,
          reason: `no GIFT: ${error.message}`,
        });
      }
    }
    line += block.split("\n").length - 1;
  }
  return found;
}

/** Moodle takes =, ~ and # outside the braces as they are, as in 1+1=2 {T}; the parser wants them escaped. */
function parseOne(block: string): GIFTQuestion[] {
  try {
    return parse(block);
  } catch (error) {
    const lines = block.split("\n").map((line) => {
      if (line.trimStart().startsWith("//")) return line;
      const [before, ...rest] = line.split(/(?<!\\)(?=\{)/);
      return (before ?? "").replace(/(?<!\\)[=~#]/g, "\\$&") + rest.join("");
    });
    const open = lines.findIndex((line) => /(?<!\\)\{/.test(line));
    // Lines within the braces stay as they are.
    const mended = [...lines.slice(0, open + 1), ...block.split("\n").slice(open + 1)].join("\n");
    if (open < 0 || mended === block) throw error;
    return parse(mended);
  }
}

/** The fields that follow from the kind of question; or why there is none. */
function answerPart(question: Asked): Raw | string {
  switch (question.type) {
    case "MC":
      return choicePart(question.choices);
    case "TF":
      return {
        kind: "single",
        choices: [
          {
            text: "True",
            ...(question.isTrue && { correct: true }),
            ...feedback(question.isTrue ? null : question.falseFeedback),
          },
          {
            text: "False",
            ...(!question.isTrue && { correct: true }),
            ...feedback(question.isTrue ? question.falseFeedback : null),
          },
        ],
      };
    case "Numerical":
      return numericPart(question.choices as NumericalFormat | NumericalChoice[]);
    case "Short":
      return shortPart(question.choices);
    case "Essay":
      return question.globalFeedback
        ? {
            kind: "discussion",
            modelAnswer: question.globalFeedback.text,
            points: [question.globalFeedback.text],
          }
        : "an essay without feedback has no model answer; add one behind ####";
    case "Matching":
      return "Cloze has no matching questions";
  }
}

function choicePart(choices: readonly TextChoice[]): Raw | string {
  const marked = choices.filter(({ isCorrect }) => isCorrect).length;
  const isMultiple = marked === 0;
  const right = (choice: TextChoice) => (isMultiple ? (choice.weight ?? 0) > 0 : choice.isCorrect);
  if (marked > 1) return `${marked} choices are marked with =; for several right ones give each a percentage`;
  const partial = !isMultiple && choices.some(({ isCorrect, weight }) => !isCorrect && (weight ?? 0) !== 0);
  return {
    kind: isMultiple ? "multiple" : "single",
    choices: choices.map((choice) => ({
      text: choice.text.text,
      ...(right(choice) && { correct: true }),
      ...(right(choice) ? {} : feedback(choice.feedback)),
    })),
    ...(partial && { note: "part credit for a wrong choice is not kept" }),
    ...(isMultiple && choices.every((choice) => !right(choice)) && { choices: [] }),
  };
}

function numericPart(given: NumericalFormat | readonly NumericalChoice[]): Raw | string {
  const choices = Array.isArray(given) ? (given as readonly NumericalChoice[]) : undefined;
  const full = choices?.filter(({ weight, isCorrect }) => isCorrect && (weight === null || weight === 100));
  if (choices && full?.length !== 1) return "exactly one number must have full credit";
  const { answer, tolerance } = range(full ? full[0]!.text : (given as NumericalFormat));
  const others = choices?.filter((choice) => choice !== full?.[0]) ?? [];
  const partial = others.some(({ weight }) => (weight ?? 0) > 0);
  const mistakes = others
    .filter(({ weight, feedback: told }) => (weight ?? 0) <= 0 && told)
    .map((choice) => ({ value: range(choice.text).answer, feedback: choice.feedback!.text }));
  return {
    kind: "numeric",
    answer,
    tolerance,
    mistakes,
    ...(partial && { note: "part credit for near numbers is not kept" }),
  };
}

function range({ number, range: width, numberHigh, numberLow }: NumericalFormat) {
  if (numberHigh !== undefined && numberLow !== undefined) {
    return { answer: (numberHigh + numberLow) / 2, tolerance: (numberHigh - numberLow) / 2 };
  }
  return { answer: number ?? Number.NaN, tolerance: width ?? 0 };
}

function shortPart(choices: readonly TextChoice[]): Raw {
  const isWrong = ({ weight }: TextChoice) => weight !== null && weight <= 0;
  const partial = choices.some(({ weight }) => weight !== null && weight > 0 && weight < 100);
  return {
    kind: "short",
    references: choices.filter((choice) => !isWrong(choice)).map(({ text }) => text.text),
    mistakes: choices
      .filter((choice) => isWrong(choice) && choice.feedback)
      .map(({ text, feedback: told }) => ({ answer: text.text, feedback: told!.text })),
    note: `answers are graded by meaning, not letter by letter${partial ? "; part credit is not kept" : ""}`,
  };
}

function feedback(given: { readonly text: string } | null | undefined): Raw {
  return given?.text.trim() ? { misconception: given.text.trim() } : {};
}

/** An explanation for questions that come without. */
function explained(part: Raw): string {
  if (part.kind === "numeric") return `The right answer is ${part.answer}.`;
  if (part.kind === "short") return `A right answer: ${(part.references as string[])[0]}`;
  const right = (part.choices as { text: string; correct?: boolean }[] | undefined)?.filter(
    ({ correct }) => correct,
  );
  return `The right answer: ${right?.map(({ text }) => text).join(", ") ?? part.modelAnswer}`;
}
