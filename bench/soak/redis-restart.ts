/**
 * Students vote all the time while Redis is killed and started again, several times: nothing acknowledged may be lost,
 * and what could not be kept must be refused with a message. node bench/soak/redis-restart.ts [restarts] [seed]
 */
import { setTimeout as delay } from "node:timers/promises";
import { openPoll } from "../../src/bot/activities/poll/open-poll.ts";
import { voteRecords } from "../../src/bot/activities/poll/poll-record.ts";
import { castVote } from "../../src/bot/activities/poll/voting.ts";
import { StoreError } from "../../src/bot/store/errors.ts";
import { openConfiguredStore } from "../../src/bot/store/open-store.ts";
import { botRig } from "../../tests/bot/bot-rig.ts";
import { newPlace, randomFrom, report, spread } from "./soak.ts";

const PEOPLE = 60;
const [restarts = "10", seed = "1"] = process.argv.slice(2).filter((word) => word !== "--keep");
const random = randomFrom(Number(seed));
const place = await newPlace("redis");
const redis = place.redis!;
const { store } = await openConfiguredStore({ dataDirectory: "none", redisUrl: redis.url });
const { services } = botRig({ store });
const choices = Array.from({ length: 1000 }, (_, i) => ({ id: String(i), text: String(i) }));
await openPoll(services, {
  id: "RESTART",
  courseId: "nlp",
  question: "Which?",
  choices,
  show: "closed",
  openedBy: "teacher",
  channels: [{ platform: "discord", id: "d1" }],
});
const last = new Map<string, { acknowledged?: string; uncertain: string[] }>();
const refused: Record<string, number> = {};
const backMs: number[] = [];
let acknowledged = 0;
let isOver = false;
let downSince = 0;
const people = Array.from({ length: PEOPLE }, async (_, i) => {
  const person = { id: `p${i}` };
  const own: { acknowledged?: string; uncertain: string[] } = { uncertain: [] };
  last.set(person.id, own);
  for (let at = 1; !isOver; at++) {
    const choice = String(Math.floor(random() * 1000));
    try {
      await castVote(store, { courseId: "nlp", pollId: "RESTART", person, at, choices: [choice] });
      own.acknowledged = choice;
      own.uncertain = [];
      acknowledged++;
      if (downSince > 0) {
        backMs.push(performance.now() - downSince);
        downSince = 0;
      }
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      refused[error.code] = (refused[error.code] ?? 0) + 1;
      if (error.code === "store-uncertain") own.uncertain.push(choice);
      await delay(20);
    }
  }
});
for (let i = 0; i < Number(restarts); i++) {
  await delay(200 + random() * 600);
  await redis.kill();
  await delay(random() * 800);
  await redis.start();
  downSince = performance.now();
}
await delay(2_000);
isOver = true;
await Promise.all(people);
const lost: string[] = [];
for (const [id, own] of last) {
  const stored = (await voteRecords(store).get(`nlp/RESTART/1/${id}`))?.choices[0];
  if (stored !== own.acknowledged && !own.uncertain.includes(stored ?? "")) {
    lost.push(`${id}: acknowledged ${own.acknowledged}, stored ${stored}`);
  }
}
await store.close();
report("redis-restart", {
  what: `${PEOPLE} people vote without a pause while Redis is killed (SIGKILL) and started again`,
  seed: Number(seed),
  restarts: Number(restarts),
  acknowledgedVotes: acknowledged,
  refused,
  firstVoteAfterRestartMs: spread(backMs),
  lost,
});
await place.remove();
process.exit(lost.length === 0 ? 0 : 1);
