import { findItem, itemsOn, readBank } from "../../course/bank.ts";
import type { CourseItem } from "../../course/item-schema.ts";
import type { CourseContent } from "../../course/read-course.ts";
import type { Store } from "../../store/store.ts";
import type { PollServices } from "../poll/close-poll.ts";
import { classResults, type ItemResult } from "./class-results.ts";
import { memoryOf } from "./memory.ts";
import { type OccurrenceRecord, reviewRecords, type ScheduleRecord } from "./review-records.ts";

/**
 * The items of a review, the best first; `spare` more than are asked, to stand in for those that can't be asked.
 * A fixed list is given as it is.
 * @throws {UserError} "item-unknown", "topic-unknown"
 */
export async function chooseItems(
  services: PollServices,
  { courseId, ask }: Pick<ScheduleRecord, "courseId" | "ask">,
  spare: number,
): Promise<CourseItem[]> {
  const bank = await readBank(services.courses.get(courseId));
  if (ask.by === "items" || ask.by === "pair-share") return ask.items.map((id) => findItem(bank, id));
  const items = askable(bank, ask.topic);
  const results = await classResults(services, courseId);
  const ranked = ask.by === "due" ? byDue(items, results, services.clock.now()) : byWeakness(items, results);
  return withoutPartners(ranked).slice(0, ask.count + spare);
}

function askable(bank: CourseContent, topic: string | undefined): CourseItem[] {
  const items = topic === undefined ? bank.items : itemsOn(bank, topic);
  return items.filter(({ kind }) => kind !== "discussion");
}

/**
 * Those that are due come first, the ones most likely forgotten before the others; then those never asked, in the
 * bank's order; then those not due yet, the soonest first.
 */
export function byDue(
  items: readonly CourseItem[],
  results: readonly ItemResult[],
  now: number,
): CourseItem[] {
  const byItem = Map.groupBy(results, ({ itemId }) => itemId);
  const ranked = items.map((item, order) => {
    const memory = memoryOf(byItem.get(item.id) ?? [], now);
    const group = memory === undefined ? 1 : memory.dueAt <= now ? 0 : 2;
    const within = memory === undefined ? order : group === 0 ? memory.recall : memory.dueAt;
    return { item, group, within };
  });
  return ranked.sort((a, b) => a.group - b.group || a.within - b.within).map(({ item }) => item);
}

/**
 * Items of the objectives with the lowest mean score first. Within an objective: those never asked, then those
 * asked longest ago. Objectives never asked come last: nothing says that they are weak.
 */
export function byWeakness(items: readonly CourseItem[], results: readonly ItemResult[]): CourseItem[] {
  const scores = new Map<string, number[]>();
  const askedAt = new Map<string, number>();
  for (const { itemId, objectives, scores: given, at } of results) {
    askedAt.set(itemId, Math.max(at, askedAt.get(itemId) ?? 0));
    for (const id of objectives) scores.set(id, [...(scores.get(id) ?? []), ...given]);
  }
  const meanOf = (id: string) => {
    const given = scores.get(id) ?? [];
    return given.length === 0
      ? Number.POSITIVE_INFINITY
      : given.reduce((sum, one) => sum + one, 0) / given.length;
  };
  return items
    .map((item, order) => ({
      item,
      order,
      weakest: Math.min(...item.objectives.map(meanOf)),
      last: askedAt.get(item.id) ?? 0,
    }))
    .sort((a, b) => compare(a.weakest, b.weakest) || a.last - b.last || a.order - b.order)
    .map(({ item }) => item);
}

/** Infinity less infinity is no number. */
function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/** An item and its partner ask the same; one of them is enough. */
function withoutPartners(items: readonly CourseItem[]): CourseItem[] {
  const taken: CourseItem[] = [];
  for (const item of items) if (!taken.some(({ id }) => id === item.partner)) taken.push(item);
  return taken;
}

/** The items of a list one after the other, over the times at which something was posted. */
export async function itemInTurn(
  store: Store,
  { courseId, scheduleId, slot }: OccurrenceRecord,
  bank: CourseContent,
  ids: readonly string[],
): Promise<CourseItem> {
  let before = 0;
  for await (const [, each] of reviewRecords(store).occurrences.list(`${courseId}/${scheduleId}/`)) {
    if (each.state === "posted" && each.slot < slot) before++;
  }
  return findItem(bank, ids[before % ids.length]!);
}
