import { asArray, asObject, asString, type Json } from "./json.ts";
import { LIMITS } from "./limits.ts";

/** What Slack finds wrong in an app manifest. */
export interface ManifestProblem {
  readonly message: string;
  readonly pointer: string;
}

const TOP_LEVEL = ["_metadata", "display_information", "features", "oauth_config", "settings", "functions"];

/** Checks an app manifest's lengths, counts and cross-references. An empty list means nothing is wrong. */
export function checkManifest(manifest: Json): ManifestProblem[] {
  const problems: ManifestProblem[] = [];
  const say = (pointer: string, message: string) => problems.push({ pointer, message });
  const text = (value: unknown, pointer: string, max: number, required = false) => {
    if (value === undefined && !required) return;
    if (typeof value !== "string" || value.length === 0) say(pointer, "must be a non-empty string");
    else if (value.length > max) say(pointer, `must be less than ${max + 1} characters`);
  };
  const list = (value: unknown, pointer: string, max: number) => {
    const items = asArray(value);
    if (items.length > max) say(pointer, `no more than ${max} items allowed`);
    return items.map((item, index) => [asObject(item), `${pointer}/${index}`, item] as const);
  };

  for (const name of Object.keys(manifest)) {
    if (!TOP_LEVEL.includes(name)) say(`/${name}`, `invalid additional property: ${name}`);
  }
  const display = asObject(manifest.display_information);
  text(display.name, "/display_information/name", LIMITS.manifest.name, true);
  text(display.description, "/display_information/description", LIMITS.manifest.description);
  const long = display.long_description;
  if (long !== undefined) {
    text(long, "/display_information/long_description", LIMITS.manifest.longDescription.max);
    if (asString(long).length < LIMITS.manifest.longDescription.min) {
      say(
        "/display_information/long_description",
        `must be more than ${LIMITS.manifest.longDescription.min - 1} characters`,
      );
    }
  }
  const color = display.background_color;
  if (color !== undefined && !/^#([0-9a-f]{3}|[0-9a-f]{6})$/i.test(asString(color))) {
    say("/display_information/background_color", "must be a hex color");
  }

  const features = asObject(manifest.features);
  text(asObject(features.bot_user).display_name, "/features/bot_user/display_name", LIMITS.manifest.botName);
  const settings = asObject(manifest.settings);
  const socketMode = settings.socket_mode_enabled === true;
  const commands = new Set<string>();
  for (const [command, at] of list(
    features.slash_commands,
    "/features/slash_commands",
    LIMITS.manifest.commands,
  )) {
    const name = asString(command.command);
    text(command.command, `${at}/command`, LIMITS.manifest.command, true);
    if (!/^\/[a-z0-9_-]+$/.test(name))
      say(`${at}/command`, "must start with / and hold a-z, 0-9, - and _ only");
    if (commands.has(name)) say(`${at}/command`, `command ${name} already exists`);
    commands.add(name);
    text(command.description, `${at}/description`, LIMITS.manifest.commandDescription, true);
    text(command.usage_hint, `${at}/usage_hint`, LIMITS.manifest.usageHint);
    if (!socketMode && command.url === undefined) say(`${at}/url`, "Slash command requires a Request URL");
  }
  for (const [shortcut, at] of list(features.shortcuts, "/features/shortcuts", LIMITS.manifest.shortcuts)) {
    if (shortcut.type !== "message" && shortcut.type !== "global")
      say(`${at}/type`, "must be message or global");
    text(shortcut.name, `${at}/name`, LIMITS.manifest.shortcutName, true);
    text(shortcut.callback_id, `${at}/callback_id`, LIMITS.manifest.callbackId, true);
    text(shortcut.description, `${at}/description`, LIMITS.manifest.shortcutDescription, true);
  }

  const scopes = asArray(asObject(asObject(manifest.oauth_config).scopes).bot);
  list(scopes, "/oauth_config/scopes/bot", LIMITS.manifest.scopes);
  if ((commands.size > 0 || asArray(features.shortcuts).length > 0) && !scopes.includes("commands")) {
    say("/oauth_config/scopes/bot", "Slash commands and shortcuts require the commands scope");
  }
  if (scopes.length > 0 && features.bot_user === undefined)
    say("/features/bot_user", "Bot scopes require a bot user");

  const events = asObject(settings.event_subscriptions);
  const botEvents = list(
    events.bot_events,
    "/settings/event_subscriptions/bot_events",
    LIMITS.manifest.botEvents,
  );
  if (botEvents.length > 0 && !socketMode && events.request_url === undefined) {
    say(
      "/settings/event_subscriptions",
      "Event Subscription requires either Request URL or Socket Mode Enabled",
    );
  }
  for (const [, at, event] of botEvents) {
    const needed = EVENT_SCOPES[asString(event)];
    if (needed === undefined) say(at, `unknown event: ${asString(event)}`);
    else if (needed !== "" && !scopes.includes(needed))
      say(at, `event ${asString(event)} requires the scope ${needed}`);
  }
  const interactivity = asObject(settings.interactivity);
  if (interactivity.is_enabled === true && !socketMode && interactivity.request_url === undefined) {
    say("/settings/interactivity", "Interactivty requires a Request URL");
  }
  return problems;
}

/** Bot events that the fake can send, with the scope each needs. */
const EVENT_SCOPES: Readonly<Record<string, string>> = {
  app_home_opened: "",
  app_mention: "app_mentions:read",
  app_uninstalled: "",
  tokens_revoked: "",
  channel_archive: "channels:read",
  channel_deleted: "channels:read",
  channel_left: "channels:read",
  group_archive: "groups:read",
  group_deleted: "groups:read",
  group_left: "groups:read",
  member_joined_channel: "channels:read",
  member_left_channel: "channels:read",
  "message.channels": "channels:history",
  "message.groups": "groups:history",
  "message.im": "im:history",
  "message.mpim": "mpim:history",
};
