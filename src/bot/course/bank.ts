import { fileURLToPath } from "node:url";
import { UserError } from "../errors.ts";
import { suggest } from "../suggest.ts";
import type { Course } from "./courses.ts";
import type { CourseItem } from "./item-schema.ts";
import { type CourseContent, readCourse } from "./read-course.ts";

const SAMPLE_COURSE = fileURLToPath(new URL("../../../course", import.meta.url));

/** The course's questions, read anew each time: what a teacher has just saved can be asked at once. */
export function readBank(course: Course): Promise<CourseContent> {
  return readCourse(course.content ?? SAMPLE_COURSE);
}

/** @throws {UserError} "item-unknown" */
export function findItem(bank: CourseContent, id: string): CourseItem {
  const wanted = id.trim().toLowerCase();
  const item = bank.items.find((each) => each.id === wanted);
  if (item) return item;
  const near = suggest(
    wanted,
    bank.items.map((each) => each.id),
  );
  throw new UserError(
    "item-unknown",
    `There is no item "${wanted.slice(0, 80)}" in this course.${near ? ` Did you mean ${near}?` : ""} Type part of a question to find one.`,
    { item: wanted },
  );
}

/**
 * The items on a topic: an objective's id or the beginning of one ("decoding" has decoding.top-p), or part of an
 * objective's name.
 * @throws {UserError} "topic-unknown"
 */
export function itemsOn(bank: CourseContent, topic: string): CourseItem[] {
  const wanted = topic.trim().toLowerCase();
  const meant = bank.objectives.filter(
    ({ id, name }) => id === wanted || id.startsWith(`${wanted}.`) || name.toLowerCase().includes(wanted),
  );
  if (wanted !== "" && meant.length > 0) {
    const ids = new Set(meant.map(({ id }) => id));
    return bank.items.filter(({ objectives }) => objectives.some((id) => ids.has(id)));
  }
  const topics = topicsOf(bank);
  const near = suggest(wanted, topics);
  throw new UserError(
    "topic-unknown",
    `No objective of this course is about "${topic.trim().slice(0, 80)}".${near ? ` Did you mean ${near}?` : ""} Topics: ${topics.join(", ")}.`,
    { topic, allowed: topics },
  );
}

/** Ids of objectives and of the groups they form: "decoding", "decoding.top-p", … */
export function topicsOf({ objectives }: CourseContent): string[] {
  const groups = objectives.flatMap(({ id }) => (id.includes(".") ? [id.slice(0, id.indexOf("."))] : []));
  return [...new Set([...groups, ...objectives.map(({ id }) => id)])].sort();
}
