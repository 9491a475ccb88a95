import { UserError } from "../../errors.ts";

/** Four rows of five buttons; the fifth row is for closing and viewing. */
const MOST_CHOICES = 20;
/** Discord's limit for a button is 80, Slack's 75. */
export const LONGEST_BUTTON = 75;
const LONGEST_CHOICE = 300;

export interface PollChoice {
  readonly id: string;
  readonly text: string;
}

/**
 * Reads choices typed as `greedy | beam search | top-p`. Their ids are letters, from "a".
 * @throws {UserError} "choices-invalid"
 */
export function parseChoices(typed: string): PollChoice[] {
  const texts = typed.split("|").map((text) => text.trim());
  if (texts.length < 2 || texts.length > MOST_CHOICES) {
    throw invalid(
      `choices has ${texts.length === 1 ? "one choice" : `${texts.length} choices`}; a poll takes 2 to ${MOST_CHOICES}, with | between them, as in: greedy | beam search | top-p`,
    );
  }
  const seen = new Map<string, number>();
  texts.forEach((text, i) => {
    if (text === "") throw invalid(`Choice ${i + 1} is empty. Write something between the two |.`);
    if (text.length > LONGEST_CHOICE) {
      throw invalid(
        `Choice ${i + 1} has ${text.length} characters; at most ${LONGEST_CHOICE} are allowed. Shorten it.`,
      );
    }
    const same = seen.get(text.toLowerCase());
    if (same !== undefined) {
      throw invalid(`Choices ${same} and ${i + 1} are both "${text}". Change or leave out one of them.`);
    }
    seen.set(text.toLowerCase(), i + 1);
  });
  return texts.map((text, i) => ({ id: String.fromCharCode(97 + i), text }));
}

/** "A", "B", … as shown before a choice. */
export function choiceLetter({ id }: PollChoice): string {
  return id.toUpperCase();
}

function invalid(message: string): UserError {
  return new UserError("choices-invalid", message, { option: "choices" });
}
