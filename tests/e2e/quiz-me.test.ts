import { afterAll, expect, test } from "vitest";
import type { Button, Card } from "../../src/bot/cards/card.ts";
import { allActions, allCommands } from "../../src/bot/commands/all-commands.ts";
import { startBot } from "../adapters/discord/discord-bot.ts";
import { slackRig } from "../adapters/slack/rig.ts";
import { classEngine } from "../bot/activities/class-engine.ts";
import { pressOn } from "../bot/activities/press.ts";
import { botRig } from "../bot/bot-rig.ts";

const SAID = "We met at ten. The old lighthouse stands on a cliff above the village.";
const MENU = "Quiz me on this message";

const { engine, close } = classEngine();
afterAll(close);

test("on Discord a message's menu asks about its rarest word, for the person alone", async () => {
  const { discord } = await startBot({ commands: allCommands, actions: allActions, engine });
  const channel = discord.channel("general");
  const said = channel.user("bob").says(SAID);
  const asked = await channel
    .user("ada")
    .contextMenu(MENU, said)
    .ephemeral((message) => message.content.includes("Which word"));
  expect(asked.content).toMatch(/The old .*stands on a cliff above the village\./);
  const labels = asked.buttons.map(({ label }) => label);
  expect(labels).toHaveLength(4);
  expect(labels).toContain("lighthouse");
  const answered = await channel
    .user("ada")
    .press(asked, "lighthouse")
    .ephemeral((message) => message.content.includes("Right"));
  expect(answered.content).toContain("your choice");
});

test("on Slack a message's shortcut does the same", async () => {
  const rig = await slackRig({ commands: allCommands, actions: allActions, engine });
  await rig.start();
  const message = rig.slack.channel("general").user("ben").say(SAID);
  const asked = await message.as("ada").shortcut(MENU).ephemeral();
  expect(asked.text).toContain("Which word stood here?");
});

test("a wrong choice is told with the right one; another word is asked until none is left", async () => {
  const ada = botRig({ engine, commands: allCommands, actions: allActions }).as("ada");
  let { card } = await ada.command("quiz-me", { text: "The old lighthouse stands on a cliff." });
  const told: string[] = [];
  for (;;) {
    const guess = buttonsOf(card)[0]!;
    const answered = await ada.press(guess.action, guess.record, guess.value);
    told.push(/it was “(.+?)”/.exec(answered.text)?.[1] ?? guess.label);
    const again = await pressOn(ada, answered.card, "Another word");
    if (again.code) {
      expect(again.code).toBe("no-cloze-word");
      break;
    }
    card = again.card;
  }
  expect(told).toEqual(["lighthouse", "cliff", "stands"]);
});

test("a text without a sentence is refused with what to choose instead", async () => {
  const ada = botRig({ engine, commands: allCommands, actions: allActions }).as("ada");
  const refused = await ada.command("quiz-me", { text: "ok 👍" });
  expect(refused.code).toBe("no-cloze-word");
  expect(refused.text).toContain("whole sentence");
});

function buttonsOf(card: Card | undefined): readonly Button[] {
  return (card?.actions ?? []).flatMap((row) => ("buttons" in row ? row.buttons : []));
}
