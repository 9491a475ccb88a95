import { afterAll, describe, expect, test } from "vitest";
import { resumeActivities } from "../../../../src/bot/activities/resume.ts";
import {
  type OccurrenceRecord,
  reviewRecords,
  type ScheduleRecord,
} from "../../../../src/bot/activities/review/review-records.ts";
import { decideAsked, pendingQuestions } from "../../../../src/bot/activities/review/steps.ts";
import { handClock, turns } from "../../../fakes/hand-clock.ts";
import { botRig } from "../../bot-rig.ts";
import { smallCourse } from "../small-course.ts";
import { type Arrived, type MortalProcess, mortalProcess, platforms } from "./mortal-process.ts";

const small = smallCourse([
  { id: "one", kind: "numeric", question: "What is .4 of .9?", answer: 0.36, tolerance: 0.005 },
]);
afterAll(() => small.remove());

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const ZONE = "Europe/Berlin";
const at = (local: string) => Temporal.PlainDateTime.from(local).toZonedDateTime(ZONE).epochMilliseconds;
/** The clocks go back on 25 October and forward on 28 March. */
const BEGIN = at("2026-10-19T00:00");
const END = at("2027-04-09T00:00");

interface Plan {
  readonly id: string;
  readonly pattern: string;
  /** Monday is 1. */
  readonly days: readonly number[];
  readonly time: string;
  readonly missed: ScheduleRecord["missed"];
  readonly graceMinutes: number;
  readonly channels: ScheduleRecord["channels"];
}
const PLANS: readonly Plan[] = [
  {
    id: "NIGHT",
    pattern: "30 2 * * *",
    days: [1, 2, 3, 4, 5, 6, 7],
    time: "02:30",
    missed: "run-late",
    graceMinutes: 12 * 60,
    channels: [{ platform: "discord", id: "d1" }],
  },
  {
    id: "MORNING",
    pattern: "0 9 * * 2,4",
    days: [2, 4],
    time: "09:00",
    missed: "skip",
    graceMinutes: 60,
    channels: [
      { platform: "slack", id: "s1" },
      { platform: "web", id: "w1" },
    ],
  },
  {
    id: "EVENING",
    pattern: "0 18 * * 1-5",
    days: [1, 2, 3, 4, 5],
    time: "18:00",
    missed: "ask",
    graceMinutes: 3 * 60,
    channels: [{ platform: "discord", id: "d1" }],
  },
];

/** The times of a plan, worked out day by day with Temporal rather than by cron. */
function slotsOf({ days, time }: Plan): number[] {
  const slots: number[] = [];
  const last = Temporal.Instant.fromEpochMilliseconds(END).toZonedDateTimeISO(ZONE).toPlainDate();
  let day = Temporal.Instant.fromEpochMilliseconds(BEGIN).toZonedDateTimeISO(ZONE).toPlainDate();
  for (; Temporal.PlainDate.compare(day, last) < 0; day = day.add({ days: 1 })) {
    if (!days.includes(day.dayOfWeek)) continue;
    const wall = day.toPlainDateTime(time);
    const first = wall.toZonedDateTime(ZONE, { disambiguation: "earlier" });
    const exists = first.toPlainDateTime().equals(wall);
    const later = wall.toZonedDateTime(ZONE, { disambiguation: "later" });
    slots.push(exists ? first.epochMilliseconds : later.getTimeZoneTransition("previous")!.epochMilliseconds);
  }
  return slots;
}

/** Mulberry32. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Each begins and ends away from the times of a plan; the comment says whose policy it tries. */
const OUTAGES = [
  // A night is posted 2 h 30 late; a morning is left out.
  [at("2026-11-03T01:10"), at("2026-11-03T10:00")],
  // An evening is asked about, 1 h 40 late.
  [at("2026-12-02T17:10"), at("2026-12-02T19:40")],
  // Three days: of what has piled up, only the newest counts, and that only within its grace time.
  [at("2027-02-08T12:00"), at("2027-02-11T12:20")],
] as const;

