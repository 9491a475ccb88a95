import { configuredCourses } from "../bot/course/configured-courses.ts";
import type { Course, Courses } from "../bot/course/courses.ts";
import type { Config } from "../config.ts";

/** Settings of a course that are asked for at each use, so that a change takes effect at once. */
const LIVE = ["roles", "guestsMayVote", "wordList", "content", "limits"] as const;
type LiveSetting = (typeof LIVE)[number];

export interface Changes {
  /** The running courses with the new values of their live settings. */
  readonly courses: readonly [Course, ...Course[]];
  /** Paths of changed settings that are live already, such as "courses.nlp.limits". */
  readonly taken: readonly string[];
  /** Paths of changed settings that need a restart. */
  readonly waiting: readonly string[];
}

/** What of newly read settings takes effect while Cloze runs, and what has to wait for a restart. */
export function liveChanges(running: Config, read: Config): Changes {
  const taken: string[] = [];
  const waiting: string[] = [];
  for (const key of new Set([...Object.keys(running), ...Object.keys(read)])) {
    const name = key as keyof Config;
    if (name !== "courses" && !same(running[name], read[name])) waiting.push(key);
  }
  for (const { id } of read.courses) {
    if (!running.courses.some((course) => course.id === id)) waiting.push(`courses.${id}`);
  }
  const update = (course: Course): Course => {
    const next = read.courses.find(({ id }) => id === course.id);
    if (!next) {
      waiting.push(`courses.${course.id}`);
      return course;
    }
    for (const key of new Set([...Object.keys(course), ...Object.keys(next)])) {
      if (same(course[key as keyof Course], next[key as keyof Course])) continue;
      (isLive(key) ? taken : waiting).push(`courses.${course.id}.${key}`);
    }
    const live = Object.fromEntries(LIVE.filter((key) => key in next).map((key) => [key, next[key]]));
    const kept = Object.fromEntries(Object.entries(course).filter(([key]) => !isLive(key)));
    return { ...kept, ...live } as unknown as Course;
  };
  const [first, ...others] = running.courses;
  return { courses: [update(first), ...others.map(update)], taken, waiting };
}

/** Courses whose settings can be replaced while activities hold on to the object. */
export interface LiveCourses extends Courses {
  replace(courses: readonly [Course, ...Course[]]): void;
}

export function liveCourses(first: readonly [Course, ...Course[]]): LiveCourses {
  let current = configuredCourses(first);
  return {
    all: () => current.all(),
    get: (courseId) => current.get(courseId),
    forChannel: (channel, communityId) => current.forChannel(channel, communityId),
    replace(courses) {
      current = configuredCourses(courses);
    },
  };
}

function isLive(key: string): key is LiveSetting {
  return (LIVE as readonly string[]).includes(key);
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
