import { en, type ParsedComponents } from "chrono-node";
import { toString as cronInWords } from "cronstrue";
import { UserError } from "../../errors.ts";
import { checkTimeZone, checkTiming, isSingle, type Timing } from "./timing.ts";

const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;
const EXAMPLES =
  '"every Tue and Thu 09:00 until Dec 12", "every weekday at 8:30", "daily 18:00 from Oct 12 until 2026-12-12", "Oct 20 at 14:00", or cron: 0 9 * * 2,4';

/**
 * Reads when a review is to be posted: plain words, or five fields of cron, each with "from" and "until" days.
 * @throws {UserError} "timing-unreadable", and what `checkTiming` throws
 */
export function readTiming(words: string, timeZone: string, now: number): Timing {
  checkTimeZone(timeZone);
  const { rest, from, until } = bounds(words.trim(), timeZone, now);
  const pattern = cronPattern(rest) ?? recurring(rest) ?? single(rest, timeZone, now);
  if (pattern === undefined) throw unreadable(words);
  const timing: Timing = { pattern, timeZone, ...(from && { from }), ...(until && { until }) };
  if (isSingle(timing) && (from || until)) throw unreadable(words);
  checkTiming(timing, now);
  return timing;
}

/** "At 09:00, only on Tuesday and Thursday, until 2026-12-12 (Europe/Berlin)". */
export function timingInWords(timing: Timing): string {
  const { pattern, timeZone, from, until } = timing;
  const when = isSingle(timing)
    ? `Once, on ${pattern.slice(0, 10)} at ${pattern.slice(11, 16)}`
    : cronInWords(pattern, { use24HourTimeFormat: true });
  return `${when}${from ? `, from ${from}` : ""}${until ? `, until ${until}` : ""} (${timeZone})`;
}

/** Takes "from …" and "until …" off the end, in either order. */
function bounds(words: string, timeZone: string, now: number) {
  let rest = words;
  const found: { from?: string; until?: string } = {};
  for (;;) {
    const match =
      /^(.*?)[\s,]+(from|starting|until|till)\s+((?:(?!\b(?:from|starting|until|till)\b).)+)$/is.exec(rest);
    if (!match) return { rest, ...found };
    const which = /^(from|starting)$/i.test(match[2]!) ? "from" : "until";
    if (found[which] !== undefined) throw unreadable(words);
    found[which] = day(match[3]!, timeZone, now);
    rest = match[1]!;
  }
}

function day(text: string, timeZone: string, now: number): string {
  const date = moment(text, timeZone, now);
  if (!date || date.hasTime) {
    throw new UserError(
      "timing-unreadable",
      `"${text.trim().slice(0, 60)}" is no day that Cloze can read. Write it like Dec 12, 12 December 2026 or 2026-12-12.`,
      { given: text },
    );
  }
  return date.day;
}

function cronPattern(text: string): string | undefined {
  const fields = text.trim().split(/\s+/);
  return fields.length === 5 && /^[\d*/,-]+$/.test(fields[0]!) ? fields.join(" ") : undefined;
}

/** "every Tue and Thu [at] 09:00", "weekdays 8:30", "daily at 6pm", "every day 9:00". */
function recurring(text: string): string | undefined {
  const match = /^(?:(every|each)\s+)?(.+?)\s+(?:at\s+)?(\d{1,2})(?:[:.h](\d{2}))?\s*(am|pm)?$/i.exec(
    text.trim(),
  );
  if (!match) return undefined;
  const [, every, which, hours, minutes, half] = match;
  if (minutes === undefined && half === undefined) return undefined;
  const days = daysOf(which!.toLowerCase(), every !== undefined);
  const time = timeOf(Number(hours), Number(minutes ?? 0), half?.toLowerCase());
  return days === undefined || time === undefined ? undefined : `${time.minute} ${time.hour} * * ${days}`;
}

function daysOf(text: string, every: boolean): string | undefined {
  if (text === "daily" || (every && text === "day")) return "*";
  if (text === "weekdays" || (every && text === "weekday")) return "1-5";
  const names = text.split(/\s*(?:,|&|\+|\band\b)\s*/).filter((name) => name !== "");
  const numbers = names.map((name) => {
    const short = DAYS.findIndex((each) => name.startsWith(each));
    const full = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"][short] ?? "";
    return `${full}s`.startsWith(name) ? short : -1;
  });
  // "Tue 09:00" alone means the next Tuesday, once.
  const plural = names.every((name) => name.endsWith("days"));
  if (numbers.length === 0 || numbers.includes(-1) || !(every || plural || numbers.length > 1))
    return undefined;
  return [...new Set(numbers)].sort((a, b) => a - b).join(",");
}

function timeOf(hours: number, minute: number, half: string | undefined) {
  if (half !== undefined && (hours < 1 || hours > 12)) return undefined;
  const hour = half === undefined ? hours : (hours % 12) + (half === "pm" ? 12 : 0);
  return hour > 23 || minute > 59 ? undefined : { hour, minute };
}

function single(text: string, timeZone: string, now: number): string | undefined {
  if (/\b(every|each|daily|weekdays?)\b/i.test(text)) return undefined;
  const date = moment(text, timeZone, now);
  return date?.hasTime ? `${date.day}T${date.time}:00` : undefined;
}

/** A day, and a time if there is one. The whole text must be a date; 03/04 and 3.4. are read as two days, so not at all. */
function moment(text: string, timeZone: string, now: number) {
  const words = text.trim();
  if (/\b\d{1,2}[./]\d{1,2}\b/.test(words)) return undefined;
  const zoned = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timeZone);
  const reference = { instant: new Date(now), timezone: zoned.offsetNanoseconds / 60e9 };
  // Looking forward, chrono takes a day without a year that is today for the one in a year.
  const today = en.casual
    .parse(words, reference)
    .filter(({ start }) => dayOf(start) === zoned.toPlainDate().toString());
  const parsed = today.length > 0 ? today : en.casual.parse(words, reference, { forwardDate: true });
  const [found, ...others] = parsed;
  if (!found || others.length > 0 || found.text.length < words.replace(/^on\s+/i, "").length)
    return undefined;
  const { start } = found;
  return {
    day: dayOf(start),
    time: `${two(start.get("hour"))}:${two(start.get("minute"))}`,
    hasTime: start.isCertain("hour"),
  };
}

function dayOf(date: ParsedComponents): string {
  return `${date.get("year")}-${two(date.get("month"))}-${two(date.get("day"))}`;
}

function two(value: number | null): string {
  return String(value ?? 0).padStart(2, "0");
}

function unreadable(words: string): UserError {
  return new UserError(
    "timing-unreadable",
    `Cloze can't read "${words.slice(0, 100)}" as dates. Write it like ${EXAMPLES}.`,
    { given: words },
  );
}
