import { stringify } from "yaml";
import { type AnyCommand, type OptionSpec, optionName } from "../../bot/commands/spec.ts";
import type { CommandNames } from "./command-names.ts";

/** Scopes of the bot token, each with what it is for. */
export const SCOPES: Readonly<Record<string, string>> = {
  commands: "slash commands and message shortcuts",
  "chat:write": "replies",
  "channels:read": "names of public channels",
  "groups:read": "names of private channels",
  "im:read": "direct messages",
  "mpim:read": "group conversations",
  "channels:history": "finding a message again after a lost connection, in public channels",
  "groups:history": "the same in private channels",
  "im:history": "the same in direct messages",
  "mpim:history": "the same in group conversations",
  "im:write": "direct messages",
  "mpim:write": "group conversations for pairs",
  "files:write": "charts and files",
  "users:read": "people's names",
  "usergroups:read": "teachers and assistants by user group",
  "team:read": "the workspace's name",
};

/** Events the app is told of. */
export const EVENTS: readonly string[] = [
  "app_home_opened",
  "app_uninstalled",
  "tokens_revoked",
  "channel_archive",
  "channel_left",
  "group_archive",
  "group_left",
];

export interface ManifestSettings {
  readonly appName: string;
  readonly mode: "socket" | "http";
  /** Where Slack calls the app in HTTP mode: https://…/slack/events. */
  readonly requestUrl?: string | undefined;
}

export interface Manifest {
  readonly display_information: object;
  readonly features: {
    readonly slash_commands: readonly { readonly command: string }[];
    readonly shortcuts?: readonly { readonly name: string; readonly callback_id: string }[];
  } & Record<string, unknown>;
  readonly oauth_config: { readonly scopes: { readonly bot: readonly string[] } };
  readonly settings: object;
}

/** The app's configuration as Slack takes it, from the command specs. */
export function createManifest(
  names: CommandNames,
  { appName, mode, requestUrl }: ManifestSettings,
): Manifest {
  const url = mode === "http" && requestUrl !== undefined ? { url: requestUrl } : {};
  const request = mode === "http" && requestUrl !== undefined ? { request_url: requestUrl } : {};
  const shortcuts = [...names.slash.values()].flat().filter(({ contextMenu }) => contextMenu !== undefined);
  return {
    display_information: {
      name: appName,
      description: "Real language models for a course in natural-language processing",
      background_color: "#1f2a44",
    },
    features: {
      app_home: { home_tab_enabled: true, messages_tab_enabled: true, messages_tab_read_only_enabled: false },
      bot_user: { display_name: botName(appName), always_online: true },
      slash_commands: [...names.slash].map(([command, commands]) => ({
        command,
        description: describe(commands),
        ...(usageHint(commands) !== "" && { usage_hint: usageHint(commands) }),
        should_escape: true,
        ...url,
      })),
      ...(shortcuts.length > 0 && {
        shortcuts: shortcuts.map(({ name, contextMenu, description }) => ({
          name: contextMenu!.slice(0, 24),
          type: "message",
          callback_id: SHORTCUT_ID + name,
          description: description.slice(0, 150),
        })),
      }),
    },
    oauth_config: { scopes: { bot: Object.keys(SCOPES) } },
    settings: {
      event_subscriptions: { ...request, bot_events: EVENTS },
      interactivity: {
        is_enabled: true,
        ...request,
        ...(mode === "http" && requestUrl && { message_menu_options_url: requestUrl }),
      },
      org_deploy_enabled: false,
      socket_mode_enabled: mode === "socket",
      token_rotation_enabled: false,
    },
  };
}

/** Marks message shortcuts; the command's name follows. */
export const SHORTCUT_ID = "cloze-shortcut/";

export function manifestYaml(manifest: Manifest): string {
  return stringify(manifest, { lineWidth: 0 });
}

function botName(appName: string): string {
  return appName.toLowerCase().replace(/[^a-z0-9._-]+/g, "-") || "cloze";
}

function describe(commands: readonly AnyCommand[]): string {
  return commands
    .map((command) =>
      subcommand(command) ? `${subcommand(command)}: ${command.description}` : command.description,
    )
    .join("; ")
    .slice(0, 2000);
}

/** `prompt:"…" [strategy:…]`: what is needed first; subcommands by name. */
function usageHint(commands: readonly AnyCommand[]): string {
  const subcommands = commands.map(subcommand).filter((word) => word !== "");
  if (subcommands.length > 0) return subcommands.join(" | ").slice(0, 1000);
  const parts = Object.entries<OptionSpec>(commands[0]?.options ?? {})
    .filter(([, option]) => !option.advanced)
    .map(([key, option]) => {
      const part = `${optionName(key)}:${option.type === "string" && !option.choices ? '"…"' : "…"}`;
      return option.required ? part : `[${part}]`;
    });
  return parts.join(" ").slice(0, 1000);
}

function subcommand({ name }: AnyCommand): string {
  return name.split(" ").slice(1).join(" ");
}
