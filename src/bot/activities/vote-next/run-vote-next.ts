import { drawSeed } from "../../decoding/seed.ts";
import { UserError } from "../../errors.ts";
import type { ChannelRef, MessageRef } from "../../invocation.ts";
import { newRecordId } from "../../store/record-id.ts";
import type { Store } from "../../store/store.ts";
import { setDeadline } from "../deadlines.ts";
import type { PollServices } from "../poll/close-poll.ts";
import { newRecord, type OpenedPoll } from "../poll/open-poll.ts";
import { type PollRecord, pollKey, pollRecords } from "../poll/poll-record.ts";
import { closed, TIMER } from "../poll/poll-state.ts";
import { questionCard, showPoll } from "../poll/show-poll.ts";
import { changePoll, countVotes, getPoll } from "../poll/voting.ts";
import { chosen } from "./chosen.ts";
import { compareWithDecoders, nextCandidates } from "./next-candidates.ts";
import { comparison } from "./vote-next-cards.ts";
import { stepId, type VoteNextRecord, voteNextRecords } from "./vote-next-record.ts";

export interface NewVoteNext
  extends Pick<VoteNextRecord, "courseId" | "prompt" | "model" | "width" | "maxSteps" | "openedBy"> {
  readonly seconds?: number;
  /** Names of teams, each of which decodes a text of its own. */
  readonly teams?: readonly string[];
  readonly channels: readonly ChannelRef[];
}

/**
 * Opens one text, or one for each team, with the vote on its first token.
 * @throws {UserError} "vote-next-stuck" when the model has nothing to choose from; what the engine and the posting
 *   throw
 */
export async function openVoteNext(
  services: PollServices,
  { teams = [], channels, seconds, ...rest }: NewVoteNext,
  signal?: AbortSignal,
): Promise<{ records: readonly VoteNextRecord[]; failed: OpenedPoll["failed"] }> {
  const first = await nextCandidates(services.engine, rest, [], signal);
  if (first.candidates.length < 2) throw stuck();
  const match = newRecordId();
  const ids = (teams.length > 0 ? teams : [""]).map(() => newRecordId());
  const records = ids.map(
    (id, i): VoteNextRecord => ({
      ...rest,
      id,
      promptIds: [...first.promptIds],
      ...(seconds !== undefined && { seconds }),
      ...(teams[i] !== undefined && { team: { name: teams[i], match, ids } }),
      state: "voting",
      steps: [],
      text: "",
      candidates: [...first.candidates],
      seed: drawSeed(),
      channels: [...channels],
      messages: [],
      openedAt: services.clock.now(),
    }),
  );
  const failed: OpenedPoll["failed"][number][] = [];
  for (const record of records) {
    const { texts, polls, key } = recordsOf(services.store, record);
    const poll = stepPoll(services, record);
    await services.store.commit([], [texts.put(key, record), polls.put(pollKey(poll), poll)]);
    failed.push(...(await post(services, record, poll)));
    arm(services, poll, record.id);
  }
  return { records, failed };
}

/** @throws {UserError} "vote-next-unknown" */
export async function getVoteNext(store: Store, courseId: string, id: string): Promise<VoteNextRecord> {
  const record = await voteNextRecords(store).get(`${courseId}/${id}`);
  if (record) return record;
  throw new UserError(
    "vote-next-unknown",
    "This text does not exist any more, or belongs to another course.",
  );
}

export interface StepRef {
  readonly courseId: string;
  readonly id: string;
  /** The token that whoever asks saw being voted on, counted from 1. */
  readonly number: number;
  /** A person's id, or TIMER. */
  readonly by: string;
}

/**
 * Counts the vote that is on, appends the winner and opens the next vote, or ends with the comparison. Of several
 * who ask at once, one does it.
 * @throws {UserError} "vote-next-unknown"; "step-over" when the vote has been counted before; "step-empty" when
 *   nobody has voted
 */
export async function countStep(
  services: PollServices,
  { courseId, id, number, by }: StepRef,
): Promise<void> {
  const poll = await getPoll(services.store, courseId, stepId(id, number));
  if (poll.state === "open" && (await countVotes(services, poll)).voters === 0) {
    throw new UserError("step-empty", "Nobody has voted yet.");
  }
  await changeTogether(services.store, courseId, id, number, (record, current) => {
    if (record.state !== "voting" || record.steps.length !== number - 1 || current.state === "closed")
      throw over();
    return [{ ...record, state: "counting" }, closed(current, { personId: by, at: services.clock.now() })];
  });
  await finishStep(services, courseId, id);
}

