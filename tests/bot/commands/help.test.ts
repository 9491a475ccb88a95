import { afterAll, beforeAll, expect, test } from "vitest";
import { allCommands } from "../../../src/bot/commands/all-commands.ts";
import { createEngine } from "../../../src/engine/create-engine.ts";
import type { Engine } from "../../../src/engine/engine.ts";
import { botRig, COURSE } from "../bot-rig.ts";

let engine: Engine;
beforeAll(() => {
  engine = createEngine();
});
afterAll(() => engine.close());

const overview = async (course = COURSE) =>
  (
    await botRig({ engine, commands: allCommands, courses: [course] })
      .as("anna")
      .command("help")
  ).text;

test("/help tells that the models know little, and whether the course's word list is on", async () => {
  expect(await overview()).toMatch(
    /million parameters\. Small models write fluently and know little.*slurs are kept out of what they write/,
  );
  expect(await overview({ ...COURSE, wordList: false })).toContain("This course has no word list");
});

test("a student is not offered what only teachers may use, and a misspelt name is guessed", async () => {
  expect(await overview()).not.toContain("/roster");
  const bot = botRig({ engine, commands: allCommands });
  expect((await bot.as("prof", "discord", "teacher").command("help")).text).toContain("/roster");
  expect((await bot.as("anna").command("help", { command: "genrate" })).text).toContain("/generate");
});
