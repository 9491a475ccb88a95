import type { Services } from "./context.ts";
import type { Course, Courses } from "./course/courses.ts";
import { UserError } from "./errors.ts";
import type { Account, ActionEvent, CommandEvent, Person, Place } from "./invocation.ts";
import type { Roster } from "./people/roster.ts";

/**
 * The course, person and place of an event.
 * @throws {UserError} "channel-outside-course"; "courses-several" in a direct message of somebody who is in
 *   more than one course
 */
export async function locate(
  { courses, roster }: Pick<Services, "courses" | "roster">,
  event: CommandEvent | ActionEvent,
): Promise<{ course: Course; person: Person; place: Place }> {
  const { account, platformRole, channel, channelName, direct } = event;
  const course = direct ? await courseOfPerson(courses, roster, account) : courseOfChannel(courses, event);
  const person = await roster.person(course.id, account, platformRole);
  return { course, person, place: { channel, channelName, courseId: course.id, direct } };
}

function courseOfChannel(courses: Courses, event: CommandEvent | ActionEvent): Course {
  const { channel, channelName, communityId, parentChannel } = event;
  const course =
    courses.forChannel(channel, communityId) ??
    (parentChannel && courses.forChannel(parentChannel, communityId));
  if (course) return course;
  throw new UserError(
    "channel-outside-course",
    `#${channelName} belongs to no course. Use Cloze in a course channel, or ask the teacher to add this one to the configuration.`,
    { channel: channel.id },
  );
}

async function courseOfPerson(courses: Courses, roster: Roster, account: Account): Promise<Course> {
  const all = courses.all();
  const [only, ...others] = all;
  if (only && others.length === 0) return only;
  const own: Course[] = [];
  for (const course of all) if (await roster.find(course.id, account)) own.push(course);
  const [first, second] = own;
  if (first && !second) return first;
  throw first
    ? new UserError(
        "courses-several",
        `You are in several courses (${own.map(({ name }) => name).join(", ")}), and a direct message belongs to none of them. Use the command in a channel of the course you mean.`,
        { courses: own.map(({ id }) => id) },
      )
    : new UserError(
        "channel-outside-course",
        "You are in no course yet. Use Cloze once in a channel of your course, then here.",
      );
}
