import type { Context } from "../context.ts";
import { readBank, topicsOf } from "../course/bank.ts";
import type { Course } from "../course/courses.ts";
import type { CourseContent } from "../course/read-course.ts";
import { UserError } from "../errors.ts";
import type { ChannelRef, Place } from "../invocation.ts";
import type { Choice, StringOption } from "./spec.ts";

const LONGEST_NAME = 100;

/** Suggestions come before the course of the person is known; with several courses all are offered. */
async function banks({ courses }: Context): Promise<CourseContent[]> {
  return Promise.all(courses.all().map(readBank));
}

/** Items of the bank, by id, suggested by any part of id or question. */
export const itemOption = {
  type: "string",
  maxLength: 200,
  description: "An item of the course's bank; type part of its question",
  autocomplete: async (typed, context): Promise<Choice<string>[]> => {
    const wanted = typed.toLowerCase();
    return (await banks(context))
      .flatMap(({ items }) => items)
      .filter(({ id, question }) => id.includes(wanted) || question.toLowerCase().includes(wanted))
      .map(({ id, question }) => ({ name: `${id}: ${question}`.slice(0, LONGEST_NAME), value: id }));
  },
} as const satisfies StringOption;

/** Objectives and groups of them. */
export const topicOption = {
  type: "string",
  maxLength: 200,
  description: "An objective, such as decoding or decoding.top-p",
  autocomplete: async (typed, context): Promise<Choice<string>[]> => {
    const wanted = typed.toLowerCase();
    const all = (await banks(context)).flatMap((bank) =>
      topicsOf(bank).map((topic) => ({
        topic,
        name: bank.objectives.find(({ id }) => id === topic)?.name ?? "everything below it",
      })),
    );
    return all
      .filter(({ topic, name }) => topic.includes(wanted) || name.toLowerCase().includes(wanted))
      .map(({ topic, name }) => ({ name: `${topic}: ${name}`.slice(0, LONGEST_NAME), value: topic }));
  },
} as const satisfies StringOption;

export const everywhereOption = {
  type: "boolean",
  default: false,
  description: "Show it in all channels of the course, on every platform",
} as const;

/** @throws {UserError} "class-needed" in a direct message */
export function requireClass(place: Place, command: string): void {
  if (!place.direct) return;
  throw new UserError(
    "class-needed",
    `This needs a class: use /${command} in a course channel, not in a direct message.`,
  );
}

/**
 * The channels to show something in.
 * @throws {UserError} "no-course-channels"
 */
export function channelsFor(everywhere: boolean, course: Course, place: Place): readonly ChannelRef[] {
  if (!everywhere) return [place.channel];
  if (course.channels.length === 0) {
    throw new UserError(
      "no-course-channels",
      "The configuration lists no channels for this course, so there is no everywhere. Name them in cloze.yaml under courses, channels; or leave everywhere out.",
    );
  }
  const key = ({ platform, id }: ChannelRef) => `${platform}/${id}`;
  return [...new Map([place.channel, ...course.channels].map((each) => [key(each), each])).values()];
}

/** What the command line is told, where nobody else is. */
export function needsClass(command: string): { readonly cli: string } {
  return { cli: `This needs a class: use /${command} in a course channel or in the web classroom.` };
}
