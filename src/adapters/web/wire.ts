import type {
  BarsBlock,
  Button,
  Card,
  FileBlock,
  Modal,
  PictureBlock,
  Block as ServerBlock,
} from "../../bot/cards/card.ts";
import type { Choice } from "../../bot/commands/spec.ts";
import type { Role } from "../../bot/invocation.ts";

/** What server and browser say to each other: JSON over HTTP, and server-sent events. Types only. */

export interface WireChannel {
  readonly id: string;
  readonly name: string;
  /** "direct": this person and Cloze. "room": opened for a few people. */
  readonly kind: "channel" | "direct" | "room";
}

export interface WirePerson {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
}

/** A card whose bytes have become addresses of files on this server. */
export type WireCard = Omit<Card, "blocks"> & { readonly blocks: readonly WireBlock[] };
export type WireBlock = Exclude<ServerBlock, PictureBlock | FileBlock> | WirePicture | WireFile;
export type WireBars = BarsBlock;

export interface WirePicture {
  readonly type: "picture";
  readonly src: string;
  readonly fileName: string;
  readonly alt: string;
}

export interface WireFile {
  readonly type: "file";
  readonly href: string;
  readonly fileName: string;
  readonly mediaType: string;
  readonly sizeBytes: number;
  readonly alt?: string;
}

/**
 * A message as it stands. Every change is sent as the whole message with a new `seq`; the newest one counts.
 */
export interface WireMessage {
  /** Sorts by time of posting. */
  readonly id: string;
  readonly channel: string;
  /** Number of its last change, increasing over the whole classroom; the id of the event that brings it. */
  readonly seq: number;
  /** When it was posted, milliseconds since the Unix epoch. */
  readonly postedAt: number;
  /** Who wrote it; absent: Cloze. */
  readonly author?: WirePerson;
  /** A person's words. */
  readonly text?: string;
  readonly card?: WireCard;
  /** Who asked for this reply, and what they typed. */
  readonly asked?: { readonly by: WirePerson; readonly command?: string };
  /** Only this person sees it. */
  readonly private?: boolean;
  /** Stands below this message (the answer to a pressed button). */
  readonly under?: string;
  /** "stopped" by a person, "interrupted" by a restart; "gone": taken back, nothing of it is shown. */
  readonly state: "working" | "done" | "stopped" | "interrupted" | "gone";
}

export type WireEvent =
  | { readonly type: "message"; readonly message: WireMessage }
  | { readonly type: "channel"; readonly channel: WireChannel }
  /** Everything missed has been sent; what follows happens now. */
  | { readonly type: "caught-up" }
  | { readonly type: "people"; readonly here: number }
  /** The teacher has chosen something else for the room's screen. */
  | { readonly type: "screen" };

/** Who is asking, and what the page needs before the first event. */
export interface WireRoom {
  readonly me: WirePerson;
  readonly courseName: string;
  readonly version: string;
  readonly commands: readonly WireCommand[];
}

export interface WireCommand {
  readonly name: string;
  readonly description: string;
  readonly help?: string;
  readonly examples: readonly string[];
  readonly visibility: "channel" | "private";
  readonly options: readonly WireOption[];
}

export interface WireOption {
  readonly name: string;
  readonly type: "string" | "integer" | "number" | "boolean" | "user" | "channel";
  readonly description: string;
  /** What it takes, in words. */
  readonly allowed: string;
  readonly required: boolean;
  readonly advanced: boolean;
  readonly main: boolean;
  readonly multiline: boolean;
  /** Its text may be taken from a file. */
  readonly file: boolean;
  /** The server suggests values while one types. */
  readonly suggests: boolean;
  readonly choices?: readonly Choice<string | number>[];
  readonly default?: string | number | boolean;
  readonly min?: number;
  readonly max?: number;
  readonly maxLength?: number;
}

/** A request's own id, made by the browser: the same id sent again is answered again, not done again. */
interface Sent {
  readonly request: string;
  readonly channel: string;
}

/** Words, or a slash command as typed. */
export interface SaidRequest extends Sent {
  readonly text: string;
}

/** A command from a form. */
export interface CommandRequest extends Sent {
  readonly command: string;
  /** By kebab-case name; people and channels by id. */
  readonly options: Readonly<Record<string, string>>;
}

export interface ActionRequest extends Sent {
  readonly message?: string;
  readonly action: string;
  readonly record: string;
  readonly value?: string;
  readonly values?: readonly string[];
  readonly fields?: Readonly<Record<string, string>>;
}

export interface SuggestRequest {
  readonly channel: string;
  readonly command: string;
  readonly option: string;
  readonly typed: string;
}

export interface WireError {
  readonly code: string;
  readonly message: string;
}

/** What a request leads to at once; what follows arrives as events. */
export interface Outcome {
  /** The message that shows the reply, when there is one already. */
  readonly message?: string;
  readonly modal?: Modal;
  /** Why nothing was done. */
  readonly refused?: WireError;
}

/** What the teacher shows to let others in. */
export interface WireInvitation {
  readonly code: string;
  /** Links for students, the best one first. */
  readonly links: readonly string[];
  /** For teaching assistants; only the teacher sees it. */
  readonly assistantLink?: string;
}

/** What the room's screen shows: the newest activity (or the way in, when none runs), or what was chosen. */
export type WireShown =
  | { readonly on: "auto" }
  | { readonly on: "join" }
  | { readonly on: "activity"; readonly id: string }
  | { readonly on: "message"; readonly id: string };

/** An activity of the class, as `ClassActivity` of the bot. Times are the server's. */
export interface WireActivity {
  readonly id: string;
  readonly running: boolean;
  readonly startedAt: number;
  readonly endsAt?: number;
  readonly question: string;
  readonly choices: readonly string[];
  readonly answers: number;
  readonly card: WireCard;
  readonly controls: readonly Button[];
  /** The channel here in which its buttons are pressed, and its message there, where it has one. */
  readonly channel: string;
  readonly message?: string;
}

/** Everything the room's screen and the teacher's control view show. */
export interface WireScreen {
  /** The server's clock, in milliseconds; timers count from it. */
  readonly now: number;
  readonly shown: WireShown;
  /** The newest first. */
  readonly activities: readonly WireActivity[];
  /** The message that is shown, if one is. */
  readonly message?: WireMessage;
  readonly code: string;
  /** The address students open. */
  readonly link: string;
}

/** A question of the course's bank, for browsing. */
export interface WireItem {
  readonly id: string;
  readonly kind: string;
  readonly question: string;
  readonly objectives: readonly string[];
  readonly choices: readonly { readonly text: string; readonly right: boolean }[];
  /** What is right, where it is no choice. */
  readonly answer?: string;
  readonly explanation?: string;
  readonly source: string;
}

export interface WireBank {
  readonly title: string;
  readonly objectives: readonly { readonly id: string; readonly name: string }[];
  readonly items: readonly WireItem[];
  /** How many problems the course's files have; /course check tells them. */
  readonly problems: number;
}

/** What a demonstration found: the data that the command line prints with --json. */
export interface WireRun {
  readonly data: unknown;
}
