import type { Card, Modal } from "./cards/card.ts";

export type PlatformName = "discord" | "slack" | "web" | "cli";
export type Role = "student" | "assistant" | "teacher";

/** An account on one platform: a Discord user id, a Slack user id, a web sign-in. */
export interface Account {
  readonly platform: PlatformName;
  readonly id: string;
  readonly displayName: string;
}

/** A person of a course: several accounts joined by the roster are one person. */
export interface Person {
  /** Stable and unique over all platforms. Activities count these, never accounts. */
  readonly id: string;
  readonly displayName: string;
  readonly role: Role;
  /** A web joiner who has not linked an account; whether guests' votes count is the teacher's setting. */
  readonly guest: boolean;
  readonly account: Account;
}

/** A channel of one platform. */
export interface ChannelRef {
  readonly platform: PlatformName;
  readonly id: string;
}

/** A message that the bot has posted, enough to change it later, also after a restart. */
export interface MessageRef {
  readonly channel: ChannelRef;
  readonly id: string;
}

export interface Place {
  readonly channel: ChannelRef;
  readonly channelName: string;
  /** The course the channel belongs to; direct messages belong to the person's course. */
  readonly courseId: string;
  readonly direct: boolean;
}

/** A slash command, as an adapter understood it. Option values are raw: the dispatcher checks them. */
export interface CommandEvent {
  readonly id: string;
  /** Full name with subcommand, e.g. "review schedule". */
  readonly command: string;
  /** By option name as the user writes it (kebab-case). Strings are parsed by the option's type. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly account: Account;
  /** The role the platform knows (Discord roles, Slack groups, the web's link). The roster may raise it. */
  readonly platformRole: Role;
  readonly channel: ChannelRef;
  readonly channelName: string;
  /** The guild or workspace, where the platform has one. */
  readonly communityId?: string;
  /** The channel that a thread belongs to: what holds for it holds for the thread. */
  readonly parentChannel?: ChannelRef;
  readonly direct: boolean;
  /** The adapter has counted this use against a limit of its own, which stands in for the course's. */
  readonly isCounted?: boolean;
}

/** A pressed button, a chosen select or a submitted modal. */
export interface ActionEvent {
  readonly id: string;
  readonly action: string;
  readonly record: string;
  readonly value?: string;
  /** The chosen values of a select. */
  readonly values?: readonly string[];
  /** The fields of a modal, by id. */
  readonly fields?: Readonly<Record<string, string>>;
  readonly account: Account;
  readonly platformRole: Role;
  readonly channel: ChannelRef;
  readonly channelName: string;
  /** The guild or workspace, where the platform has one. */
  readonly communityId?: string;
  /** The channel that a thread belongs to: what holds for it holds for the thread. */
  readonly parentChannel?: ChannelRef;
  readonly direct: boolean;
  /** The message that holds the button; absent for modals opened from a command. */
  readonly message?: MessageRef;
}

/** Why a reply is an error card; the command line prints it on standard error and exits with 2 (1 for a fault). */
export interface ReplyError {
  readonly code: string;
  readonly message: string;
  /** Cloze's own failure rather than something the person can mend. */
  readonly fault: boolean;
}

/**
 * What a handler yields, one after the other.
 * - `message`: the reply itself. Every further one replaces the one before (a streaming edit); an adapter may
 *   skip states in between but always shows the last. `data` is what `--json` prints.
 * - `private`: a message that only the person sees, beside the reply.
 * - `update`: the message whose button was pressed becomes this card.
 * - `modal`: a form opens. Only as the first reply of something declared `opensModal`.
 */
export type Reply =
  | { readonly kind: "message"; readonly card: Card; readonly data?: unknown; readonly error?: ReplyError }
  | { readonly kind: "private"; readonly card: Card; readonly data?: unknown; readonly error?: ReplyError }
  | { readonly kind: "update"; readonly card: Card }
  | { readonly kind: "modal"; readonly modal: Modal };

export type Replies = AsyncIterable<Reply>;
