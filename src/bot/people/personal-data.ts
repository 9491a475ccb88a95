import { gradeRecords } from "../activities/grading/grade-record.ts";
import { pairShareRecords } from "../activities/pair-share/pair-share-record.ts";
import { clusterRecords } from "../activities/pair-share/share-clusters.ts";
import { answerInWords } from "../activities/poll/answers.ts";
import { pollRecords, voteRecords } from "../activities/poll/poll-record.ts";
import { reviewRecords } from "../activities/review/review-records.ts";
import { teamRecords } from "../activities/vote-next/vote-next-record.ts";
import { pseudonymRecords } from "../course/exports/pseudonyms.ts";
import { type ExampleRecord, exampleRecords } from "../learning/example-records.ts";
import { forgetExamplesOf } from "../learning/head-records.ts";
import type { Namespace, Store } from "../store/store.ts";
import { type PersonRecord, peopleRecords } from "./people-records.ts";

/** What stands where somebody's words were, among the answers of a class. */
export const DELETED_TEXT = "(deleted)";

/** A person's own record in a course, with the ids they had before accounts were joined. */
interface Identity {
  readonly courseId: string;
  readonly record: PersonRecord | undefined;
  readonly ids: ReadonlySet<string>;
}

async function identityOf(store: Store, courseId: string, personId: string): Promise<Identity> {
  const { people } = peopleRecords(store);
  const ids = new Set([personId]);
  const records: PersonRecord[] = [];
  for await (const [, record] of people.list(`${courseId}/`)) records.push(record);
  // Chains of joins can be long, and their records stand in any order.
  for (let before = 0; before !== ids.size; ) {
    before = ids.size;
    for (const { id, mergedInto } of records) if (mergedInto && ids.has(mergedInto)) ids.add(id);
  }
  return { courseId, record: records.find(({ id }) => id === personId), ids };
}

/** Everything that Cloze's records of a course hold about one person, as plain data. */
export async function personalData(store: Store, courseId: string, personId: string): Promise<unknown> {
  const identity = await identityOf(store, courseId, personId);
  const { record } = identity;
  const polls = pollRecords(store);
  const answers: unknown[] = [];
  for (const { key, vote } of await ownVotes(store, identity)) {
    const [, pollId, round] = key.split("/");
    const poll = await polls.get(`${courseId}/${pollId}`);
    const grade = await gradeRecords(store).get(key);
    answers.push({
      question: poll?.question,
      item: poll?.item?.id,
      round: Number(round),
      answer: poll ? answerInWords(poll, vote) : undefined,
      confidence: vote.confidence,
      at: new Date(vote.at).toISOString(),
      ...(grade && { grade: { score: grade.score, reason: grade.reason } }),
    });
  }
  const partners: unknown[] = [];
  for await (const [, share] of pairShareRecords(store).list(`${courseId}/`)) {
    const group = share.groups?.find((each) => each.some((id) => identity.ids.has(id)));
    if (group) partners.push({ thinkPairShare: share.id, groupSize: group.length });
  }
  const { optOuts, reminded } = reviewRecords(store);
  const examples = (await ownExamples(store, identity)).map(({ example: { text, label, at } }) => ({
    text,
    label,
    at: new Date(at).toISOString(),
  }));
  return {
    course: courseId,
    person: record && { id: record.id, role: record.role, accounts: record.accounts, roster: record.canvas },
    answers,
    partners,
    examples,
    reminders: { off: (await optOuts.get(`${courseId}/${personId}`)) !== undefined },
    remindersSent: (await keysOf(reminded, identity)).length,
  };
}

export interface Deleted {
  readonly answers: number;
  readonly accounts: number;
  /** The institution's line of the roster stays, without accounts. */
  readonly rosterLineKept: boolean;
}

/**
 * Deletes a person from a course: answers, labelled examples, grades, accounts, pseudonym, settings, and their words among a class's
 * grouped answers. Can be done again after a stop in its midst: the record that names them goes last.
 * @param options.rosterLine Whether the institution's line of the roster goes as well.
 */
