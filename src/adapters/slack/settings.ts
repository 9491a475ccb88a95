import type { PrefixSettings } from "./command-names.ts";

/** How Cloze is connected to one Slack workspace. */
export interface SlackSettings {
  /** Bot User OAuth Token, "xoxb-…". */
  readonly botToken: string;
  readonly connection:
    | {
        readonly mode: "socket";
        /** App-level token with the scope connections:write, "xapp-…". */
        readonly appToken: string;
      }
    | {
        readonly mode: "http";
        readonly signingSecret: string;
        /** Default 127.0.0.1: behind a reverse proxy that speaks HTTPS, as Slack wants. */
        readonly host?: string | undefined;
        /** 0 takes any free one. */
        readonly port: number;
        /** The path that Slack calls. Default "/slack/events". */
        readonly path?: string | undefined;
      };
  readonly commands: PrefixSettings;
  /** Shows growing replies by Slack's stream methods where they apply. Default true. */
  readonly streaming?: boolean | undefined;
  /** Where Slack's Web API is. Default "https://slack.com/api/". */
  readonly apiUrl?: string | undefined;
}

export const DEFAULT_PATH = "/slack/events";
/** Names that Slack or other apps use: Slack's own ones bear the prefix in any case. */
export const DEFAULT_COMMANDS: PrefixSettings = { prefix: "cloze-", prefixed: ["help", "poll"] };

/**
 * How commands are called with a configured prefix: all bear it. Without one, only those bear the usual prefix
 * whose names Slack or other apps use.
 */
export function commandSettings(prefix: string): PrefixSettings {
  return prefix === "" ? DEFAULT_COMMANDS : { prefix, prefixed: "all" };
}