/**
 * Ends the text as it stands; the vote that is on does not count.
 * @throws {UserError} "vote-next-unknown", "step-over"
 */
export async function endVoteNext(
  services: PollServices,
  { courseId, id, number, by }: StepRef,
): Promise<void> {
  await changeTogether(services.store, courseId, id, number, (record, poll) => {
    if (record.state === "ended" || record.steps.length !== number - 1) throw over();
    return [
      { ...record, state: "ended", candidates: [] },
      poll.state === "closed" ? poll : closed(poll, { personId: by, at: services.clock.now() }),
    ];
  });
  await conclude(services, courseId, id, number);
}

/** At start: timers are set anew, and a vote that had closed is counted. */
export async function resumeVoteNext(services: PollServices): Promise<void> {
  for (const course of services.courses.all()) {
    for await (const [, record] of voteNextRecords(services.store).list(`${course.id}/`)) {
      if (record.state === "counting") await finishStep(services, course.id, record.id);
      if (record.state === "ended" && !record.compared && record.steps.length > 0) {
        await conclude(services, course.id, record.id, record.steps.length);
      }
      if (record.state === "voting") {
        const number = record.steps.length + 1;
        arm(services, await getPoll(services.store, course.id, stepId(record.id, number)), record.id);
      }
    }
  }
}

/** From the closed vote to the next one. Can be done again after a stop in the midst of it. */
async function finishStep(services: PollServices, courseId: string, id: string): Promise<void> {
  const record = await getVoteNext(services.store, courseId, id);
  if (record.state !== "counting") return;
  const number = record.steps.length + 1;
  const poll = await getPoll(services.store, courseId, stepId(id, number));
  const step = chosen(record.candidates, await countVotes(services, poll));
  const steps = [...record.steps, step];
  const next = await nextCandidates(
    services.engine,
    record,
    steps.map(({ tokenId }) => tokenId),
  );
  const isOver = steps.length >= record.maxSteps || next.candidates.length < 2;
  const after: VoteNextRecord = {
    ...record,
    steps,
    text: next.text,
    state: isOver ? "ended" : "voting",
    candidates: isOver ? [] : [...next.candidates],
  };
  const { texts, polls, key } = recordsOf(services.store, record);
  const opened = isOver ? undefined : stepPoll(services, after);
  const done = await services.store.commit(
    [texts.expect(key, record)],
    [texts.put(key, after), ...(opened ? [polls.put(pollKey(opened), opened)] : [])],
  );
  // Somebody has ended it, or another process was faster.
  if (!done) return;
  if (!opened) return conclude(services, courseId, id, number);
  arm(services, opened, id);
  void showPoll(services, opened);
}

/** Makes and shows the comparison; of two teams, the one that ends last shows both. */
async function conclude(services: PollServices, courseId: string, id: string, number: number): Promise<void> {
  const { store, engine, log } = services;
  const record = await getVoteNext(store, courseId, id);
  const poll = await getPoll(store, courseId, stepId(id, number));
  arm(services, { ...poll, state: "closed" }, id);
  try {
    if (record.steps.length > 0) {
      const compared = await compareWithDecoders(engine, record);
      await voteNextRecords(store).update(`${courseId}/${id}`, (now = record) => ({ ...now, compared }));
    }
  } catch (error) {
    log.error({ err: error, voteNext: id }, "the texts could not be compared");
  }
  void showPoll(services, poll);
  await showMatch(services, record);
}

async function showMatch(
  services: PollServices,
  { courseId, team, channels }: VoteNextRecord,
): Promise<void> {
  if (!team) return;
  const all = await Promise.all(team.ids.map((id) => getVoteNext(services.store, courseId, id)));
  if (!all.every(({ state }) => state === "ended")) return;
  const own = all.flatMap(({ compared = [] }) => compared.slice(0, 1));
  const decoders = all.find(({ compared }) => compared)?.compared?.slice(1) ?? [];
  for (const channel of channels) {
    const dedupeKey = `vote-next/${courseId}/${team.match}/${channel.platform}/${channel.id}`;
    const card = { title: "The teams' texts", blocks: comparison([...own, ...decoders]) };
    services.messenger.post(channel, card, { dedupeKey }).catch((error: unknown) => {
      services.log.warn({ err: error, channel }, "the teams' texts could not be posted");
    });
  }
}

