import type { ScheduleRecord } from "../../src/bot/activities/review/review-records.ts";

/** Midnight in UTC, where no clock is put forward or back. */
export const BEGIN = Date.UTC(2026, 9, 5);
export const EVERY_MS = 10 * 60_000;

/** A review every ten minutes: short, so that many kills fall into a posting. */
export const SCHEDULE: ScheduleRecord = {
  id: "KILLED",
  courseId: "nlp",
  title: "Killed",
  timing: { pattern: "*/10 * * * *", timeZone: "UTC" },
  ask: { by: "items", items: ["one"] },
  answerMinutes: 5,
  remindMinutes: 0,
  answers: "closed",
  missed: "run-late",
  graceMinutes: 9,
  channels: [{ platform: "web", id: "w1" }],
  state: "active",
  skip: [],
  settledTo: BEGIN - 1,
  createdBy: "P-TEACHER",
  createdAt: BEGIN - 60_000,
};
