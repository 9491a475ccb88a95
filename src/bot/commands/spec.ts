import type { Context } from "../context.ts";
import type { Account, ChannelRef, Person, Place, Replies, Role } from "../invocation.ts";

/** What every option has. */
interface OptionBase {
  /** One line, at most 100 characters (Discord's limit). */
  readonly description: string;
  readonly required?: boolean;
  /**
   * Rarely needed. Where a platform allows fewer options than a command has (Discord: 25), these travel in
   * one text option named `more`, written as `name:value name:"two words"`.
   */
  readonly advanced?: boolean;
}

export interface Choice<T> {
  readonly name: string;
  readonly value: T;
}

/** Suggestions while the person types; at most 25 are shown. Called within the platform's 3 seconds. */
export type Autocomplete = (typed: string, context: Context) => Promise<readonly Choice<string>[]>;

export interface StringOption extends OptionBase {
  readonly type: "string";
  /** The option that bare text belongs to, where a platform gives text (Slack, the command line). */
  readonly main?: boolean;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly choices?: readonly Choice<string>[];
  readonly autocomplete?: Autocomplete;
  readonly default?: string;
  /** Shown as a larger field in forms; line breaks are kept. */
  readonly multiline?: boolean;
  /**
   * The text is usually a file's: forms of the web classroom also take the file, and on the command line @path reads it.
   */
  readonly file?: true;
  /** The text is a list with this between its parts; on the command line each bare argument is one part. */
  readonly separator?: "|";
}

export interface NumberOption extends OptionBase {
  readonly type: "integer" | "number";
  readonly min?: number;
  readonly max?: number;
  /** `min` itself is not allowed (e.g. top-p: above 0). */
  readonly aboveMin?: boolean;
  readonly choices?: readonly Choice<number>[];
  readonly default?: number;
}

export interface BooleanOption extends OptionBase {
  readonly type: "boolean";
  readonly default?: boolean;
}

/** Someone else, chosen by the platform's own picker. */
export interface UserOption extends OptionBase {
  readonly type: "user";
}

export interface ChannelOption extends OptionBase {
  readonly type: "channel";
}

export type OptionSpec = StringOption | NumberOption | BooleanOption | UserOption | ChannelOption;
export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

type ValueOf<O extends OptionSpec> = O extends { type: "string" }
  ? string
  : O extends { type: "integer" | "number" }
    ? number
    : O extends { type: "boolean" }
      ? boolean
      : O extends { type: "user" }
        ? Account
        : ChannelRef;

/** The checked values, by option key: present when required or when there is a default. */
export type OptionValues<S extends OptionSpecs> = {
  readonly [K in keyof S]: S[K] extends { required: true } | { default: unknown }
    ? ValueOf<S[K]>
    : ValueOf<S[K]> | undefined;
};

/** What a handler is given. */
export interface Invocation<S extends OptionSpecs = OptionSpecs> {
  readonly id: string;
  readonly options: OptionValues<S>;
  readonly person: Person;
  readonly place: Place;
}

/**
 * How the platform is answered within its 3 seconds.
 * - "instant": the first reply comes at once, without any model work.
 * - "deferred": "working on it" is shown at once, replies follow.
 * - "modal": the first reply is a form; or, where the options say enough, a message that comes as fast.
 */
export type AckPolicy = "instant" | "deferred" | "modal";

export interface CommandSpec<S extends OptionSpecs = OptionSpecs> {
  /** Lower case, at most 32 characters; a subcommand follows after one space: "review schedule". */
  readonly name: string;
  /** One line, at most 100 characters. */
  readonly description: string;
  /** A paragraph for /help: what it shows and when one would use it. */
  readonly help?: string;
  /** Keys are camelCase; people write them in kebab-case. Required options stand first. */
  readonly options: S;
  readonly examples: readonly string[];
  /** The lowest role that may use it. Default "student". */
  readonly role?: Role;
  readonly ack: AckPolicy;
  /** "private": only the person who asked sees the reply. */
  readonly visibility: "channel" | "private";
  /** Costs model time, so the per-person and per-channel limits count it. */
  readonly costly?: boolean;
  /** Platforms that can't offer it, each with the sentence that says why and what to do instead. */
  readonly unavailable?: Partial<Record<Account["platform"], string>>;
  /** Also offered on a message's context menu under this label (Discord, Slack); the message's text fills `main`. */
  readonly contextMenu?: string;
}

export interface Command<S extends OptionSpecs = OptionSpecs> extends CommandSpec<S> {
  readonly run: (invocation: Invocation<S>, context: Context) => Replies;
}

/** A command whose option types are forgotten, as registries and adapters hold it. */
// biome-ignore lint/suspicious/noExplicitAny: the handler's option types can't be kept in a list of different commands
export type AnyCommand = Command<any>;

/** Declares a command; the option types of `run` follow from `options`. */
export function defineCommand<const S extends OptionSpecs>(command: Command<S>): Command<S> {
  return command;
}

/** "maxNewTokens" → "max-new-tokens". */
export function optionName(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
