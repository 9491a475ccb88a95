import { describe, expect, test } from "vitest";
import { client, refusal, setUp } from "./setup.ts";

const manifest = (over: object = {}) => ({
  display_information: { name: "Cloze" },
  features: {
    bot_user: { display_name: "cloze" },
    slash_commands: [{ command: "/generate", description: "Continues a text" }],
  },
  oauth_config: { scopes: { bot: ["commands", "chat:write"] } },
  settings: { socket_mode_enabled: true, interactivity: { is_enabled: true } },
  ...over,
});

async function validate(value: object) {
  const { slack } = await setUp();
  return client(slack, slack.configToken).apiCall("apps.manifest.validate", {
    manifest: JSON.stringify(value),
  });
}

const commands = (...slash_commands: object[]) => ({
  features: { bot_user: { display_name: "a" }, slash_commands },
});
const command = (over: object = {}) => ({ command: "/a", description: "a", ...over });

describe("manifest", () => {
  test("is accepted when everything fits", async () => {
    expect(await validate(manifest())).toMatchObject({ ok: true, errors: [] });
  });

  test.each([
    [
      "a name of 36 characters",
      { display_information: { name: "x".repeat(36) } },
      "/display_information/name",
    ],
    [
      "a description of 141 characters",
      { display_information: { name: "a", description: "x".repeat(141) } },
      "/display_information/description",
    ],
    [
      "a long description of 173 characters",
      { display_information: { name: "a", long_description: "x".repeat(173) } },
      "/display_information/long_description",
    ],
    [
      "51 slash commands",
      commands(...Array.from({ length: 51 }, (_, i) => command({ command: `/c${i}` }))),
      "/features/slash_commands",
    ],
    [
      "a command of 33 characters",
      commands(command({ command: `/${"x".repeat(32)}` })),
      "/features/slash_commands/0/command",
    ],
    [
      "a command with a space",
      commands(command({ command: "/review schedule" })),
      "/features/slash_commands/0/command",
    ],
    ["a command declared twice", commands(command(), command()), "/features/slash_commands/1/command"],
    [
      "a command without a description",
      commands(command({ description: undefined })),
      "/features/slash_commands/0/description",
    ],
    [
      "a usage hint of 1,001 characters",
      commands(command({ usage_hint: "x".repeat(1001) })),
      "/features/slash_commands/0/usage_hint",
    ],
    [
      "commands without their scope",
      { oauth_config: { scopes: { bot: ["chat:write"] } } },
      "/oauth_config/scopes/bot",
    ],
    [
      "events without Socket Mode or a URL",
      { settings: { event_subscriptions: { bot_events: ["app_home_opened"] } } },
      "/settings/event_subscriptions",
    ],
    [
      "an event without its scope",
      { settings: { socket_mode_enabled: true, event_subscriptions: { bot_events: ["message.im"] } } },
      "/settings/event_subscriptions/bot_events/0",
    ],
    ["a part that does not exist", { extras: {} }, "/extras"],
  ])("is refused with %s: invalid_manifest", async (_rule, over, pointer) => {
    const answer = await refusal(validate(manifest(over)));
    expect(answer.error).toBe("invalid_manifest");
    expect((answer.errors as { pointer: string }[]).map((error) => error.pointer)).toContain(pointer);
  });
});
