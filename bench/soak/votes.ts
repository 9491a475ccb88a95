/**
 * 300 students vote within 10 s in one web classroom, which is then killed (SIGKILL) and its store looked at.
 * node bench/soak/votes.ts sqlite|redis [seed]
 */
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import type { WireMessage } from "../../src/adapters/web/wire.ts";
import { openConfiguredStore } from "../../src/bot/store/open-store.ts";
import { newPlace, randomFrom, report, spread } from "./soak.ts";
import { startClass, until } from "./students.ts";

const STUDENTS = 300;
const WITHIN_MS = 10_000;
const [where = "sqlite", seed = "1"] = process.argv.slice(2).filter((word) => word !== "--keep");
const random = randomFrom(Number(seed));
const place = await newPlace(where);
const room = await startClass(place);
const students = [];
for (let i = 0; i < STUDENTS; i++) {
  const student = await room.student(`Student ${i}`);
  await student.follow();
  students.push(student);
}
await room.teacher.follow();
const options = { question: "Which one draws?", choices: "greedy|beam|top-p" };
await room.teacher.post("/api/commands", { request: "open", channel: "general", command: "poll", options });
const poll = await until(() =>
  [...room.teacher.messages.values()].find(({ card }) => voting(card).length === 3),
);

const acknowledged: number[] = [];
const told: number[] = [];
const refused: string[] = [];
await Promise.all(
  students.map(async (student, i) => {
    await delay(random() * WITHIN_MS);
    const { action, record, value } = voting(poll.card)[Math.floor(random() * 3)]!;
    const since = performance.now();
    try {
      const body = { request: `v${i}`, channel: "general", message: poll.id, action, record, value };
      const outcome = await student.post("/api/actions", body);
      acknowledged.push(performance.now() - since);
      if (outcome.refused) throw new Error(outcome.refused.message);
      await until(() => [...student.messages.values()].some(saysVoted));
      told.push(performance.now() - since);
    } catch (error) {
      refused.push((error as Error).message);
    }
  }),
);
room.process.kill("SIGKILL");
await once(room.process, "exit");

const redisUrl = place.redis?.url;
const { store } = await openConfiguredStore({
  dataDirectory: place.dataDirectory,
  ...(redisUrl === undefined ? {} : { redisUrl }),
});
let kept = 0;
for await (const _ of store.namespace("poll-vote", z.unknown()).list("")) kept++;
await store.close();
report(`votes-${where}`, {
  what: `${STUDENTS} students vote within ${WITHIN_MS / 1000} s, each with an open event stream`,
  seed: Number(seed),
  acknowledgedMs: spread(acknowledged),
  toldMs: spread(told),
  refused: refused.length,
  keptAfterKill: kept,
  lost: told.length - kept,
  raw: { acknowledgedMs: acknowledged.map(Math.round), toldMs: told.map(Math.round), refused },
});
for (const student of students) student.leave();
room.teacher.leave();
await place.remove();
process.exit(kept === told.length && refused.length === 0 ? 0 : 1);

/** The buttons that vote; the teacher's own card has others. */
function voting(card: WireMessage["card"]) {
  const buttons = (card?.actions ?? []).flatMap((row) => ("buttons" in row ? row.buttons : []));
  return buttons.filter(({ action }) => action === "poll.vote");
}

function saysVoted(message: WireMessage): boolean {
  return message.private === true && JSON.stringify(message.card ?? "").includes("You voted");
}
