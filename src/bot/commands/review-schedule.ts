import { readTiming } from "../activities/review/plain-words.ts";
import { draftCard } from "../activities/review/review-cards.ts";
import { MISSED_POLICIES, type ReviewPlan } from "../activities/review/review-records.ts";
import { getSchedule, keepDraft, planOf } from "../activities/review/steps.ts";
import { checkTiming } from "../activities/review/timing.ts";
import type { Context } from "../context.ts";
import { findItem, itemsOn, readBank } from "../course/bank.ts";
import type { Course } from "../course/courses.ts";
import { UserError } from "../errors.ts";
import type { Place } from "../invocation.ts";
import { channelsFor, itemOption, needsClass, requireClass, topicOption } from "./course-options.ts";
import { reviewOption } from "./review-options.ts";
import { defineCommand, type OptionValues } from "./spec.ts";

const MOST_QUESTIONS = 10;
const DEFAULTS = { n: 3, hours: 24, remind: 3, grace: 2, think: 120, pair: 180, revote: 60 };

const planOptions = {
  zone: {
    type: "string",
    maxLength: 60,
    description: "Time zone, such as Europe/Berlin; left out, the course's",
  },
  ask: {
    type: "string",
    choices: [
      { name: "what is due by spaced repetition", value: "due" },
      { name: "what earlier polls showed weak", value: "weak" },
      { name: "always the items given in items", value: "items" },
      { name: "think–pair–share, the items given in turn", value: "pair-share" },
    ],
    description: "What is asked; left out, due, or items when there are some",
  },
  items: {
    ...itemOption,
    maxLength: 1_000,
    separator: "|",
    description: "Items of the bank, with | between",
  },
  topic: { ...topicOption, description: "Only of this objective, such as decoding; for due and weak" },
  n: {
    type: "integer",
    min: 1,
    max: MOST_QUESTIONS,
    description: "How many questions, for due and weak; left out, 3",
  },
  hours: {
    type: "number",
    min: 0,
    aboveMin: true,
    max: 168,
    description: "How long it can be answered; left out, 24",
  },
  remind: {
    type: "number",
    min: 0,
    max: 167,
    description: "Hours before the end to remind who has not answered; 0: never; left out, 3",
  },
  missed: {
    type: "string",
    choices: [
      { name: "post it late, once", value: "run-late" },
      { name: "leave it out", value: "skip" },
      { name: "ask me", value: "ask" },
    ],
    description: "When Cloze was not running at the time; left out, post it late",
  },
  grace: {
    type: "number",
    min: 0,
    max: 168,
    description: "Hours it may be late at most; left out, 2",
  },
  answers: {
    type: "string",
    choices: [
      { name: "with the next review", value: "next" },
      { name: "when it closes", value: "closed" },
    ],
    description: "When the right answers are shown; left out, with the next review",
  },
  title: { type: "string", maxLength: 80, description: "What stands above it; left out, Review" },
  everywhere: { type: "boolean", description: "Post it in all channels of the course, on every platform" },
  think: {
    type: "integer",
    min: 0,
    max: 604_800,
    advanced: true,
    description: "Think–pair–share: seconds to answer alone; left out, 120",
  },
  pair: {
    type: "integer",
    min: 0,
    max: 604_800,
    advanced: true,
    description: "Think–pair–share: seconds to talk; left out, 180",
  },
  revote: {
    type: "integer",
    min: 0,
    max: 604_800,
    advanced: true,
    description: "Think–pair–share: seconds to answer again; left out, 60",
  },
} as const;
const when = {
  type: "string",
  main: true,
  maxLength: 200,
  description: 'Such as "every Tue and Thu 09:00 until Dec 12", or cron: 0 9 * * 2,4',
} as const;
const scheduleOptions = { when: { ...when, required: true }, ...planOptions } as const;
const editOptions = {
  review: { ...reviewOption, required: true },
  when: { ...when, main: false },
  ...planOptions,
} as const;
type Given = Partial<OptionValues<typeof planOptions>> & { readonly when?: string | undefined };

