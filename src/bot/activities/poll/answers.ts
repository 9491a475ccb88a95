import { UserError } from "../../errors.ts";
import { bandOf, SCORE_OF_BAND } from "../grading/bands.ts";
import type { Grade } from "../grading/grade-record.ts";
import type { PollRecord, VoteRecord } from "./poll-record.ts";

/** What somebody answered; which field counts follows from the poll's kind of answer. */
export interface Answer {
  readonly choices?: readonly string[];
  readonly number?: number;
  readonly text?: string;
}

/** A few sentences; what the encoders read at once has room for them in most scripts. */
export const LONGEST_ANSWER = 600;

/**
 * The answer as it is to be kept.
 * @throws {UserError} "choice-unknown", "answer-empty", "answer-too-long", "answer-not-single"
 */
export function checkedAnswer(poll: PollRecord, given: Answer): Omit<VoteRecord, "at"> {
  if (poll.answer === "number") {
    if (given.number === undefined || !Number.isFinite(given.number)) throw missing("a number");
    return { choices: [], number: given.number };
  }
  if (poll.answer === "text") {
    const text = given.text?.trim() ?? "";
    if (text === "") throw missing("a sentence or two");
    if (text.length > LONGEST_ANSWER) {
      throw new UserError(
        "answer-too-long",
        `The answer has ${text.length} characters; at most ${LONGEST_ANSWER} are allowed. Shorten it.`,
      );
    }
    return { choices: [], text };
  }
  const choices = [...new Set(given.choices ?? [])];
  const known = poll.choices.map(({ id }) => id);
  if (choices.length === 0 || !choices.every((id) => known.includes(id))) {
    throw new UserError(
      "choice-unknown",
      "This poll has no such choice any more. Use the buttons it shows now.",
      { choices, allowed: known },
    );
  }
  if (poll.answer === "choice" && choices.length > 1) {
    throw new UserError("answer-not-single", "Only one choice can be taken here. Choose one.");
  }
  return { choices: choices.sort() };
}

function missing(what: string): UserError {
  return new UserError("answer-empty", `The answer is empty; it must be ${what}.`);
}

/**
 * Reads a number as people write it: "0.36", ".36", "0,36", "36 %", "9/25".
 * @throws {UserError} "number-unreadable"
 */
export function readNumber(typed: string): number {
  const text = typed.trim().replace(/\s+/g, "").replace("−", "-");
  const plain = /^[+-]?(\d+[.,]?\d*|[.,]\d+)(e[+-]?\d+)?$/i;
  const toNumber = (part: string) => (plain.test(part) ? Number(part.replace(",", ".")) : Number.NaN);
  const [above = "", below, ...rest] = text.split("/");
  let number = toNumber(text.endsWith("%") ? text.slice(0, -1) : text);
  if (text.endsWith("%")) number /= 100;
  if (below !== undefined && rest.length === 0) number = toNumber(above) / toNumber(below);
  if (Number.isFinite(number)) return number;
  throw new UserError(
    "number-unreadable",
    `"${typed.trim().slice(0, 40).toWellFormed()}" is no number that Cloze can read. Write it like 0.36, 36 % or 9/25.`,
    { given: typed },
  );
}

/**
 * From 0 (wrong) to 1 (right); a short answer that is close has half. Undefined where nothing is right or wrong,
 * or while a text is not graded yet.
 */
export function scoreOf(
  poll: Pick<PollRecord, "answer" | "right" | "item" | "thresholds">,
  vote: Omit<VoteRecord, "at">,
  grade?: Grade,
): number | undefined {
  const { answer, right, item } = poll;
  if (answer === "number") {
    if (item?.kind !== "numeric" || vote.number === undefined) return undefined;
    return isNumber(vote.number, item.answer, item.tolerance) ? 1 : 0;
  }
  if (answer === "text") {
    return grade && grade.text === vote.text ? SCORE_OF_BAND[bandOf(grade, poll.thresholds)] : undefined;
  }
  if (!right) return undefined;
  const taken = new Set(vote.choices);
  return taken.size === right.length && right.every((id) => taken.has(id)) ? 1 : 0;
}

/** Decimal fractions have no exact binary form, so the edge of the tolerance is widened a little. */
export function isNumber(given: number, wanted: number, tolerance: number): boolean {
  return Math.abs(given - wanted) <= tolerance + 1e-9;
}

/** An answer in words. */
export function answerInWords(poll: PollRecord, vote: Omit<VoteRecord, "at">): string {
  if (poll.answer === "text") return vote.text ?? "";
  if (poll.answer === "number") {
    const unit = poll.item?.kind === "numeric" ? poll.item.unit : undefined;
    return unit ? `${vote.number} ${unit}` : String(vote.number);
  }
  return poll.choices
    .filter(({ id }) => vote.choices.includes(id))
    .map(({ text }) => text)
    .join(", ");
}
