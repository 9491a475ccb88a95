import { timingInWords } from "../activities/review/plain-words.ts";
import { reviewRecords } from "../activities/review/review-records.ts";
import type { Choice, StringOption } from "./spec.ts";

const LONGEST_NAME = 100;

/** A scheduled review, by its id; suggested by any part of its title or times. */
export const reviewOption = {
  type: "string",
  maxLength: 40,
  description: "The review; /review list shows their ids",
  autocomplete: async (typed, { courses, store }): Promise<Choice<string>[]> => {
    const wanted = typed.toLowerCase();
    const found: Choice<string>[] = [];
    for (const course of courses.all()) {
      for await (const [, { id, title, timing }] of reviewRecords(store).schedules.list(`${course.id}/`)) {
        const name = `${title}: ${timingInWords(timing)}`;
        if (`${id} ${name}`.toLowerCase().includes(wanted)) {
          found.push({ name: name.slice(0, LONGEST_NAME), value: id });
        }
      }
    }
    return found;
  },
} as const satisfies StringOption;
