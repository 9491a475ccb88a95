import { UserError } from "../../errors.ts";
import type { PlatformName } from "../../invocation.ts";
import { shortId } from "../../short-id.ts";
import type { PollServices } from "../poll/close-poll.ts";
import { askStaff } from "./ask-staff.ts";
import { graceMs, ON_TIME_MS } from "./decide.ts";
import { postPrompt, unposted } from "./post-prompt.ts";
import {
  type OccurrenceRecord,
  occurrenceKey,
  reviewRecords,
  type ScheduleRecord,
} from "./review-records.ts";

/** How long other processes leave a claim alone; renewed while it is worked on. */
export const HOLD_MS = 45_000;
export const RENEW_MS = 15_000;

/**
 * How long after a first attempt a message can be handed over again without being there twice. Discord checks
 * nonces for "a few minutes" and does not say how many; Slack's history is searched for ten minutes back; the
 * web classroom keeps every key.
 */
const REPEAT_WINDOW_MS: Readonly<Record<PlatformName, number>> = {
  discord: 2 * 60_000,
  slack: 8 * 60_000,
  web: Number.POSITIVE_INFINITY,
  cli: 0,
};

/** What no second attempt would change: the bank has nothing to ask. */
const NOTHING_TO_ASK = new Set(["quiz-empty", "item-unknown", "topic-unknown", "prediction-undecided"]);

interface Local {
  readonly name: string;
  readonly running: Set<string>;
}
const localByStore = new WeakMap<object, Local>();

/** This process, as others see it, and what it is working on. */
function local({ store }: Pick<PollServices, "store">): Local {
  const known = localByStore.get(store) ?? { name: shortId(10), running: new Set<string>() };
  localByStore.set(store, known);
  return known;
}

export function isHeldHere(services: Pick<PollServices, "store">, occurrence: OccurrenceRecord): boolean {
  return local(services).running.has(occurrenceKey(occurrence));
}

/**
 * Posts a claimed occurrence, or goes on posting it; once only, whoever else tries. Never throws: what fails is
 * tried again while no platform can take it for a second message, then staff are asked.
 * @param then Told how it stands afterwards.
 */
export async function attempt(
  services: PollServices,
  { courseId, scheduleId, slot }: Pick<OccurrenceRecord, "courseId" | "scheduleId" | "slot">,
  then: (occurrence: OccurrenceRecord) => void,
): Promise<void> {
  const key = occurrenceKey({ courseId, scheduleId, slot });
  const { running } = local(services);
  if (running.has(key)) return;
  running.add(key);
  let after: OccurrenceRecord | undefined;
  try {
    after = await work(services, key, `${courseId}/${scheduleId}`);
  } catch (error) {
    services.log.error({ err: error, review: key }, "a review could not be worked on");
    services.clock.after(RENEW_MS, () => void attempt(services, { courseId, scheduleId, slot }, then));
  } finally {
    running.delete(key);
  }
  if (after) then(after);
}

async function work(
  services: PollServices,
  key: string,
  scheduleKey: string,
): Promise<OccurrenceRecord | undefined> {
  const { store, clock, log } = services;
  const { occurrences, schedules } = reviewRecords(store);
  const schedule = await schedules.get(scheduleKey);
  const claimed = await take(services, key);
  if (claimed?.state !== "claimed" || claimed.holder !== local(services).name) return claimed;
  if (!schedule) return finish(services, key, { state: "skipped", reason: "left-out" });
  const verdict = await mayGoOn(services, schedule, claimed);
  if (verdict) {
    const stopped = await finish(services, key, verdict);
    if (stopped.state === "asked") await askStaff(services, stopped);
    return stopped;
  }
  const release = keepHeld(services, key);
  try {
    const { closesAt } = await postPrompt(services, schedule, claimed);
    const remindAt =
      closesAt === undefined || schedule.remindMinutes === 0
        ? undefined
        : closesAt - schedule.remindMinutes * 60_000;
    return await finish(services, key, {
      state: "posted",
      postedAt: clock.now(),
      ...(closesAt !== undefined && { closesAt }),
      ...(remindAt !== undefined && { remindAt }),
    });
  } catch (error) {
    log.warn({ err: error, review: key }, "a review was not posted everywhere");
    if (error instanceof UserError && NOTHING_TO_ASK.has(error.code)) {
      const stopped = await finish(services, key, { state: "asked", reason: "nothing-to-ask" });
      await askStaff(services, stopped);
      return stopped;
    }
    // Left with its claim: after the hold it is tried again, or given up when that is no longer safe.
    return occurrences.get(key);
  } finally {
    release();
  }
}

/** Makes the claim this process' own; of several who try, one gets it. Returns how it stands. */
async function take(services: PollServices, key: string): Promise<OccurrenceRecord | undefined> {
  const { store, clock } = services;
  const { occurrences } = reviewRecords(store);
  const me = local(services).name;
  const now = clock.now();
  return occurrences.update(key, (seen) => {
    if (!seen) throw new Error(`The claim ${key} vanished.`);
    const { holder, heldUntil = now } = seen;
    // A clock that was set back must not hold a claim for longer than anybody can have meant.
    const isFree = holder === me || heldUntil <= now || heldUntil > now + HOLD_MS;
    return seen.state === "claimed" && isFree ? { ...seen, holder: me, heldUntil: now + HOLD_MS } : seen;
  });
}

/** Undefined: it may be posted. */
async function mayGoOn(
  services: PollServices,
  schedule: ScheduleRecord,
  occurrence: OccurrenceRecord,
): Promise<Pick<OccurrenceRecord, "state" | "reason"> | undefined> {
  const now = services.clock.now();
  const { firstTriedAt, decidedBy } = occurrence;
  if (firstTriedAt === undefined) {
    const lateMs = now - occurrence.slot;
    // A person has said now; or the time is now.
    if (decidedBy !== undefined || lateMs <= ON_TIME_MS) return undefined;
    if (schedule.missed === "skip") return { state: "skipped", reason: "missed" };
    if (lateMs > graceMs(schedule)) return { state: "skipped", reason: "too-late" };
    return schedule.missed === "ask" ? { state: "asked", reason: "missed" } : undefined;
  }
  const open = await unposted(services, schedule, occurrence);
  const age = now - firstTriedAt;
  const isSafe = open.every(({ platform }) => age <= REPEAT_WINDOW_MS[platform]);
  return isSafe ? undefined : { state: "asked", reason: "uncertain" };
}

async function finish(
  { store }: PollServices,
  key: string,
  change: Partial<OccurrenceRecord>,
): Promise<OccurrenceRecord> {
  return reviewRecords(store).occurrences.update(key, (now) => {
    if (!now) throw new Error(`The claim ${key} vanished.`);
    const { holder: _, heldUntil: __, ...rest } = now;
    return now.state === "claimed" ? { ...rest, ...change } : now;
  });
}

/** Renews the hold until the returned function is called. */
function keepHeld(services: PollServices, key: string): () => void {
  const { store, clock, log } = services;
  const me = local(services).name;
  let cancel = () => {};
  const renew = () => {
    cancel = clock.after(RENEW_MS, () => {
      renew();
      reviewRecords(store)
        .occurrences.update(key, (now) => {
          if (!now) throw new Error(`The claim ${key} vanished.`);
          return now.state === "claimed" && now.holder === me
            ? { ...now, heldUntil: clock.now() + HOLD_MS }
            : now;
        })
        .catch((error: unknown) => log.warn({ err: error, review: key }, "a claim could not be renewed"));
    });
  };
  renew();
  return () => cancel();
}
