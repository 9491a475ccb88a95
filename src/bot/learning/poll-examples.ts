import { bandOf } from "../activities/grading/bands.ts";
import { type PollRecord, pollRecords } from "../activities/poll/poll-record.ts";
import { countVotes, getPoll } from "../activities/poll/voting.ts";
import type { Services } from "../context.ts";
import { UserError } from "../errors.ts";
import type { GivenExample } from "./example-records.ts";

type PollServices = Pick<Services, "store" | "roster" | "courses">;

/** Free-text answers of a closed poll; a label where the answer was graded, or begins with one and a colon. */
export interface PollAnswer {
  readonly text: string;
  readonly label?: string;
  readonly by: string;
}

/** The polls of a course that have closed and were answered in words, the newest first. */
export async function textPolls({ store }: Pick<Services, "store">, courseId: string): Promise<PollRecord[]> {
  const found: PollRecord[] = [];
  for await (const [, poll] of pollRecords(store).list(`${courseId}/`)) {
    if (poll.answer === "text" && poll.state === "closed") found.push(poll);
  }
  return found.sort((a, b) => b.openedAt - a.openedAt);
}

/**
 * @param id Absent: the newest one.
 * @throws {UserError} "poll-unknown", "poll-not-closed", "poll-no-texts"
 */
export async function textPoll(
  services: PollServices,
  courseId: string,
  id: string | undefined,
): Promise<PollRecord> {
  const poll =
    id === undefined ? (await textPolls(services, courseId))[0] : await getPoll(services.store, courseId, id);
  if (!poll) {
    throw new UserError(
      "poll-no-texts",
      "No poll of this course that was answered in words has closed yet. Ask a short question of the bank with /poll item:…, close it, and use this again.",
    );
  }
  if (poll.answer !== "text") {
    throw new UserError(
      "poll-no-texts",
      "This poll was answered with buttons or numbers; examples are made from texts.",
    );
  }
  if (poll.state !== "closed") {
    throw new UserError(
      "poll-not-closed",
      "This poll is still open. Close it first, so that no answer changes any more.",
    );
  }
  return poll;
}

/**
 * The answers of a poll's last round, the earliest first.
 * @throws {UserError} "poll-no-texts" when there is none
 */
export async function pollAnswers(services: PollServices, poll: PollRecord): Promise<PollAnswer[]> {
  const { votes } = await countVotes(services, poll);
  const answers = votes
    .toSorted((a, b) => a.at - b.at)
    .flatMap(({ text, grade, personId }): PollAnswer[] => {
      if (text === undefined) return [];
      const [, label, words] = /^\s*([^:\n]{1,40}):\s*(\S.*)$/s.exec(text) ?? [];
      if (label !== undefined) return [{ text: words!.trim(), label: label.trim(), by: personId }];
      return [{ text, by: personId, ...(grade && { label: bandOf(grade, poll.thresholds) }) }];
    });
  if (answers.length > 0) return answers;
  throw new UserError("poll-no-texts", "Nobody has answered this poll in words.");
}

/**
 * The answers as lines to edit: "1 label: text", the label empty where there is none.
 */
export function labelLines(answers: readonly PollAnswer[]): string {
  return answers
    .map(({ text, label = "" }, i) => `${i + 1} ${label}: ${text.replace(/\s*\n\s*/g, " ")}`)
    .join("\n");
}

/**
 * Reads the lines back: numbers say whose answer it is, labels are what now stands between number and colon, lines
 * without a label or taken out are left out. The texts are the answers' own, whatever the lines say.
 * @throws {UserError} "labels-unreadable"
 */
export function readLabelLines(answers: readonly PollAnswer[], lines: string): GivenExample[] {
  return lines.split(/\r?\n/).flatMap((line): GivenExample[] => {
    if (line.trim() === "") return [];
    const [, number, label] = /^\s*(\d+)\s*([^:]*):/.exec(line) ?? [];
    const answer = answers[Number(number) - 1];
    if (!answer) {
      throw new UserError(
        "labels-unreadable",
        `The line "${line.slice(0, 60).toWellFormed()}" does not begin with the number of an answer, a label and a colon, as in "3 positive: …". Numbers go from 1 to ${answers.length}.`,
      );
    }
    return label!.trim() === "" ? [] : [{ text: answer.text, label: label!.trim(), by: answer.by }];
  });
}
