import type { Action } from "../actions.ts";
import { textCard } from "../cards/card.ts";
import type { Course } from "../course/courses.ts";
import { UserError } from "../errors.ts";
import { resumeRetention, retentionRecords } from "../people/retention.ts";
import { defineCommand } from "./spec.ts";

const NEVER = "never";

export const retention = defineCommand({
  name: "retention",
  description: "Until when students' data of this course are kept",
  help: "At the end of that day all students are deleted from the course with everything of theirs: answers, grades, accounts, pseudonyms and the roster's lines. Export what you need before. Without until it says what is set.",
  options: {
    until: {
      type: "string",
      main: true,
      maxLength: 10,
      description: "The last day, such as 2027-03-31; or never",
    },
  },
  examples: ["/retention until:2027-03-31", "/retention until:never", "/retention"],
  role: "teacher",
  ack: "instant",
  visibility: "private",
  async *run({ options, place }, context) {
    const course = context.courses.get(place.courseId);
    if (options.until === undefined) {
      const record = await retentionRecords(context.store).get(course.id);
      const text =
        record === undefined
          ? "Students' data of this course are kept until somebody deletes them. Set the term's end with /retention until:2027-03-31."
          : record.doneAt === undefined
            ? `Students' data of this course are deleted after ${lastDay(record.until, course)}.`
            : `The term ended on ${lastDay(record.until, course)}; students' data are deleted.`;
      yield { kind: "message", card: textCard(text), data: record ?? null };
      return;
    }
    const value = options.until.trim().toLowerCase();
    if (value !== NEVER) endOf(value, course, context.clock.now());
    const text =
      value === NEVER
        ? "Students' data will be kept until somebody deletes them."
        : `After ${value} all students of ${course.name} are deleted, with all answers, grades, accounts, pseudonyms and the roster's lines. This can't be undone. Export what you need before.`;
    yield {
      kind: "message",
      card: {
        ...textCard(text, { title: "Set this?", tone: "warning" }),
        actions: [{ buttons: [{ label: "Set", action: "retention.set", record: value, style: "danger" }] }],
      },
      data: { until: value },
    };
  },
});

const set: Action = {
  name: "retention.set",
  role: "teacher",
  async *run({ record, person, place }, context) {
    const course = context.courses.get(place.courseId);
    const records = retentionRecords(context.store);
    const now = context.clock.now();
    if (record === NEVER) await records.delete(course.id);
    else await records.set(course.id, { until: endOf(record, course, now), setBy: person.id, setAt: now });
    await resumeRetention(context);
    yield { kind: "update", card: textCard("Set.", { tone: "success" }) };
  },
};

export const retentionActions: readonly Action[] = [set];

/** The moment after the day, in the course's time zone. */
function endOf(day: string, { timeZone }: Pick<Course, "timeZone">, now: number): number {
  let end: number;
  try {
    if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) throw new RangeError("no day");
    end = Temporal.PlainDate.from(day).add({ days: 1 }).toZonedDateTime(timeZone).epochMilliseconds;
  } catch {
    throw new UserError(
      "option-invalid",
      `until is "${day}"; it must be a day such as 2027-03-31, or never.`,
      {
        option: "until",
      },
    );
  }
  if (end > now) return end;
  throw new UserError(
    "option-invalid",
    `until is ${day}, which is over; it must be today or later, or never.`,
    {
      option: "until",
    },
  );
}

function lastDay(until: number, { timeZone }: Pick<Course, "timeZone">): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone }).format(until - 1);
}
