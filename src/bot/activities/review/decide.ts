import type { OccurrenceRecord, ScheduleRecord } from "./review-records.ts";

/** A timer that fires so late was still on time: the machine was busy, not off. */
export const ON_TIME_MS = 60_000;

export interface Decision {
  readonly slot: number;
  readonly state: Extract<OccurrenceRecord["state"], "claimed" | "asked" | "skipped">;
  readonly reason?: OccurrenceRecord["reason"];
}

/**
 * What happens to times that have come. Of those that were missed, only the newest can still be posted or asked
 * about, within the grace time and if none after it is due: a class is not buried under what has piled up.
 * @param slots All undecided times up to `now`, oldest first.
 */
export function decide(
  schedule: Pick<ScheduleRecord, "missed" | "graceMinutes" | "skip">,
  slots: readonly number[],
  now: number,
): Decision[] {
  const newest = slots.findLast((slot) => !schedule.skip.includes(slot));
  return slots.map((slot): Decision => {
    if (schedule.skip.includes(slot)) return { slot, state: "skipped", reason: "skip-one" };
    if (now - slot <= ON_TIME_MS) return { slot, state: "claimed" };
    if (schedule.missed === "skip") return { slot, state: "skipped", reason: "missed" };
    if (now - slot > graceMs(schedule)) return { slot, state: "skipped", reason: "too-late" };
    if (slot !== newest) return { slot, state: "skipped", reason: "superseded" };
    return schedule.missed === "ask"
      ? { slot, state: "asked", reason: "missed" }
      : { slot, state: "claimed" };
  });
}

export function graceMs({ graceMinutes }: Pick<ScheduleRecord, "graceMinutes">): number {
  return graceMinutes * 60_000;
}
