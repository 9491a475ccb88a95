import { expect, test } from "vitest";
import { timeInWords } from "../../src/bot/time-in-words.ts";

const at = (iso: string) => Date.parse(iso);

test.each([
  ["is in the course's time zone", "2026-10-05T08:42:00Z", "2026-10-05T09:00:00Z", "Europe/Berlin", "10:42"],
  ["follows the change of clocks", "2026-10-26T08:42:00Z", "2026-10-26T09:00:00Z", "Europe/Berlin", "09:42"],
  ["is midnight as 00:05", "2026-10-05T22:05:00Z", "2026-10-05T22:10:00Z", "Europe/Berlin", "00:05"],
  [
    "names the day when it was another one",
    "2026-10-05T20:42:00Z",
    "2026-10-06T06:00:00Z",
    "Europe/Berlin",
    "Mon 5 Oct, 22:42",
  ],
  [
    "goes by the course's day, not by UTC's",
    "2026-10-05T23:00:00Z",
    "2026-10-06T03:00:00Z",
    "America/New_York",
    "19:00",
  ],
])("a time %s", (_, time, now, zone, words) => {
  expect(timeInWords(at(time), at(now), zone)).toBe(words);
});
