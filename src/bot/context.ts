import type { Logger } from "pino";
import type { Engine } from "../engine/engine.ts";
import type { Clock } from "./clock.ts";
import type { CommandRegistry } from "./commands/registry.ts";
import type { Courses } from "./course/courses.ts";
import type { Messenger } from "./messenger.ts";
import type { Roster } from "./people/roster.ts";
import type { Store } from "./store/store.ts";

/** Everything outside itself that the bot uses; wired once in main.ts. */
export interface Services {
  readonly engine: Engine;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
  readonly messenger: Messenger;
  readonly courses: Courses;
  readonly roster: Roster;
  readonly commands: CommandRegistry;
  /** Where people outside the web classroom reach its playground; absent where no public address is configured. */
  readonly playgroundUrl?: string;
}

/** What a handler is given beside its invocation. */
export interface Context extends Services {
  /** Aborted when nobody waits for the reply any more: the message is gone, the process shuts down. */
  readonly signal: AbortSignal;
}