async function changeTogether(
  store: Store,
  courseId: string,
  id: string,
  number: number,
  step: (record: VoteNextRecord, poll: PollRecord) => [VoteNextRecord, PollRecord],
): Promise<void> {
  for (;;) {
    const record = await getVoteNext(store, courseId, id);
    const poll = await getPoll(store, courseId, stepId(id, number));
    const [nextRecord, nextPoll] = step(record, poll);
    const { texts, polls, key } = recordsOf(store, record);
    const done = await store.commit(
      [texts.expect(key, record), polls.expect(pollKey(poll), poll)],
      [texts.put(key, nextRecord), polls.put(pollKey(poll), nextPoll)],
    );
    if (done) return;
  }
}

/** The vote on the next token, shown where the votes before were. */
function stepPoll({ clock }: PollServices, record: VoteNextRecord): PollRecord {
  const { id, courseId, steps, candidates, seconds, openedBy, messages, channels } = record;
  const now = clock.now();
  return {
    ...newRecord(
      {
        id: stepId(id, steps.length + 1),
        courseId,
        question: "What comes next?",
        choices: candidates.map(({ choice, label }) => ({ id: choice, text: label })),
        show: "revealed",
        openedBy,
        part: { of: "vote-next", id },
        ...(seconds !== undefined && { closesAt: now + seconds * 1000 }),
        channels,
      },
      now,
    ),
    messages: [...messages],
  };
}

/** @throws what the posting threw when it could be posted nowhere; then the text is gone. */
async function post(
  services: PollServices,
  record: VoteNextRecord,
  poll: PollRecord,
): Promise<OpenedPoll["failed"]> {
  const { store, messenger, log } = services;
  const { courseId, id, channels } = record;
  const card = await questionCard(services, poll);
  const posted = await Promise.allSettled(
    channels.map((channel) =>
      messenger.post(channel, card, {
        dedupeKey: `vote-next/${courseId}/${id}/${channel.platform}/${channel.id}`,
      }),
    ),
  );
  const messages = posted.flatMap((result): MessageRef[] =>
    result.status === "fulfilled" ? [result.value] : [],
  );
  const errors = posted.flatMap((result, i) =>
    result.status === "rejected" ? [{ channel: channels[i]!, error: result.reason as unknown }] : [],
  );
  if (messages.length === 0) {
    const { texts, polls, key } = recordsOf(store, record);
    await store.commit([], [texts.put(key, undefined), polls.put(pollKey(poll), undefined)]);
    throw errors[0]?.error;
  }
  await voteNextRecords(store).update(`${courseId}/${id}`, (now = record) => ({ ...now, messages }));
  void showPoll(services, await changePoll(store, courseId, poll.id, (now) => ({ ...now, messages })));
  for (const { channel, error } of errors) log.warn({ err: error, channel }, "a text could not be posted");
  return errors.map(({ channel, error }) => ({
    channel,
    reason: error instanceof UserError ? error.message : "the platform did not take it; the log says why",
  }));
}

function arm(services: PollServices, poll: PollRecord, id: string): void {
  const { courseId } = poll;
  const at = poll.state === "open" ? poll.closesAt : undefined;
  const number = Number(poll.id.slice(id.length + 1));
  setDeadline(services.store, services.clock, `vote-next/${courseId}/${id}`, at, () => {
    timeUp(services, { courseId, id, number, by: TIMER }).catch((error: unknown) => {
      services.log.error({ err: error, voteNext: id }, "a vote could not be counted");
    });
  });
}

/** A vote in which nobody took part goes on for as long again. */
async function timeUp(services: PollServices, ref: StepRef): Promise<void> {
  try {
    await countStep(services, ref);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    if (error.code !== "step-empty") return;
    const { seconds = 60 } = await getVoteNext(services.store, ref.courseId, ref.id);
    const closesAt = services.clock.now() + seconds * 1000;
    const poll = await changePoll(services.store, ref.courseId, stepId(ref.id, ref.number), (now) =>
      now.state === "open" ? { ...now, closesAt } : now,
    );
    arm(services, poll, ref.id);
    void showPoll(services, poll);
  }
}

function recordsOf(store: Store, { courseId, id }: Pick<VoteNextRecord, "courseId" | "id">) {
  return { texts: voteNextRecords(store), polls: pollRecords(store), key: `${courseId}/${id}` };
}

function over(): UserError {
  return new UserError(
    "step-over",
    "This vote has been counted already; look at the message as it stands now.",
  );
}

function stuck(): UserError {
  return new UserError(
    "vote-next-stuck",
    "The model sees fewer than two ways to go on after this prompt. Choose another prompt.",
  );
}
