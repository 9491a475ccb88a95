import type { Context } from "./context.ts";
import type { MessageRef, Person, Place, Replies, Role } from "./invocation.ts";

/** A pressed button, a chosen select or a submitted modal, with its person resolved. */
export interface ActionInvocation {
  readonly id: string;
  readonly record: string;
  readonly value?: string;
  readonly values?: readonly string[];
  readonly fields?: Readonly<Record<string, string>>;
  readonly person: Person;
  readonly place: Place;
  readonly message?: MessageRef;
}

/**
 * What a button, select or modal does. Its name is part of the ids stored in posted messages, so it never
 * changes once released.
 */
export interface Action {
  /** Two lower-case words with a dot, e.g. "poll.vote"; at most 32 characters. */
  readonly name: string;
  readonly role?: Role;
  /** The first reply is a form; such an action can't be acknowledged before it. */
  readonly opensModal?: boolean;
  /** Whether a plain `message` reply is for the presser only. Default "private". */
  readonly visibility?: "channel" | "private";
  readonly costly?: boolean;
  readonly run: (invocation: ActionInvocation, context: Context) => Replies;
}
