import { questionCard } from "../activities/review/ask-staff.ts";
import { listCard, nextInWords } from "../activities/review/review-cards.ts";
import { reviewRecords, type ScheduleRecord } from "../activities/review/review-records.ts";
import { pendingQuestions, removeSchedule, runNow, setState, skipNext } from "../activities/review/steps.ts";
import { type Text, textCard } from "../cards/card.ts";
import type { Context } from "../context.ts";
import { timeInWords } from "../time-in-words.ts";
import { needsClass } from "./course-options.ts";
import { reviewOption } from "./review-options.ts";
import { defineCommand } from "./spec.ts";

const unavailable = needsClass("review");
const which = { review: { ...reviewOption, main: true, required: true } } as const;

export const reviewList = defineCommand({
  name: "review list",
  description: "The scheduled reviews, when they come next, and what waits for your word",
  options: {},
  examples: ["/review list"],
  role: "assistant",
  ack: "instant",
  visibility: "private",
  unavailable,
  async *run({ place }, context) {
    const schedules: ScheduleRecord[] = [];
    for await (const [, schedule] of reviewRecords(context.store).schedules.list(`${place.courseId}/`)) {
      schedules.push(schedule);
    }
    yield { kind: "message", card: listCard(schedules, context.clock.now()), data: { schedules } };
    for (const occurrence of await pendingQuestions(context, place.courseId)) {
      const schedule = schedules.find(({ id }) => id === occurrence.scheduleId);
      if (schedule) yield { kind: "private", card: questionCard(context, schedule, occurrence) };
    }
  },
});

export const reviewPause = step(
  "pause",
  "Post nothing of a scheduled review until it is resumed",
  async (id, by, context) => {
    const { title } = await setState(context, by.courseId, id, "paused");
    return `${title} is paused. Times that come meanwhile are left out.`;
  },
);

export const reviewResume = step("resume", "Go on with a paused review", async (id, by, context) => {
  const schedule = await setState(context, by.courseId, id, "active");
  return `${schedule.title} goes on: ${nextInWords(schedule, context.clock.now(), 1)}.`;
});

export const reviewSkip = step(
  "skip",
  "Leave out the next time of a scheduled review",
  async (id, by, context) => {
    const slot = await skipNext(context, by.courseId, id);
    const { timeZone } = context.courses.get(by.courseId);
    return `${timeInWords(slot, context.clock.now(), timeZone)} is left out.`;
  },
);

export const reviewRun = step(
  "run",
  "Post a scheduled review now, beside its planned times",
  async (id, by, context) => {
    await runNow(context, by.courseId, id, by.personId);
    return "It is being posted.";
  },
);

export const reviewDelete = step(
  "delete",
  "Delete a scheduled review; what was posted stays",
  async (id, by, context) => {
    const { title } = await removeSchedule(context, by.courseId, id);
    return `${title} is deleted. What it has posted stays, with all answers.`;
  },
);

export const reviewReminders = defineCommand({
  name: "review reminders",
  description: "Whether Cloze may remind you of reviews by direct message",
  options: { on: { type: "boolean", required: true, description: "true: remind me; false: don't" } },
  examples: ["/review reminders on:false"],
  ack: "instant",
  visibility: "private",
  unavailable,
  async *run({ options, person, place }, { store, clock }) {
    const { optOuts } = reviewRecords(store);
    const key = `${place.courseId}/${person.id}`;
    if (options.on) await optOuts.delete(key);
    else await optOuts.set(key, { at: clock.now() });
    const text = options.on
      ? "You are reminded of reviews that you have not answered."
      : "You are not reminded of reviews any more.";
    yield { kind: "message", card: textCard(text), data: { reminders: options.on } };
  },
});

/** A command that does one thing to one schedule. */
function step(
  name: string,
  description: string,
  run: (
    id: string,
    by: { readonly courseId: string; readonly personId: string },
    context: Context,
  ) => Promise<Text>,
) {
  return defineCommand({
    name: `review ${name}`,
    description,
    options: which,
    examples: [`/review ${name} review:K7QD2M9X4A`],
    role: "assistant",
    ack: "deferred",
    visibility: "private",
    unavailable,
    async *run({ options, person, place }, context) {
      const text = await run(options.review, { courseId: place.courseId, personId: person.id }, context);
      yield { kind: "message", card: textCard(text, { tone: "success" }) };
    },
  });
}
