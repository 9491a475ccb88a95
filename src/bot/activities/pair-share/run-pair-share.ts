import type { Card } from "../../cards/card.ts";
import { UserError } from "../../errors.ts";
import type { ChannelRef, MessageRef } from "../../invocation.ts";
import { newRecordId } from "../../store/record-id.ts";
import type { Store } from "../../store/store.ts";
import { setDeadline } from "../deadlines.ts";
import { gradePoll } from "../grading/grade-poll.ts";
import type { PollServices } from "../poll/close-poll.ts";
import { newRecord, type OpenedPoll } from "../poll/open-poll.ts";
import { type PollRecord, pollKey, pollRecords, type Question } from "../poll/poll-record.ts";
import { TIMER } from "../poll/poll-state.ts";
import { questionCard, showPoll } from "../poll/show-poll.ts";
import { changePoll, countVotes, getPoll } from "../poll/voting.ts";
import { DISCUSSION_RANGE } from "../statistics/transitions.ts";
import { type Grouping, optedOut } from "./groups.ts";
import { adviceBlocks, pastCard } from "./pair-share-cards.ts";
import { type PairShareRecord, type Phase, pairShareRecords } from "./pair-share-record.ts";
import { entered, extended, phaseAfter, type Stage } from "./phases.ts";
import { putTogether } from "./put-together.ts";
import { clusterAnswers, clusterRecords } from "./share-clusters.ts";
import { tellPartners } from "./tell-partners.ts";

type RunServices = PollServices;

export interface NewPairShare {
  readonly courseId: string;
  readonly question: Partial<Omit<Question, "question" | "choices">> & Pick<Question, "question" | "choices">;
  /** How long each phase lasts; 0: until the teacher goes on. */
  readonly seconds: PairShareRecord["seconds"];
  readonly rooms: boolean;
  /** Which shares right call for a discussion; by default those of Crouch & Mazur. */
  readonly discuss?: PairShareRecord["discuss"];
  readonly openedBy: string;
  readonly channels: readonly ChannelRef[];
  /** Drawn anew when left out. With the id of one that exists, its present phase is begun again. */
  readonly id?: string;
  readonly review?: string;
}

/**
 * Opens a think–pair–share with its think phase. A discussion has no second round: nothing in it is right.
 * @throws what the posting threw when it could be posted nowhere; then there is none.
 */
export async function openPairShare(
  services: RunServices,
  {
    courseId,
    question,
    seconds,
    rooms,
    discuss = DISCUSSION_RANGE,
    openedBy,
    channels,
    id = newRecordId(),
    review,
  }: NewPairShare,
): Promise<{ share: PairShareRecord; poll: PollRecord; failed: OpenedPoll["failed"] }> {
  const now = services.clock.now();
  const isDiscussion = question.answer === "text" && question.item?.kind !== "short";
  const endsAt = seconds.think > 0 ? { phaseEndsAt: now + seconds.think * 1000 } : {};
  const share: PairShareRecord = {
    id,
    courseId,
    phases: isDiscussion ? ["think", "pair", "share"] : ["think", "pair", "revote", "share"],
    phase: "think",
    ...endsAt,
    seconds,
    rooms,
    discuss: { ...discuss },
    absent: [],
    optedOut: [],
    modelAnswerShown: false,
    channels: [...channels],
    past: [],
    ...(review !== undefined && { review }),
    openedBy,
    openedAt: now,
  };
  const poll = newRecord(
    {
      ...question,
      id,
      courseId,
      show: "revealed",
      openedBy,
      part: { of: "pair-share", id },
      ...(endsAt.phaseEndsAt !== undefined && { closesAt: endsAt.phaseEndsAt }),
      channels,
    },
    now,
  );
  const { shares, polls, key } = recordsOf(services.store, share);
  await services.store.commit(
    [shares.expect(key, undefined)],
    [shares.put(key, share), polls.put(key, poll)],
  );
  const { failed, error } = await begin(services, share);
  if (failed.length === channels.length) {
    await services.store.commit([], [shares.put(key, undefined), polls.put(key, undefined)]);
    throw error;
  }
  return { share, poll, failed };
}