async function term(seed: number, kills: number) {
  const random = randomFrom(seed);
  const clock = handClock(BEGIN - HOUR);
  const base = botRig({ courses: [small.course], clock }).services;
  const world = platforms(clock);
  const { schedules } = reviewRecords(base.store);
  for (const { id, pattern, missed, graceMinutes, channels } of PLANS) {
    await schedules.set(`nlp/${id}`, {
      id,
      courseId: "nlp",
      title: id,
      timing: { pattern, timeZone: ZONE },
      ask: { by: "items", items: ["one"] },
      answerMinutes: 5 * 60,
      remindMinutes: 0,
      answers: "closed",
      missed,
      graceMinutes,
      channels,
      state: "active",
      skip: [],
      settledTo: BEGIN - 1,
      createdBy: "P-TEACHER",
      createdAt: BEGIN - HOUR,
    });
  }

  const all: MortalProcess[] = [];
  const alive = () => all.filter(({ killedAt }) => killedAt === undefined);
  let killed = 0;
  let booted = false;
  const inOutage = (ms: number) => OUTAGES.find(([from, to]) => ms >= from && ms < to);
  const start = () => {
    const outage = inOutage(clock.now());
    if (outage) {
      clock.after(outage[1] - clock.now(), start);
      return;
    }
    if (alive().length > 0) return;
    // Now and then two of them run.
    for (let i = random() < 0.2 ? 2 : 1; i > 0; i--) {
      const one = mortalProcess(base, world, () => {
        if (!booted || killed >= kills || random() >= 0.035) return false;
        killed++;
        // Back within a moment, within what platforms recognise, or long after.
        const pause = [5_000, 20_000, 50_000, 100_000, 10 * MINUTE, 90 * MINUTE][Math.floor(random() * 6)]!;
        clock.after(pause, start);
        return true;
      });
      all.push(one);
      void resumeActivities(one.services);
    }
  };
  start();
  await turns(60);
  booted = true;
  for (const [from] of OUTAGES) {
    clock.after(from - clock.now(), () => {
      for (const one of alive()) (one as { killedAt: number }).killedAt = clock.now();
      start();
    });
  }

  /** Staff say "post" to some questions, an hour after they were asked, and "leave" to others. */
  const words = new Map<string, "post" | "leave">();
  const answerQuestions = async () => {
    for (const { scheduleId, slot, askedAt, reason } of await pendingQuestions(base, "nlp")) {
      const [one] = alive();
      if (!one || words.has(`${scheduleId}/${slot}`) || reason !== "missed") continue;
      if (askedAt === undefined || clock.now() < askedAt + 5 * MINUTE) continue;
      const word = random() < 0.7 ? "post" : "leave";
      words.set(`${scheduleId}/${slot}`, word);
      void decideAsked(one.services, "nlp", scheduleId, slot, word, "P-TEACHER").catch(() => {
        words.delete(`${scheduleId}/${slot}`);
      });
      await turns(40);
    }
  };
  let looked = 0;
  while (clock.now() < END) {
    await clock.advanceToNext();
    await turns(12);
    while (all.some((one) => one.isWorking())) await turns(3);
    if (clock.now() < looked + 10 * MINUTE) continue;
    looked = clock.now();
    await answerQuestions();
  }
  const occurrences = new Map<string, OccurrenceRecord>();
  for await (const [, each] of reviewRecords(base.store).occurrences.list("nlp/")) {
    occurrences.set(`${each.scheduleId}/${each.slot}`, each);
  }
  return { all, world, occurrences, words, killed };
}

/** What arrived of one occurrence, by message and channel. */
function messagesOf(
  arrived: readonly Arrived[],
  { scheduleId, slot, activityId }: OccurrenceRecord,
): string[] {
  const introduction = `review/nlp/${scheduleId}/${String(slot).padStart(15, "0")}/`;
  const question = `poll/nlp/${activityId}-`;
  return arrived
    .filter(({ key }) => key.startsWith(introduction) || key.startsWith(question))
    .map(({ key, channel }) => `${key} in ${channel.id}`);
}

describe("a term of scheduled reviews", () => {
  test.each([1])(
    "over two clock changes, three outages and a hundred kills, every time is dealt with as its policy says, and nothing is posted twice (seed %i)",
    async (seed) => {
      const { all, world, occurrences, words, killed } = await term(seed, 100);
      expect(killed).toBe(100);
      const count = { clean: 0, interrupted: 0, posted: 0, missed: 0 };
      for (const plan of PLANS) {
        const slots = slotsOf(plan);
        for (const slot of slots) {
          const where = `${plan.id} ${new Date(slot).toISOString()}`;
          const found = occurrences.get(`${plan.id}/${slot}`);
          expect(found, where).toBeDefined();
          const messages = messagesOf(world.arrived, found!);
          expect(new Set(messages).size, `${where}: twice`).toBe(messages.length);
          // An introduction and one question in each channel.
          const whole = 2 * plan.channels.length;
          if (found!.state === "posted") expect(messages, where).toHaveLength(whole);
          else if (found!.reason !== "uncertain") expect(messages, where).toHaveLength(0);

          const wasUp = all
            .filter(({ killedAt = Infinity }) => killedAt >= slot)
            .sort((a, b) => a.startedAt - b.startedAt)[0]!;
          const decidedAt = Math.max(slot, wasUp.startedAt);
          const isNear = ({ killedAt = Infinity }: MortalProcess) =>
            killedAt >= decidedAt && killedAt <= decidedAt + MINUTE;
          if (all.some(isNear) || words.has(`${plan.id}/${slot}`)) {
            count.interrupted++;
            const word = words.get(`${plan.id}/${slot}`);
            if (word === "leave") expect(found!.state, where).toBe("skipped");
            continue;
          }
          count.clean++;
          const late = decidedAt - slot;
          const isNewest = !slots.some((other) => other > slot && other <= decidedAt);
          const expected =
            late <= MINUTE
              ? "posted"
              : plan.missed === "skip"
                ? "skipped missed"
                : late > plan.graceMinutes * MINUTE
                  ? "skipped too-late"
                  : !isNewest
                    ? "skipped superseded"
                    : plan.missed === "ask"
                      ? "asked missed"
                      : "posted";
          expect([found!.state, found!.reason].filter(Boolean).join(" "), where).toBe(expected);
          if (expected === "posted") {
            count.posted++;
            expect(found!.postedAt, where).toBe(decidedAt);
          } else count.missed++;
        }
        // Nothing beside the times of the plan.
        const own = [...occurrences.values()].filter(({ scheduleId }) => scheduleId === plan.id);
        expect(own.map(({ slot }) => slot).filter((slot) => slot < END)).toEqual(slots);
      }
      expect(count.clean).toBeGreaterThan(200);
      expect(count.interrupted).toBeGreaterThan(20);
      expect(count.missed).toBeGreaterThan(5);
    },
  );
});
