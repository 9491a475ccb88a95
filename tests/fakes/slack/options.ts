import type { Clock } from "./clock.ts";

export interface UserOptions {
  /** The handle, e.g. "student-1". The id follows from it. */
  readonly name: string;
  readonly realName?: string;
  readonly deleted?: boolean;
  readonly isBot?: boolean;
  /** An admin of the workspace. */
  readonly admin?: boolean;
}

export interface ChannelOptions {
  readonly name: string;
  readonly private?: boolean;
  /** Handles of members; by default everybody. */
  readonly members?: readonly string[];
  /** Whether the app is a member. Default true. */
  readonly hasApp?: boolean;
}

export interface CommandOptions {
  /** With the leading slash. */
  readonly command: string;
  /** Mentions and channels arrive as `<@U…|name>` and `<#C…|name>`. */
  readonly shouldEscape?: boolean;
}

/** The app as its configuration pages (or its manifest) describe it. */
export interface AppOptions {
  readonly name?: string;
  readonly scopes: readonly string[];
  readonly commands?: readonly CommandOptions[];
  /** Message shortcuts by name and callback id. */
  readonly shortcuts?: readonly { readonly name: string; readonly callbackId: string }[];
  readonly events?: readonly string[];
  readonly homeTab?: boolean;
  readonly messagesTab?: boolean;
  readonly socketMode?: boolean;
  readonly interactivity?: boolean;
}

export interface SlackOptions {
  readonly clock: Clock;
  readonly team?: { readonly name?: string; readonly domain?: string };
  readonly users: readonly UserOptions[];
  readonly channels: readonly ChannelOptions[];
  /** User groups: handle → handles of members. */
  readonly userGroups?: Readonly<Record<string, readonly string[]>>;
  readonly app: AppOptions;
  /** Posts of one moment per channel before chat.postMessage answers 429. Default: see `limits.ts`. */
  readonly postMessageBurst?: number;
  /**
   * How long, in real milliseconds, a wait of the test language goes on before it fails with what was seen
   * instead. Only failing tests ever wait that long. Default 5000.
   */
  readonly patienceMs?: number;
}