/** @throws {UserError} "pair-share-unknown" */
export async function getStage(store: Store, courseId: string, id: string): Promise<Stage> {
  const share = await pairShareRecords(store).get(`${courseId}/${id}`);
  if (!share) {
    throw new UserError(
      "pair-share-unknown",
      "This think–pair–share does not exist any more, or belongs to another course.",
    );
  }
  return { share, poll: await getPoll(store, courseId, id) };
}

/**
 * Goes on to the next phase, or straight to the last one.
 * @param from The phase that whoever asks for it saw.
 * @param by A person's id, or TIMER.
 * @throws {UserError} "pair-share-unknown", "phase-over"
 */
export async function goOn(
  services: RunServices,
  { courseId, id, from, to, by }: { courseId: string; id: string; from: Phase; to?: "share"; by: string },
): Promise<PairShareRecord> {
  const { share } = await changeStage(services.store, courseId, id, (stage) => {
    const next = to ?? phaseAfter(stage.share);
    if (by === TIMER && (stage.share.phaseEndsAt ?? Infinity) > services.clock.now()) {
      throw new UserError("phase-over", "This phase has been given more time.");
    }
    if (!next) throw new UserError("phase-over", "There is no phase after this one.");
    return entered(stage, from, next, by, services.clock.now());
  });
  await begin(services, share);
  return share;
}

/** Gives the present phase more time. */
export async function extend(
  services: RunServices,
  { courseId, id, from, byMs }: { courseId: string; id: string; from: Phase; byMs: number },
): Promise<PairShareRecord> {
  const { share, poll } = await changeStage(services.store, courseId, id, (stage) =>
    extended(stage, from, byMs, services.clock.now()),
  );
  armPhase(services, share);
  void showPoll(services, poll);
  return share;
}

/** At start: timers are set anew, and a phase that had begun and was not shown yet is shown. */
export async function resumePairShares(services: RunServices): Promise<void> {
  for (const course of services.courses.all()) {
    for await (const [, share] of pairShareRecords(services.store).list(`${course.id}/`)) {
      if (share.posted === undefined && share.review !== undefined) continue;
      if (share.posted !== share.phase) await begin(services, share);
      else armPhase(services, share);
    }
  }
}

/** Both records change together or not at all, tried again when somebody else was faster. */
async function changeStage(
  store: Store,
  courseId: string,
  id: string,
  step: (stage: Stage) => Stage,
): Promise<Stage> {
  for (;;) {
    const before = await getStage(store, courseId, id);
    const after = step(before);
    const { shares, polls, key } = recordsOf(store, before.share);
    const done = await store.commit(
      [shares.expect(key, before.share), polls.expect(key, before.poll)],
      [shares.put(key, after.share), polls.put(key, after.poll)],
    );
    if (done) return after;
  }
}

/** What a phase needs and shows. Can be done again after a stop in the midst of it. */
async function begin(
  services: RunServices,
  { courseId, id }: PairShareRecord,
): Promise<{ failed: OpenedPoll["failed"]; error?: unknown }> {
  const { share, poll } = await getStage(services.store, courseId, id);
  armPhase(services, share);
  if (share.phase === "pair") await preparePairs(services, share, poll);
  if (share.phase === "share") await prepareShare(services, share, poll);
  const posted = await post(services, share, poll);
  if (share.phase === "pair") {
    void afterPairing(services, courseId, id).catch((error: unknown) => {
      services.log.error({ err: error, pairShare: id }, "partners could not be told");
    });
  }
  return posted;
}

async function preparePairs(services: RunServices, share: PairShareRecord, poll: PollRecord): Promise<void> {
  await attempt(services, share, "first answers could not be graded", () => gradeRounds(services, poll));
  if (share.groups) return;
  const groups = await putTogether(services, share, poll);
  const now = services.clock.now();
  await pairShareRecords(services.store).update(pollKey(share), (current = share) => {
    if (current.groups) return current;
    // Somebody may have opted out while the answers were compared.
    const left = current.optedOut.filter((each) => !share.optedOut.includes(each));
    const start: Grouping = { groups, absent: current.absent, optedOut: share.optedOut };
    const grouping = left.reduce((before, each) => optedOut(before, each, () => 0.5), start);
    return { ...current, groups: grouping.groups.map((group) => [...group]), pairedAt: now };
  });
}

