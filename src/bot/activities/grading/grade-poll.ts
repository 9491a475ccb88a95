import { embedSentences } from "../../../engine/encoding/sentence-embeddings.ts";
import { dot } from "../../../engine/encoding/vectors.ts";
import type { Services } from "../../context.ts";
import { UserError } from "../../errors.ts";
import { type PollRecord, type Thresholds, votePrefix, voteRecords } from "../poll/poll-record.ts";
import { changePoll } from "../poll/voting.ts";
import { gradeAnswers, nearlyIdentical } from "./grade-answers.ts";
import { type Band, gradeRecords, itemGradingRecords, NO_RULINGS } from "./grade-record.ts";

type GradeServices = Pick<Services, "store" | "engine">;

/** Whether its answers are graded by meaning. */
export function isGradedByMeaning({ item }: PollRecord): boolean {
  return item?.kind === "short";
}

/**
 * Grades the answers of the present round that have no grade yet, or whose words have changed since.
 * @returns how many were graded.
 */
export async function gradePoll(
  { store, engine }: GradeServices,
  poll: PollRecord,
  signal?: AbortSignal,
): Promise<number> {
  const { item } = poll;
  if (item?.kind !== "short") return 0;
  const grades = gradeRecords(store);
  const open: { key: string; text: string }[] = [];
  for await (const [key, { text }] of voteRecords(store).list(votePrefix(poll))) {
    if (text !== undefined && (await grades.get(key))?.text !== text) open.push({ key, text });
  }
  if (open.length === 0) return 0;
  const grading = (await itemGradingRecords(store).get(`${poll.courseId}/${item.id}`)) ?? NO_RULINGS;
  const texts = open.map(({ text }) => text);
  const judged = await gradeAnswers(engine.encoders, item, grading, texts, signal);
  await Promise.all(judged.map((grade, i) => grades.set(open[i]!.key, grade)));
  return judged.length;
}

/**
 * The teacher's word on an answer: it holds for every answer of the round that says nearly the same, and from
 * now on for such answers to this item. A right one becomes a reference.
 * @returns how many answers it decided.
 * @throws {UserError} "answer-unknown"
 */
export async function ruleOn(
  { store, engine }: GradeServices,
  poll: PollRecord,
  { personId, band, by, at }: { personId: string; band: Band; by: string; at: number },
): Promise<number> {
  const { item } = poll;
  const grades = gradeRecords(store);
  const meant = await grades.get(votePrefix(poll) + personId);
  if (item?.kind !== "short" || !meant) throw unknownAnswer();
  const { text } = meant;
  await itemGradingRecords(store).update(`${poll.courseId}/${item.id}`, (before = NO_RULINGS) => ({
    ...before,
    rulings: [...before.rulings.filter((ruling) => ruling.text !== text), { text, band, by, at }],
  }));
  const same = await sameAs({ store, engine }, poll, text);
  for (const key of same) {
    await grades.update(key, (grade) => ({ ...(grade ?? meant), ruling: { band, on: text } }));
  }
  return same.length;
}

/** Keys of the round's graded answers that say nearly the same as this text. */
export async function sameAs(
  { store, engine }: GradeServices,
  poll: PollRecord,
  text: string,
): Promise<string[]> {
  const all: { key: string; text: string }[] = [];
  for await (const [key, grade] of gradeRecords(store).list(votePrefix(poll)))
    all.push({ key, text: grade.text });
  const [own, ...others] = await embedSentences(engine.encoders, [text, ...all.map((each) => each.text)]);
  return all
    .filter((each, i) => nearlyIdentical(text, each.text, dot(own!, others[i]!)))
    .map(({ key }) => key);
}

/** Moves the thresholds of this poll, and of the item for the next time it is asked. */
export async function moveThresholds(
  store: Services["store"],
  poll: PollRecord,
  thresholds: Thresholds,
): Promise<PollRecord> {
  if (poll.item) {
    await itemGradingRecords(store).update(`${poll.courseId}/${poll.item.id}`, (before = NO_RULINGS) => ({
      ...before,
      thresholds,
    }));
  }
  return changePoll(store, poll.courseId, poll.id, (now) => ({ ...now, thresholds }));
}

function unknownAnswer(): UserError {
  return new UserError(
    "answer-unknown",
    "This answer is not graded, or not there any more. Refresh the view.",
  );
}