export const reviewSchedule = defineCommand({
  name: "review schedule",
  description: "Plan reviews that are posted by themselves, all term",
  help:
    "Reads when in plain words or as cron, in the course's time zone or another one, and shows the next five dates; nothing is posted before you confirm them. " +
    "Each time it opens a quiz with a deadline in this channel: items due by spaced repetition over the class's answers, items of weak objectives, or a fixed list; or a think–pair–share. The answers and figures of the last review come with the next one, and a direct message reminds those who have not answered. " +
    "For a time at which Cloze was not running, missed says what happens: posted late within the grace time, left out, or you are asked.",
  options: scheduleOptions,
  examples: [
    '/review schedule when:"every Tue and Thu 09:00 until Dec 12"',
    '/review schedule when:"weekdays 8:30" ask:weak topic:decoding n:2 missed:ask grace:4',
    '/review schedule when:"0 18 * * 5" ask:pair-share items:when-which-method',
  ],
  role: "assistant",
  ack: "deferred",
  visibility: "private",
  unavailable: needsClass("review"),
  async *run({ options, person, place }, context) {
    requireClass(place, "review schedule");
    const course = context.courses.get(place.courseId);
    const plan = await newPlan(options, course, place, context);
    yield await drafted({ courseId: course.id, plan, createdBy: person.id }, context);
  },
});

export const reviewEdit = defineCommand({
  name: "review edit",
  description: "Change a scheduled review; what you leave out stays as it is",
  options: editOptions,
  examples: [
    '/review edit review:K7QD2M9X4A when:"every Mon 10:00"',
    "/review edit review:K7QD2M9X4A n:5 missed:skip",
  ],
  role: "assistant",
  ack: "deferred",
  visibility: "private",
  unavailable: needsClass("review"),
  async *run({ options, person, place }, context) {
    requireClass(place, "review edit");
    const course = context.courses.get(place.courseId);
    const schedule = await getSchedule(context, course.id, options.review);
    const plan = await changedPlan(planOf(schedule), options, course, place, context);
    yield await drafted(
      { courseId: course.id, plan, createdBy: person.id, scheduleId: schedule.id },
      context,
    );
  },
});

async function drafted(draft: Parameters<typeof keepDraft>[1], context: Context) {
  const kept = await keepDraft(context, draft);
  const card = draftCard(kept, context.clock.now());
  return { kind: "message", card, data: { draft: kept.id, plan: kept.plan } } as const;
}

async function newPlan(given: Given, course: Course, place: Place, context: Context): Promise<ReviewPlan> {
  const hours = given.hours ?? DEFAULTS.hours;
  const base: ReviewPlan = {
    title: "Review",
    timing: readTiming(given.when ?? "", given.zone ?? course.timeZone, context.clock.now()),
    ask: { by: "due", count: DEFAULTS.n },
    answerMinutes: Math.max(1, Math.round(hours * 60)),
    // What is too short for the usual reminder goes without one.
    remindMinutes: hours > DEFAULTS.remind ? DEFAULTS.remind * 60 : 0,
    answers: "next",
    missed: "run-late",
    graceMinutes: DEFAULTS.grace * 60,
    channels: [...channelsFor(given.everywhere ?? false, course, place)],
  };
  return changedPlan(base, given, course, place, context);
}