async function prepareShare(services: RunServices, share: PairShareRecord, poll: PollRecord): Promise<void> {
  await attempt(services, share, "answers could not be graded", () => gradeRounds(services, poll));
  if (poll.answer !== "text") return;
  await attempt(services, share, "answers could not be grouped", async () => {
    const clusters = clusterRecords(services.store);
    const key = pollKey(share);
    if (!(await clusters.get(key))) await clusters.setIfAbsent(key, await clusterAnswers(services, poll));
  });
}

async function gradeRounds(services: RunServices, poll: PollRecord): Promise<void> {
  for (let round = 1; round <= poll.round; round++) await gradePoll(services, { ...poll, round });
}

/** The phase goes on without what a model could not do; the log says what is missing. */
async function attempt(
  { log }: RunServices,
  { id }: PairShareRecord,
  failure: string,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    log.error({ err: error, pairShare: id }, failure);
  }
}

/** Posts the phase's message in every channel; those of the phase before say that they are over. */
async function post(services: RunServices, share: PairShareRecord, poll: PollRecord) {
  const { store, messenger, log } = services;
  const { courseId, id, phase, channels } = share;
  const card = await questionCard(services, poll);
  const posted = await Promise.allSettled(
    channels.map((channel) =>
      messenger.post(channel, card, {
        dedupeKey: `pair-share/${courseId}/${id}/${phase}/${channel.platform}/${channel.id}`,
      }),
    ),
  );
  const messages = posted.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  const failed = posted.flatMap((result, i) =>
    result.status === "rejected" ? [{ channel: channels[i]!, error: result.reason as unknown }] : [],
  );
  for (const { channel, error } of failed) {
    log.warn({ err: error, channel, pairShare: id }, "a phase could not be posted");
  }
  let old: readonly MessageRef[] = [];
  const current = await changePoll(store, courseId, id, (now) => {
    old = now.messages;
    return { ...now, messages };
  });
  await pairShareRecords(store).update(pollKey(share), (now = share) => ({
    ...now,
    posted: phase,
    past: [...now.past, ...old],
  }));
  const { phases } = share;
  const before = phases[phases.indexOf(phase) - 1];
  if (before) updateAll(services, old, pastCard(before, poll));
  void showPoll(services, current);
  return {
    failed: failed.map(({ channel, error }) => ({
      channel,
      reason: error instanceof UserError ? error.message : "the platform did not take it; the log says why",
    })),
    ...(failed[0] && { error: failed[0].error }),
  };
}

function updateAll({ messenger, log }: RunServices, messages: readonly MessageRef[], card: Card): void {
  for (const message of messages) {
    messenger.update(message, card).catch((error: unknown) => {
      log.warn({ err: error, message }, "a phase's message could not be updated");
    });
  }
}

/** The teacher gets the advice, the partners their notes. */
async function afterPairing(services: RunServices, courseId: string, id: string): Promise<void> {
  const { share, poll } = await getStage(services.store, courseId, id);
  if (share.told) return;
  await advise(services, share, poll);
  const told = await tellPartners(services, share, poll);
  await pairShareRecords(services.store).update(pollKey(share), (now = share) => ({ ...now, told }));
}

async function advise(services: RunServices, share: PairShareRecord, poll: PollRecord): Promise<void> {
  const blocks = adviceBlocks(share, poll, await countVotes(services, poll, 1));
  if (blocks.length === 0) return;
  const teacher = await services.roster.entry(share.courseId, share.openedBy);
  const account = teacher?.accounts[0];
  if (!account) return;
  await services.messenger
    .direct(account, { title: "After the first vote", blocks })
    .catch((error: unknown) => {
      services.log.info({ err: error }, "the advice could not be sent; the teacher's view has it");
    });
}

function armPhase(services: RunServices, share: PairShareRecord): void {
  const { courseId, id, phase, phaseEndsAt } = share;
  setDeadline(services.store, services.clock, `pair-share/${pollKey(share)}`, phaseEndsAt, () => {
    goOn(services, { courseId, id, from: phase, by: TIMER }).catch((error: unknown) => {
      if (error instanceof UserError && error.code === "phase-over") return;
      services.log.error({ err: error, pairShare: id }, "a phase could not be ended");
    });
  });
}

function recordsOf(store: Store, { courseId, id }: Pick<PairShareRecord, "courseId" | "id">) {
  return { shares: pairShareRecords(store), polls: pollRecords(store), key: `${courseId}/${id}` };
}
