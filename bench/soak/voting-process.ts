/**
 * A process that takes votes as fast as it can and says each acknowledgement, to be killed at any moment.
 * Arguments: data directory, Redis or "", seed. First it says what is stored, then "+ person choice" for each vote.
 */
import { openPoll } from "../../src/bot/activities/poll/open-poll.ts";
import { voteRecords } from "../../src/bot/activities/poll/poll-record.ts";
import { castVote } from "../../src/bot/activities/poll/voting.ts";
import { openConfiguredStore } from "../../src/bot/store/open-store.ts";
import { botRig } from "../../tests/bot/bot-rig.ts";
import { randomFrom } from "./soak.ts";

const PEOPLE = 30;
const [dataDirectory, redisUrl, seed] = process.argv.slice(2) as [string, string, string];
const random = randomFrom(Number(seed));
const { store } = await openConfiguredStore({ dataDirectory, ...(redisUrl ? { redisUrl } : {}) });
const { services } = botRig({ store });
const choices = Array.from({ length: 1000 }, (_, i) => ({ id: String(i), text: String(i) }));
await openPoll(services, {
  id: "KILLED",
  courseId: "nlp",
  question: "Which?",
  choices,
  show: "closed",
  openedBy: "teacher",
  channels: [{ platform: "discord", id: "d1" }],
});
const stored: Record<string, string> = {};
for await (const [key, vote] of voteRecords(store).list("nlp/KILLED/1/")) {
  stored[key.slice("nlp/KILLED/1/".length)] = vote.choices[0]!;
}
process.stdout.write(`${JSON.stringify(stored)}\n`);
for (let at = 1; ; at++) {
  const wave = Array.from({ length: PEOPLE }, (_, i) => ({
    id: `p${i}`,
    choice: `${Math.floor(random() * 1000)}`,
  }));
  await Promise.all(
    wave.map(async ({ id, choice }) => {
      process.stdout.write(`? ${id} ${choice}\n`);
      await castVote(store, { courseId: "nlp", pollId: "KILLED", person: { id }, at, choices: [choice] });
      process.stdout.write(`+ ${id} ${choice}\n`);
    }),
  );
}
