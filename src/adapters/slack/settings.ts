import type { PrefixSettings } from "./command-names.ts";
import type { RoleSettings } from "./people.ts";

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
        readonly host: string;
        /** 0 takes any free one. */
        readonly port: number;
        /** The path that Slack calls. Default "/slack/events". */
        readonly path?: string | undefined;
      };
  readonly commands: PrefixSettings;
  readonly roles: RoleSettings;
  /** Shows growing replies by Slack's stream methods where they apply. Default true. */
  readonly streaming?: boolean | undefined;
  /** Where Slack's Web API is. Default "https://slack.com/api/". */
  readonly apiUrl?: string | undefined;
  /**
   * How long the Socket Mode client waits before it connects again, and for a pong of its heartbeat, in
   * milliseconds. Default 2000.
   */
  readonly reconnectMs?: number | undefined;
}

export const DEFAULT_PATH = "/slack/events";
/** Names that Slack or other apps use: Slack's own ones bear the prefix in any case. */
export const DEFAULT_COMMANDS: PrefixSettings = { prefix: "cloze-", prefixed: ["help", "poll"] };
