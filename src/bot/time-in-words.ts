/** "10:42" in the course's time zone; with the day when that is not today: "Mon 5 Oct, 10:42". */
export function timeInWords(at: number, now: number, timeZone: string): string {
  const day = (ms: number) => new Intl.DateTimeFormat("en-CA", { timeZone }).format(ms);
  const time = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit" }).format(at);
  if (day(at) === day(now)) return time;
  const date = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    weekday: "short",
    day: "numeric",
    month: "short",
  }).format(at);
  return `${date.replace(",", "")}, ${time}`;
}

/** As `timeInWords`, to the second: for what ends soon. */
export function clockTime(at: number, now: number, timeZone: string): string {
  const second = new Intl.DateTimeFormat("en-GB", { timeZone, second: "2-digit" })
    .format(at)
    .padStart(2, "0");
  return `${timeInWords(at, now, timeZone)}:${second}`;
}
