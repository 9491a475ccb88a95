import { Cron } from "croner";
import { z } from "zod";
import { UserError } from "../../errors.ts";

const localDay = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);

/**
 * When something happens, as croner understands it. On the day the clock goes forward, a time that does not exist
 * is taken at the change (02:30 at 03:00); on the day it goes back, a time that comes twice is taken the first time.
 */
export const timing = z.strictObject({
  /** Five fields of cron; or one date and time, e.g. "2026-10-20T14:00:00". */
  pattern: z.string(),
  /** An IANA name, e.g. "Europe/Berlin". */
  timeZone: z.string(),
  /** The first and last day, in the time zone. */
  from: localDay.optional(),
  until: localDay.optional(),
});
export type Timing = z.infer<typeof timing>;

/** A prompt at every meal is more than a class bears; what is meant is usually a wrong field. */
const SHORTEST_GAP_MS = 10 * 60_000;
/** How many following dates are looked at for that. */
const DATES_CHECKED = 50;

/** The next times after a moment (exclusive), as clock times; fewer when it ends before. */
export function nextTimes(timing: Timing, after: number, count: number): number[] {
  return cron(timing)
    .nextRuns(count, new Date(after))
    .map((date) => date.getTime());
}

/** The times in (after, upTo], oldest first; the first `most` of them. */
export function timesBetween(timing: Timing, after: number, upTo: number, most: number): number[] {
  const schedule = cron(timing);
  const times: number[] = [];
  for (let last = after; times.length < most; ) {
    const next = schedule.nextRun(new Date(last))?.getTime();
    if (next === undefined || next > upTo) break;
    times.push(next);
    last = next;
  }
  return times;
}

/**
 * Refuses what can't be meant.
 * @throws {UserError} "time-zone-unknown", "timing-unreadable", "timing-over", "timing-too-often"
 */
export function checkTiming(timing: Timing, now: number): void {
  checkTimeZone(timing.timeZone);
  const isOnce = isSingle(timing);
  if (!isOnce && timing.pattern.trim().split(/\s+/).length !== 5) {
    throw new UserError(
      "timing-unreadable",
      `"${timing.pattern}" is no cron pattern of five fields: minute, hour, day of the month, month, day of the week, as in 0 9 * * 2,4.`,
      { pattern: timing.pattern },
    );
  }
  let dates: number[];
  try {
    dates = nextTimes(timing, now, isOnce ? 1 : DATES_CHECKED);
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^Cron\w+: /, "") : String(error);
    throw new UserError("timing-unreadable", `"${timing.pattern}" can't be read as cron: ${why}`, {
      pattern: timing.pattern,
    });
  }
  if (dates.length === 0) {
    throw new UserError(
      "timing-over",
      "There is no such date any more. Give a later end, or another time; dates without a year mean the next such day.",
      { timing },
    );
  }
  const gaps = dates.slice(1).map((date, i) => date - dates[i]!);
  if (Math.min(...gaps, Infinity) < SHORTEST_GAP_MS) {
    throw new UserError(
      "timing-too-often",
      `That would be every ${Math.round(Math.min(...gaps) / 60_000)} minutes; at least 10 minutes must lie between. The first field of cron is the minute, the second the hour.`,
      { timing },
    );
  }
}

export function checkTimeZone(timeZone: string): void {
  try {
    new Intl.DateTimeFormat("en", { timeZone });
  } catch {
    throw new UserError(
      "time-zone-unknown",
      `"${timeZone.slice(0, 60)}" is no time zone. Use an IANA name such as Europe/Berlin, America/New_York or UTC.`,
      { timeZone },
    );
  }
}

/** Whether it happens once only. */
export function isSingle({ pattern }: Timing): boolean {
  return /^\d{4}-\d{2}-\d{2}T/.test(pattern);
}

function cron({ pattern, timeZone, from, until }: Timing): Cron {
  return new Cron(pattern, {
    timezone: timeZone,
    ...(from !== undefined && { startAt: `${from}T00:00:00` }),
    ...(until !== undefined && { stopAt: `${until}T23:59:59` }),
  });
}
