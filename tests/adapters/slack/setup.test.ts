import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import { describe, expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import { type SlackSetup, setupSlack } from "../../../src/adapters/slack/setup.ts";
import { checkManifest } from "../../fakes/slack/manifest.ts";
import { slackRig } from "./rig.ts";
import { echo } from "./sample-commands.ts";

async function setUp(over: Partial<SlackSetup> = {}) {
  const directory = await mkdtemp(join(tmpdir(), "cloze-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  const manifestPath = join(directory, "slack-manifest.yaml");
  const lines: string[] = [];
  const setup = { tokens: undefined, commandPrefix: "", manifestPath, ...over };
  await setupSlack(setup, [echo], (line) => lines.push(line), pino({ level: "silent" }));
  return { lines, manifest: parse(await readFile(manifestPath, "utf8")) };
}

describe("cloze setup slack", () => {
  test("without tokens writes the manifest and says where to paste it and what to copy where", async () => {
    const { lines, manifest } = await setUp();
    expect(checkManifest(manifest)).toEqual([]);
    expect(lines[0]).toMatch(/slack-manifest\.yaml has the app's manifest: 1 commands, \d+ scopes\.$/);
    expect(lines.slice(1).join("\n")).toMatch(/From a manifest[\s\S]*SLACK_BOT_TOKEN[\s\S]*SLACK_APP_TOKEN/);
  });

  test("for HTTP mode the manifest names the URL everywhere, and the signing secret is asked for", async () => {
    const requestUrl = "https://cloze.example.org/slack/events";
    const { lines, manifest } = await setUp({ requestUrl });
    expect(checkManifest(manifest)).toEqual([]);
    expect(JSON.stringify(manifest).split(requestUrl).length - 1).toBe(4);
    expect(lines.join("\n")).toContain("SLACK_SIGNING_SECRET");
  });

  test("calls commands by the configured prefix", async () => {
    const { manifest } = await setUp({ commandPrefix: "nlp-" });
    expect(manifest.features.slash_commands[0].command).toBe("/nlp-echo");
  });

  test("with tokens names the workspace and each scope that is missing, with what it is for", async () => {
    const { slack } = await slackRig({
      commands: [echo],
      scopes: (all) => all.filter((s) => s !== "files:write"),
    });
    const connection = { mode: "socket" as const, appToken: slack.appToken };
    const tokens = { botToken: slack.botToken, connection };
    const { lines } = await setUp({ tokens, apiUrl: slack.apiUrl });
    expect(lines).toContain('The tokens are right: they belong to the workspace "NLP course".');
    expect(lines).toContain("The scope files:write is missing, for: charts and files.");
    expect(lines.at(-1)).toContain("reinstall the app");
  });

  test("with a wrong token throws one line that says what to set where", async () => {
    const { slack } = await slackRig({ commands: [echo] });
    const connection = { mode: "socket" as const, appToken: slack.appToken };
    await expect(
      setUp({ tokens: { botToken: "xoxb-old", connection }, apiUrl: slack.apiUrl }),
    ).rejects.toMatchObject({ name: "UserError", code: "slack-token-refused" });
  });
});
