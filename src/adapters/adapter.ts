import type { Dispatcher } from "../bot/dispatcher.ts";
import type { PlatformName } from "../bot/invocation.ts";
import type { Messenger } from "../bot/messenger.ts";

/**
 * What a platform can do. Checked at start against what commands need; where something is false, the named
 * fallback is used and said in the log.
 */
export interface Capabilities {
  /** A reply only one person sees. Fallback: a direct message. */
  readonly privateReplies: boolean;
  /** Forms. Fallback: the command's options. */
  readonly modals: boolean;
  /** Rooms for pairs: what they are here. Fallback: the partner is shown privately. */
  readonly rooms: "private thread" | "group conversation" | "web room" | "none";
  readonly files: boolean;
  readonly autocomplete: boolean;
  /** Options one command may have; more travel in `more` (see OptionSpec.advanced). */
  readonly maxOptions: number;
  /** Shortest time between two edits of one message, in milliseconds. */
  readonly editIntervalMs: number;
}

/** One platform: turns its events into command and action events, and cards into its messages. */
export interface Adapter {
  readonly platform: PlatformName;
  readonly capabilities: Capabilities;
  readonly messenger: Messenger;
  /** Connects and begins to pass events to the dispatcher. Throws UserError with what to set where. */
  start(dispatcher: Dispatcher): Promise<void>;
  /**
   * Takes no new work, lets running replies finish until `graceMs` have passed, marks the rest as
   * interrupted, disconnects.
   */
  stop(graceMs: number): Promise<void>;
}
