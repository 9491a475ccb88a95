import pino from "pino";
import { expect, test } from "vitest";
import { examineSlack } from "../../../src/adapters/slack/examine.ts";
import { DEFAULT_COMMANDS } from "../../../src/adapters/slack/settings.ts";
import { slackRig } from "./rig.ts";
import { echo } from "./sample-commands.ts";

async function examine(scopes: (all: readonly string[]) => readonly string[], botToken?: string) {
  const { slack } = await slackRig({ commands: [echo], scopes });
  const connection = { mode: "socket" as const, appToken: slack.appToken };
  const settings = {
    botToken: botToken ?? slack.botToken,
    connection,
    commands: DEFAULT_COMMANDS,
    apiUrl: slack.apiUrl,
  };
  const findings = [];
  for await (const finding of examineSlack(settings, pino({ level: "silent" }))) findings.push(finding);
  return findings;
}

test("right tokens with every scope are two lines that say so", async () => {
  expect(await examine((all) => all)).toEqual([
    { level: "ok", message: 'the tokens belong to the workspace "NLP course"' },
    { level: "ok", message: "the app has every scope" },
  ]);
});

test("a scope that is missing is a warning with its purpose and what to do", async () => {
  const [, second] = await examine((all) => all.filter((scope) => scope !== "files:write"));
  expect(second).toMatchObject({
    level: "warning",
    message: expect.stringMatching(/lacks the scope files:write.*charts and files.*reinstall the app/),
  });
});

test("a wrong token is one error that says what to set where", async () => {
  expect(await examine((all) => all, "xoxb-old-token")).toEqual([
    { level: "error", message: expect.stringMatching(/Slack refuses SLACK_BOT_TOKEN.*into \.env/) },
  ]);
});
