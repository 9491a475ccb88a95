import { UserError } from "../errors.ts";
import type { ChannelRef } from "../invocation.ts";
import type { Course, Courses } from "./courses.ts";

/** The courses of the configuration, at least one. The first one is the command line's. */
export function configuredCourses(courses: readonly [Course, ...Course[]]): Courses {
  const byId = new Map(courses.map((course) => [course.id, course]));
  return {
    all: () => courses,
    get(courseId) {
      const course = byId.get(courseId);
      if (course) return course;
      throw new UserError(
        "course-unknown",
        `The course "${courseId}" is not in the configuration. Courses: ${[...byId.keys()].join(", ")}.`,
        { courseId, allowed: [...byId.keys()] },
      );
    },
    forChannel(channel, communityId) {
      const listed = courses.find((course) => course.channels.some((each) => same(each, channel)));
      if (listed || channel.platform === "cli") return listed ?? courses[0];
      const byCommunity = courses.find((course) =>
        course.communities.some(({ platform, id }) => platform === channel.platform && id === communityId),
      );
      const course = byCommunity ?? (courses.length === 1 ? onlyCourse(courses[0], channel) : undefined);
      const restricted = course?.channels.some(({ platform }) => platform === channel.platform);
      return restricted ? undefined : course;
    },
  };
}

/** The only course has everything of a platform for which it names no community. */
function onlyCourse(course: Course, channel: ChannelRef): Course | undefined {
  const named = course.communities.some(({ platform }) => platform === channel.platform);
  return named ? undefined : course;
}

function same(a: ChannelRef, b: ChannelRef): boolean {
  return a.platform === b.platform && a.id === b.id;
}
