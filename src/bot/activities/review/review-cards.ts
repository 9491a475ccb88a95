import type { Block, Card } from "../../cards/card.ts";
import { timingInWords } from "./plain-words.ts";
import type { DraftRecord, ReviewPlan, ScheduleRecord } from "./review-records.ts";
import { nextTimes } from "./timing.ts";

const DATES_SHOWN = 5;

/** A plan before it is saved: the next dates, and everything that would happen. */
export function draftCard({ id, plan, scheduleId }: DraftRecord, now: number): Card {
  const dates = nextTimes(plan.timing, now, DATES_SHOWN);
  const last = dates.length < DATES_SHOWN ? " Then it ends." : "";
  return {
    title: scheduleId === undefined ? "Save this review?" : "Save the changed review?",
    blocks: [
      {
        type: "text",
        text: `${timingInWords(plan.timing)}. ${dates.length === 1 ? "The only date:" : `The next ${dates.length} dates:`}`,
      },
      { type: "list", ordered: true, items: dates.map((date) => dateInWords(date, plan.timing.timeZone)) },
      ...(last ? [{ type: "text", text: last.trim() } as const] : []),
      { type: "fields", fields: planFields(plan) },
    ],
    actions: [
      {
        buttons: [
          { label: "Save", action: "review.save", record: id, style: "primary" },
          { label: "Throw away", action: "review.drop", record: id },
        ],
      },
    ],
  };
}

export function savedCard(schedule: ScheduleRecord, now: number): Card {
  return {
    title: `${schedule.title} is scheduled`,
    tone: "success",
    blocks: [
      {
        type: "text",
        text: ["Its id is ", { code: schedule.id }, `. ${nextInWords(schedule, now, DATES_SHOWN)}.`],
      },
    ],
  };
}

export function listCard(schedules: readonly ScheduleRecord[], now: number): Card {
  if (schedules.length === 0) {
    return {
      title: "Scheduled reviews",
      blocks: [
        {
          type: "text",
          text: 'There are none. Plan one with /review schedule when:"every Tue and Thu 09:00".',
        },
      ],
    };
  }
  const blocks = schedules.flatMap((schedule): Block[] => [
    {
      type: "text",
      text: [
        { bold: schedule.title },
        " ",
        { code: schedule.id },
        `: ${timingInWords(schedule.timing)}. ${schedule.state === "paused" ? "Paused." : `${nextInWords(schedule, now, 1)}.`}`,
      ],
    },
    { type: "fields", fields: planFields(schedule) },
  ]);
  return { title: "Scheduled reviews", blocks };
}

/** "Next: Tue 6 Oct 2026, 09:00; Thu 8 Oct 2026, 09:00", without times that are left out. */
export function nextInWords({ timing, skip }: ScheduleRecord, now: number, count: number): string {
  const dates = nextTimes(timing, now, count + skip.length)
    .filter((slot) => !skip.includes(slot))
    .slice(0, count);
  if (dates.length === 0) return "It is over";
  const left = skip.filter((slot) => slot > now).map((slot) => dateInWords(slot, timing.timeZone));
  const next = dates.map((date) => dateInWords(date, timing.timeZone)).join("; ");
  return `Next: ${next}${left.length > 0 ? `. Left out: ${left.join("; ")}` : ""}`;
}

/** With the offset, so that a change of the clock can be seen: "Tue 27 Oct 2026, 09:00 GMT+1". */
export function dateInWords(at: number, timeZone: string): string {
  return new Intl.DateTimeFormat("en-GB", {
    timeZone,
    weekday: "short",
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    timeZoneName: "shortOffset",
  })
    .format(at)
    .replace(",", "");
}

function planFields(plan: ReviewPlan): { name: string; value: string }[] {
  const { ask, channels, missed, graceMinutes } = plan;
  const late = `at most ${duration(graceMinutes)} late`;
  return [
    { name: "Asked", value: askInWords(ask) },
    ...(ask.by === "pair-share" ? [] : [{ name: "Open for", value: duration(plan.answerMinutes) }]),
    ...(ask.by === "pair-share"
      ? []
      : [
          {
            name: "Reminder",
            value: plan.remindMinutes === 0 ? "none" : `${duration(plan.remindMinutes)} before the end`,
          },
          { name: "Answers", value: plan.answers === "next" ? "with the next review" : "when it closes" },
        ]),
    {
      name: "If Cloze was not running",
      value: { "run-late": `posted once, ${late}`, skip: "left out", ask: `you are asked, ${late}` }[missed],
    },
    { name: "Posted in", value: channels.map(({ platform, id }) => `${platform} channel ${id}`).join(", ") },
  ];
}

function askInWords(ask: ReviewPlan["ask"]): string {
  const questions = (count: number) => (count === 1 ? "1 question" : `${count} questions`);
  switch (ask.by) {
    case "due":
      return `${questions(ask.count)} due by spaced repetition${ask.topic ? `, on ${ask.topic}` : ""}`;
    case "weak":
      return `${questions(ask.count)} of the weakest objectives${ask.topic ? `, on ${ask.topic}` : ""}`;
    case "items":
      return ask.items.join(", ");
    case "pair-share":
      return `think–pair–share, in turn: ${ask.items.join(", ")}`;
  }
}

function duration(minutes: number): string {
  const [value, unit] = minutes % 60 === 0 ? [minutes / 60, "hour"] : [minutes, "minute"];
  return `${value} ${unit}${value === 1 ? "" : "s"}`;
}