export async function deletePerson(
  store: Store,
  courseId: string,
  personId: string,
  { rosterLine = false } = {},
): Promise<Deleted> {
  const identity = await identityOf(store, courseId, personId);
  const { record, ids } = identity;
  const votes = await ownVotes(store, identity);
  const words = new Map<string, Set<string>>();
  for (const { key, vote } of votes) {
    const pollId = key.split("/")[1]!;
    if (vote.text !== undefined) words.set(pollId, (words.get(pollId) ?? new Set()).add(vote.text));
  }
  for (const [pollId, texts] of words) await deleteWords(store, `${courseId}/${pollId}`, texts);
  for (const { key } of votes) {
    await gradeRecords(store).delete(key);
    await voteRecords(store).delete(key);
  }
  for (const { key } of await ownExamples(store, identity)) await exampleRecords(store).delete(key);
  await forgetExamplesOf(store, courseId, ids);
  await leaveGroups(store, courseId, ids);
  const { optOuts, reminded } = reviewRecords(store);
  const { people, accounts, linkCodes } = peopleRecords(store);
  for (const namespace of [
    optOuts,
    reminded,
    teamRecords(store),
    pseudonymRecords(store),
  ] as Namespace<unknown>[]) {
    for (const key of await keysOf(namespace, identity)) await namespace.delete(key);
  }
  for await (const [key, { personId: owner }] of linkCodes.list(`${courseId}/`)) {
    if (ids.has(owner)) await linkCodes.delete(key);
  }
  for await (const [key, { personId: owner }] of accounts.list(`${courseId}/`)) {
    if (ids.has(owner)) await accounts.delete(key);
  }
  for (const id of ids) if (id !== personId) await people.delete(`${courseId}/${id}`);
  const keepsLine = record?.canvas !== undefined && !rosterLine;
  if (keepsLine) {
    await people.set(`${courseId}/${personId}`, { ...record, accounts: [], platformRoles: {} });
  } else {
    await people.delete(`${courseId}/${personId}`);
  }
  return {
    answers: votes.length,
    accounts: record?.accounts.length ?? 0,
    rosterLineKept: keepsLine,
  };
}

async function ownVotes(store: Store, { courseId, ids }: Identity) {
  const found = [];
  for await (const [key, vote] of voteRecords(store).list(`${courseId}/`)) {
    if (ids.has(key.slice(key.lastIndexOf("/") + 1))) found.push({ key, vote });
  }
  return found;
}

/** Labelled examples that somebody gave, or that were made of their answers. */
async function ownExamples(store: Store, { courseId, ids }: Identity) {
  const found: { key: string; example: ExampleRecord }[] = [];
  for await (const [key, example] of exampleRecords(store).list(`${courseId}/`)) {
    if (ids.has(example.by)) found.push({ key, example });
  }
  return found;
}

/** Keys of this course that end with one of a person's ids. */
async function keysOf<T>(namespace: Namespace<T>, { courseId, ids }: Identity): Promise<string[]> {
  const keys: string[] = [];
  for await (const [key] of namespace.list(`${courseId}/`)) {
    if (ids.has(key.slice(key.lastIndexOf("/") + 1))) keys.push(key);
  }
  return keys;
}

async function deleteWords(store: Store, key: string, texts: ReadonlySet<string>): Promise<void> {
  const clusters = clusterRecords(store);
  const known = await clusters.get(key);
  if (!known?.answers.some((answer) => texts.has(answer))) return;
  await clusters.update(key, (now = known) => ({
    ...now,
    answers: now.answers.map((answer) => (texts.has(answer) ? DELETED_TEXT : answer)),
  }));
}

async function leaveGroups(store: Store, courseId: string, ids: ReadonlySet<string>): Promise<void> {
  const shares = pairShareRecords(store);
  const without = (list: readonly string[]) => list.filter((id) => !ids.has(id));
  for await (const [key, share] of shares.list(`${courseId}/`)) {
    const isIn = [...(share.groups ?? []), share.absent, share.optedOut].some((list) =>
      list.some((id) => ids.has(id)),
    );
    if (!isIn) continue;
    await shares.update(key, (now = share) => ({
      ...now,
      ...(now.groups && { groups: now.groups.map(without).filter((group) => group.length > 0) }),
      absent: without(now.absent),
      optedOut: without(now.optedOut),
    }));
  }
}
