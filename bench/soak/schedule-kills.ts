/**
 * Kills a process that runs a review schedule at random points; at the end every planned time must have its prompt
 * once. node bench/soak/schedule-kills.ts sqlite|redis [kills] [seed]
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { reviewRecords } from "../../src/bot/activities/review/review-records.ts";
import { openConfiguredStore } from "../../src/bot/store/open-store.ts";
import { BEGIN, EVERY_MS, SCHEDULE } from "./schedule.ts";
import { newPlace, randomFrom, report } from "./soak.ts";

const SCRIPT = fileURLToPath(new URL("./schedule-process.ts", import.meta.url));
const [where = "sqlite", kills = "200", seed = "1"] = process.argv
  .slice(2)
  .filter((word) => word !== "--keep");
const random = randomFrom(Number(seed));
const place = await newPlace(where);
const world = mkdtempSync(join(tmpdir(), "cloze-world-"));
const redisUrl = place.redis?.url;
let last = BEGIN;

for (let life = 0; life <= Number(kills); life++) {
  const words = [SCRIPT, place.dataDirectory, redisUrl ?? "", world];
  const child = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "inherit"] });
  const isLast = life === Number(kills);
  // A time falls due every tenth minute; the kill comes some milliseconds after one of the next 25 minutes.
  const steps = isLast ? 20 : 1 + Math.floor(random() * 25);
  const afterMs = random() * 12;
  let seen = 0;
  for await (const line of createInterface(child.stdout)) {
    if (line.startsWith("at ")) last = Number(line.slice(3));
    if (++seen === steps) setTimeout(() => child.kill("SIGKILL"), isLast ? 0 : afterMs);
  }
  if (child.signalCode === null && child.exitCode === null) await once(child, "exit");
}

const { store } = await openConfiguredStore({
  dataDirectory: place.dataDirectory,
  ...(redisUrl === undefined ? {} : { redisUrl }),
});
const states = new Map<number, string>();
for await (const [, each] of reviewRecords(store).occurrences.list(`nlp/${SCHEDULE.id}/`)) {
  states.set(each.slot, each.reason === undefined ? each.state : `${each.state} (${each.reason})`);
}
await store.close();
// Beside its question each time has an introduction.
const posts = readdirSync(world).filter((name) => name.startsWith("post-poll_"));
// The minutes at the end may still be under way.
const planned = [];
for (let slot = BEGIN; slot < last - 15 * 60_000; slot += EVERY_MS) planned.push(slot);
const missing = planned.filter((slot) => states.get(slot) !== "posted");
const later = [...states].filter(([slot, state]) => state === "posted" && slot >= last - 15 * 60_000).length;
const doubled = posts.length - (planned.length - missing.length) - later;
report(`schedule-kills-${where}`, {
  what: "SIGKILL at random points of a review every ten minutes of simulated time",
  seed: Number(seed),
  kills: Number(kills),
  plannedTimes: planned.length,
  prompts: posts.length,
  missing: missing.map((slot) => `${new Date(slot).toISOString()} ${states.get(slot)}`),
  doubled,
});
await place.remove();
process.exit(missing.length + Math.abs(doubled) === 0 ? 0 : 1);
