import { afterAll, beforeAll, expect, test } from "vitest";
import { textCard } from "../../../src/bot/cards/card.ts";
import { defineCommand } from "../../../src/bot/commands/spec.ts";
import { handClock } from "../../fakes/hand-clock.ts";
import { type OpenClassroom, openWebClassroom } from "./web-classroom.ts";
import { joinBy, type WebSession } from "./web-session.ts";

const tree = defineCommand({
  name: "tree",
  description: "Costs a model's work",
  options: { prompt: { type: "string", required: true, description: "What" } },
  examples: ["/tree prompt:a"],
  costly: true,
  ack: "deferred",
  visibility: "channel",
  async *run() {
    yield { kind: "message", card: textCard("grown"), data: { grown: true } };
  },
});
const clock = handClock();
let room: OpenClassroom;
let anna: WebSession;
let ben: WebSession;
beforeAll(async () => {
  room = await openWebClassroom({ commands: [tree], clock });
  const key = new URL(room.studentLink).hash.slice(1);
  anna = await joinBy(() => room.url, key, "Anna");
  ben = await joinBy(() => room.url, key, "Ben");
});
afterAll(() => room.stop());

const run = (person: WebSession) =>
  person.post<object>("/api/playground/run", { command: "tree", options: { prompt: "a" } });

test("twenty runs of the playground a minute, by person; then it says when again", async () => {
  for (let i = 0; i < 20; i++) expect(await run(anna)).toEqual({ data: { grown: true } });
  await expect(run(anna)).rejects.toMatchObject({
    code: "too-fast",
    message: "The playground takes 20 runs a minute from one person. Again in 60 s.",
  });
  expect(await run(ben)).toEqual({ data: { grown: true } });
  await clock.advance(60_000);
  expect(await run(anna)).toEqual({ data: { grown: true } });
});

test("commands that leave something behind are not run from the playground", async () => {
  await expect(
    anna.post("/api/playground/run", { command: "poll", options: { question: "?" } }),
  ).rejects.toMatchObject({ status: 400 });
});
