import { randomInt } from "node:crypto";
import type { CourseItem } from "../../course/item-schema.ts";
import type { Store } from "../../store/store.ts";
import { pollRecords } from "../poll/poll-record.ts";

/**
 * Draws items for a quiz: those asked least often in this course, then those asked longest ago, then by chance.
 * Discussions are left out, and so is the partner of an item that is drawn.
 * @returns at most `count` items.
 */
export async function drawItems(
  store: Store,
  courseId: string,
  items: readonly CourseItem[],
  count: number,
): Promise<CourseItem[]> {
  const asked = new Map<string, { times: number; last: number }>();
  for await (const [, { item, openedAt }] of pollRecords(store).list(`${courseId}/`)) {
    if (!item) continue;
    const { times, last } = asked.get(item.id) ?? { times: 0, last: 0 };
    asked.set(item.id, { times: times + 1, last: Math.max(last, openedAt) });
  }
  const ranked = items
    .filter(({ kind }) => kind !== "discussion")
    .map((item) => ({ item, chance: randomInt(2 ** 32), ...(asked.get(item.id) ?? { times: 0, last: 0 }) }))
    .sort((a, b) => a.times - b.times || a.last - b.last || a.chance - b.chance);
  const drawn: CourseItem[] = [];
  for (const { item } of ranked) {
    if (drawn.length === count) break;
    if (!drawn.some(({ id }) => id === item.partner)) drawn.push(item);
  }
  return drawn;
}
