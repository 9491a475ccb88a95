import { describe, expect, test } from "vitest";
import { pollActions } from "../../../src/bot/activities/poll/poll-actions.ts";
import { help } from "../../../src/bot/commands/help.ts";
import { poll } from "../../../src/bot/commands/poll.ts";
import { slackRig } from "./rig.ts";

async function started() {
  const rig = await slackRig({ commands: [poll, help], actions: pollActions });
  await rig.start();
  return rig;
}

describe("the home tab", () => {
  test("shows what is on today, and where to begin", async () => {
    const { slack } = await started();
    const empty = await slack.user("ada").openHome();
    expect(empty.text).toMatch(/Today\nNothing is on today\.[\s\S]*\/cloze-help lists what Cloze can do/);
    const teacher = slack.channel("general").user("cleo");
    await teacher.command("/cloze-poll", 'question:"Which one?" choices:yes|no').ephemeral("teacher's view");
    const home = await slack.user("ada").openHome();
    expect(home.text).toContain("Which one?");
  });

  test("votes count from there, and the tab is brought up to date", async () => {
    const { slack } = await started();
    const teacher = slack.channel("general").user("cleo");
    await teacher.command("/cloze-poll", 'question:"Which one?" choices:yes|no').ephemeral("teacher's view");
    const home = await slack.user("ada").openHome();
    expect((await home.press("yes").ephemeral()).text).toContain("You voted yes");
    await slack.quiet();
    expect(home.text).toContain("1 vote so far");
  });
});
