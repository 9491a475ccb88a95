/**
 * A process that runs a review schedule, to be killed at any moment. Its clock is turned by hand, a minute a step, and
 * goes on where the last process stood; its platform is a directory that keeps what is posted and recognises a message
 * handed over twice, as the web classroom does. Arguments: data directory, Redis or "", world directory.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { resumeActivities } from "../../src/bot/activities/resume.ts";
import { reviewRecords } from "../../src/bot/activities/review/review-records.ts";
import type { Messenger } from "../../src/bot/messenger.ts";
import { openConfiguredStore } from "../../src/bot/store/open-store.ts";
import { smallCourse } from "../../tests/bot/activities/small-course.ts";
import { botRig } from "../../tests/bot/bot-rig.ts";
import { handClock, turns } from "../../tests/fakes/hand-clock.ts";
import { BEGIN, EVERY_MS, SCHEDULE } from "./schedule.ts";

const [dataDirectory, redisUrl, world] = process.argv.slice(2) as [string, string, string];
const { store } = await openConfiguredStore({ dataDirectory, ...(redisUrl ? { redisUrl } : {}) });
const clockFile = join(world, "clock");
const clock = handClock(existsSync(clockFile) ? Number(readFileSync(clockFile, "utf8")) : BEGIN - 60_000);
const { course } = smallCourse([
  { id: "one", kind: "numeric", question: "What is .4 of .9?", answer: 0.36, tolerance: 0.005 },
]);
const messenger: Messenger = {
  async post(channel, card, { dedupeKey } = {}) {
    const id = (dedupeKey ?? `none-${process.pid}-${clock.now()}`).replaceAll(/[^\w.-]/g, "_");
    const file = join(world, `post-${id}`);
    const isNew = !existsSync(file);
    if (isNew) writeFileSync(file, JSON.stringify({ at: clock.now(), card }));
    return { channel, id };
  },
  async update() {},
  direct: (account) =>
    Promise.resolve({ channel: { platform: account.platform, id: account.id }, id: "direct" }),
  openRoom: () => Promise.reject(new Error("no rooms here")),
};
const services = { ...botRig({ courses: [course], clock, store }).services, messenger };
const { schedules } = reviewRecords(store);
const key = `nlp/${SCHEDULE.id}`;
await schedules.setIfAbsent(key, SCHEDULE);
/** How long the clock waits for a due time to be settled, in real ms: a store is slower than a clock turned by hand. */
const PATIENCE_MS = 200;
await resumeActivities(services);
process.stdout.write("running\n");
for (;;) {
  await clock.advance(60_000);
  await turns(40);
  const due = Math.floor(clock.now() / EVERY_MS) * EVERY_MS;
  for (let waited = 0; waited < PATIENCE_MS && (await schedules.get(key))!.settledTo < due; waited++) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  writeFileSync(`${clockFile}.new`, String(clock.now()));
  renameSync(`${clockFile}.new`, clockFile);
  process.stdout.write(`at ${clock.now()}\n`);
}
