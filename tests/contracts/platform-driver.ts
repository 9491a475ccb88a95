/**
 * How the shared suite `adapter.contract.ts` talks to a platform. Each adapter's test implements one driver:
 * it starts the platform (a loopback server with the real client library, a browser-less web server, …) and
 * the real adapter, and plays people by the platform's own door, so that everything passes through what a
 * live platform would send.
 *
 *   // tests/adapters/discord/contract.test.ts
 *   adapterContract(discordDriver);
 *
 * No driver reads the adapter's insides: what people see is read from the platform.
 */
import type { Logger } from "pino";
import type { Adapter } from "../../src/adapters/adapter.ts";
import type { Dispatcher } from "../../src/bot/dispatcher.ts";
import type { Account, ChannelRef, MessageRef, PlatformName, Role } from "../../src/bot/invocation.ts";
import type { HandClock } from "../fakes/hand-clock.ts";

export interface PlatformDriver {
  readonly platform: PlatformName;
  start(setup: DriverSetup): Promise<RunningPlatform>;
  /**
   * A clock of the driver's own, where a hand clock is not enough: one that also turns the timers of a client
   * library. The suite restores it after each test.
   */
  readonly makeClock?: () => TurnableClock & { restore(): void };
}

/** A clock turned by the test. */
export type TurnableClock = Pick<HandClock, "now" | "after" | "advance">;

export interface DriverSetup {
  /** For the adapter and for the fake platform: nothing reads the machine's time. */
  readonly clock: TurnableClock;
  readonly log: Logger;
  /**
   * Gives the dispatcher for an adapter that has been made and not yet started. The suite builds services,
   * store and roster around it, with the adapter's messenger in them. To be used as
   * `await adapter.start(await setup.connect(adapter))`, also for the adapter made by `restart`.
   */
  connect(adapter: Adapter): Promise<Dispatcher>;
}

export interface RunningPlatform {
  /** The adapter running now; another one after `restart`. */
  readonly adapter: Adapter;
  /** The channel commands go to; and a second one of the same community. */
  readonly channel: ChannelRef;
  readonly otherChannel: ChannelRef;
  /**
   * A person with an account. The same id is the same account. The role is given as the platform gives it:
   * a Discord role, a Slack user group, the teacher's link of the web room.
   */
  asUser(id: string, role?: Role): PlatformUser;
  /** Everything in a channel that everybody there sees, in order, as it stands now. */
  channelMessages(channel: ChannelRef): readonly SeenMessage[];
  /** The direct messages an account has received from the bot. */
  directMessages(account: Account): readonly SeenMessage[];
  /** The full names of the commands that the platform offers to people, as it has them from the adapter. */
  offered(): Promise<readonly string[]>;
  /**
   * Lets everything that is on its way arrive: resolves when no request of the adapter is unanswered and no
   * event of the platform undelivered. Does not turn the clock.
   */
  quiet(): Promise<void>;
  /** Stops the adapter at once and starts a new one on the same platform, whose messages stay. */
  restart(): Promise<void>;
  /** Ends everything, also when the adapter has been stopped before. */
  stop(): Promise<void>;
}

export interface PlatformUser {
  readonly account: Account;
  /**
   * Uses a command. Resolves when the platform has its acknowledgement (or has refused the options itself).
   * @param options By kebab-case name, as a person gives them; the driver writes them the platform's way
   *   (typed options, `name:value` text, form fields).
   */
  command(
    name: string,
    options?: Readonly<Record<string, string | number | boolean>>,
    at?: Where,
  ): Promise<Exchange>;
  /** Presses the button with this label. Throws when the message shows none. */
  press(message: SeenMessage, label: string): Promise<Exchange>;
  /**
   * Sends a press that the message does not show: a forged or an outdated one.
   */
  pressRaw(
    message: SeenMessage,
    button: { action: string; record: string; value?: string },
  ): Promise<Exchange>;
  /** Chooses in the message's select menu, by the choices' labels. */
  select(message: SeenMessage, labels: readonly string[]): Promise<Exchange>;
  /** What is suggested while an option is typed. Needed where the adapter declares `autocomplete`. */
  autocomplete?(command: string, option: string, typed: string): Promise<readonly string[]>;
  /** Fills in a form that opened and sends it, fields by id. */
  submit(modal: SeenModal, fields: Readonly<Record<string, string>>): Promise<Exchange>;
}

export interface Where {
  readonly channel?: ChannelRef;
}

/** One use of a command, button, select or form, and what came of it. Getters show the present state. */
export interface Exchange {
  /** Clock time from the event to the acknowledgement. */
  readonly ackedAfterMs: number;
  /** What the platform itself said instead of delivering the event, e.g. that an option is out of range. */
  readonly refusedByPlatform?: string;
  /** The reply as everybody in the channel sees it: usually one message, more when it was too long for one. */
  messages(): readonly SeenMessage[];
  /** What only this person sees in answer: ephemeral messages, or a direct message where there are none. */
  privateMessages(): readonly SeenMessage[];
  /** The form that opened for this person. */
  modal(): SeenModal | undefined;
}

/** A message as people see it. */
export interface SeenMessage {
  readonly ref: MessageRef;
  /**
   * All its words in reading order — title, text, fields, code, tables, footer, the text of attached .txt and
   * .md files — after the platform's own markup has been applied: an escaped `\*` reads "*", formatting
   * marks are gone. Zero-width characters (U+200B, U+200C, U+200D, U+2060, U+FEFF), which an adapter may put in
   * to keep text inert, are taken out; direction marks are left in.
   */
  readonly text: string;
  /** Accounts, groups and "everyone" that the message would ping. */
  readonly pings: readonly string[];
  /** Targets of what the platform shows as links, buttons that open an address among them. */
  readonly links: readonly string[];
  /** Runs of text that the platform shows formatted (bold, italic, struck, spoiler, heading …). */
  readonly formatted: readonly string[];
  readonly buttons: readonly { readonly label: string; readonly disabled: boolean }[];
  readonly select?: { readonly labels: readonly string[]; readonly min: number; readonly max: number };
  readonly files: readonly SeenFile[];
}

export interface SeenFile {
  readonly name: string;
  readonly alt: string | undefined;
  readonly bytes: Uint8Array;
}

export interface SeenModal {
  readonly title: string;
  readonly fields: readonly { readonly id: string; readonly label: string; readonly value?: string }[];
}