async function changedPlan(
  old: ReviewPlan,
  given: Given,
  course: Course,
  place: Place,
  { clock }: Context,
): Promise<ReviewPlan> {
  const now = clock.now();
  const timeZone = given.zone ?? old.timing.timeZone;
  const timing =
    given.when === undefined ? { ...old.timing, timeZone } : readTiming(given.when, timeZone, now);
  checkTiming(timing, now);
  const minutes = (hours: number | undefined, before: number) =>
    hours === undefined ? before : Math.max(hours > 0 ? 1 : 0, Math.round(hours * 60));
  const plan: ReviewPlan = {
    ...old,
    title: given.title?.trim() || old.title,
    timing,
    ask: await changedAsk(old.ask, given, course),
    answerMinutes: minutes(given.hours, old.answerMinutes),
    remindMinutes: minutes(given.remind, old.remindMinutes),
    answers: (given.answers as ReviewPlan["answers"] | undefined) ?? old.answers,
    missed: MISSED_POLICIES.find((policy) => policy === given.missed) ?? old.missed,
    graceMinutes: minutes(given.grace, old.graceMinutes),
    channels:
      given.everywhere === undefined ? old.channels : [...channelsFor(given.everywhere, course, place)],
  };
  if (plan.remindMinutes >= plan.answerMinutes) {
    throw new UserError(
      "option-invalid",
      `remind is ${plan.remindMinutes / 60} hours and hours ${plan.answerMinutes / 60}; a reminder must come after the review. Give a smaller remind, or 0 for none.`,
      { option: "remind" },
    );
  }
  return plan;
}

async function changedAsk(old: ReviewPlan["ask"], given: Given, course: Course): Promise<ReviewPlan["ask"]> {
  const bank = await readBank(course);
  const oldItems = "items" in old ? old.items : undefined;
  const items = given.items === undefined ? oldItems : readItems(given.items, (id) => findItem(bank, id).id);
  const fallback = given.items !== undefined && old.by !== "pair-share" ? "items" : old.by;
  const by = (given.ask ?? fallback) as ReviewPlan["ask"]["by"];
  refuseUnused(by, given);
  if (by === "due" || by === "weak") {
    const topic = given.topic ?? ("topic" in old ? old.topic : undefined);
    if (topic !== undefined) itemsOn(bank, topic);
    const count = given.n ?? ("count" in old ? old.count : DEFAULTS.n);
    return { by, count, ...(topic !== undefined && { topic }) };
  }
  if (!items) {
    throw new UserError(
      "option-missing",
      `items is missing: ask:${by} needs items of the bank, as in items:top-p-count|bert-question.`,
      { option: "items" },
    );
  }
  if (by === "items") {
    if (items.length > MOST_QUESTIONS) {
      throw new UserError(
        "option-invalid",
        `items names ${items.length} items; at most ${MOST_QUESTIONS} can be asked at once.`,
        {
          option: "items",
        },
      );
    }
    const discussion = items.find((id) => findItem(bank, id).kind === "discussion");
    if (discussion === undefined) return { by, items };
    throw new UserError(
      "item-ungraded",
      `${discussion} is a discussion; nothing in it is right or wrong. Use ask:pair-share for it.`,
    );
  }
  const before = old.by === "pair-share" ? old.seconds : DEFAULTS;
  const { think = before.think, pair = before.pair, revote = before.revote } = given;
  return { by, items, seconds: { think, pair, revote } };
}

function readItems(text: string, known: (id: string) => string): string[] {
  return [
    ...new Set(
      text
        .split("|")
        .filter((id) => id.trim() !== "")
        .map(known),
    ),
  ];
}

/** An option that would change nothing is refused rather than passed over. */
function refuseUnused(by: ReviewPlan["ask"]["by"], given: Given): void {
  const draws = by === "due" || by === "weak";
  const unused = draws
    ? (["items", "think", "pair", "revote"] as const)
    : by === "items"
      ? (["topic", "n", "think", "pair", "revote"] as const)
      : (["topic", "n", "hours", "remind", "answers"] as const);
  const name = unused.find((each) => given[each] !== undefined);
  if (name === undefined) return;
  throw new UserError(
    "option-unused",
    `${name} has no effect with ask:${by}. Leave it out, or choose another ask.`,
    {
      option: name,
    },
  );
}
