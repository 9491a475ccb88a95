import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { createCommandNames } from "../../../src/adapters/slack/command-names.ts";
import { createManifest, manifestYaml, SCOPES } from "../../../src/adapters/slack/manifest.ts";
import { DEFAULT_COMMANDS } from "../../../src/adapters/slack/settings.ts";
import { allCommands } from "../../../src/bot/commands/all-commands.ts";
import { checkManifest } from "../../fakes/slack/manifest.ts";
import { echo } from "./sample-commands.ts";

const names = createCommandNames([...allCommands, echo], DEFAULT_COMMANDS);

describe("the manifest", () => {
  test.each([
    ["Socket Mode", { mode: "socket" as const }],
    ["HTTP", { mode: "http" as const, requestUrl: "https://cloze.example.org/slack/events" }],
  ])("of all commands is accepted by Slack's rules (%s)", (_mode, settings) => {
    const manifest = createManifest(names, { appName: "Cloze", ...settings });
    expect(checkManifest(JSON.parse(JSON.stringify(manifest)))).toEqual([]);
  });

  test("is refused in HTTP mode without a request URL", () => {
    const manifest = createManifest(names, { appName: "Cloze", mode: "http" });
    expect(checkManifest(JSON.parse(JSON.stringify(manifest))).map(({ pointer }) => pointer)).toContain(
      "/settings/interactivity",
    );
  });

  test("declares every command under the name people type, and each message shortcut", () => {
    const { features } = createManifest(names, { appName: "Cloze", mode: "socket" });
    const declared = features.slash_commands.map(({ command }) => command);
    expect(declared).toContain("/generate");
    expect(declared).toContain("/cloze-help");
    expect(declared).not.toContain("/help");
    expect(features.shortcuts?.map(({ name }) => name)).toEqual([
      "Quiz me on this message",
      "Echo this message",
    ]);
  });

  test("asks for exactly the scopes that have a purpose", () => {
    const { oauth_config } = createManifest(names, { appName: "Cloze", mode: "socket" });
    expect(oauth_config.scopes.bot).toEqual(Object.keys(SCOPES));
  });

  test("reads back from YAML as it was", () => {
    const manifest = createManifest(names, { appName: "Cloze", mode: "socket" });
    expect(parse(manifestYaml(manifest))).toEqual(JSON.parse(JSON.stringify(manifest)));
  });
});

describe("command names", () => {
  test("prefixes what Slack keeps to itself, also when the configuration names nothing", () => {
    const bare = createCommandNames(allCommands, { prefix: "nlp-", prefixed: [] });
    expect(bare.typed("help")).toBe("/nlp-help");
    expect(bare.typed("generate")).toBe("/generate");
  });

  test("prefixes everything when asked to", () => {
    const all = createCommandNames(allCommands, { prefix: "nlp-", prefixed: "all" });
    expect([...all.slash.keys()].every((name) => name.startsWith("/nlp-"))).toBe(true);
  });

  test("renames commands in text, and nothing that only looks like one", () => {
    expect(
      names.rename("See /help, (/poll) or /generate; not a/help, /helpers, /help/me or http://x/help"),
    ).toBe("See /cloze-help, (/cloze-poll) or /generate; not a/help, /helpers, /help/me or http://x/help");
  });
});
