import pino, { type Logger } from "pino";
import { afterEach } from "vitest";
import type { Adapter } from "../../../src/adapters/adapter.ts";
import { createDiscordAdapter, type DiscordSettings } from "../../../src/adapters/discord/adapter.ts";
import type { Action } from "../../../src/bot/actions.ts";
import { createRegistry } from "../../../src/bot/commands/registry.ts";
import type { AnyCommand } from "../../../src/bot/commands/spec.ts";
import { configuredCourses } from "../../../src/bot/course/configured-courses.ts";
import type { Course } from "../../../src/bot/course/courses.ts";
import { createDispatcher, type Dispatcher } from "../../../src/bot/dispatcher.ts";
import { createRoster } from "../../../src/bot/people/store-roster.ts";
import { openMemoryStore } from "../../../src/bot/store/open-store.ts";
import type { Store } from "../../../src/bot/store/store.ts";
import type { Engine } from "../../../src/engine/engine.ts";
import { loopbackRest } from "../../fakes/discord/client.ts";
import { FakeDiscord, type FakeDiscordOptions } from "../../fakes/discord/fake-discord.ts";
import { type Clock, type HandClock, handClock } from "../../fakes/hand-clock.ts";

const course: Course = {
  id: "nlp",
  name: "Natural Language Processing",
  timeZone: "UTC",
  channels: [],
  communities: [],
  guestsMayVote: true,
  limits: { perPersonPerMinute: 1_000, perChannelPerMinute: 1_000 },
};

const noEngine = new Proxy({} as Engine, {
  get: (_, name) => {
    throw new Error(`These tests run without an engine, and engine.${String(name)} was used.`);
  },
});

export interface BotOptions<C extends Clock> extends Omit<FakeDiscordOptions, "clock"> {
  readonly commands?: readonly AnyCommand[];
  readonly actions?: readonly Action[];
  readonly clock?: C;
  readonly course?: Partial<Course>;
  /** Default: none, and a command that asks for one fails. */
  readonly engine?: Engine;
  readonly settings?: Partial<DiscordSettings>;
  /** Changes the dispatcher, for instance to make it slow. */
  readonly around?: (dispatcher: Dispatcher) => Dispatcher;
  /** Done before the adapter starts. */
  readonly before?: (discord: FakeDiscord) => void;
}

export interface Bot<C extends Clock> {
  readonly discord: FakeDiscord;
  readonly clock: C;
  readonly adapter: Adapter;
  readonly store: Store;
  readonly dispatcher: Dispatcher;
  /** What was logged, as "level: message". */
  readonly logged: readonly string[];
}

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

export function afterwards(cleanup: () => unknown): void {
  cleanups.push(cleanup);
}

/** The real adapter and dispatcher on a loopback Discord; all closed after the test. */
export async function startBot<C extends Clock = HandClock>(options: BotOptions<C> = {}): Promise<Bot<C>> {
  const { commands = [], actions = [], settings, around = (d) => d, before, ...rest } = options;
  const clock = (options.clock ?? handClock()) as C;
  const discord = await FakeDiscord.start({ buckets: "unlimited", ...rest, clock });
  before?.(discord);
  const store = openMemoryStore();
  const adapter = createDiscordAdapter({ token: discord.token, rest: loopbackRest(discord), ...settings });
  const logged: string[] = [];
  const dispatcher = around(
    createDispatcher({
      engine: options.engine ?? noEngine,
      store,
      clock,
      log: lineLog(logged),
      messenger: adapter.messenger,
      courses: configuredCourses([{ ...course, ...options.course }]),
      roster: createRoster(store, clock),
      commands: createRegistry(commands, actions),
    }),
  );
  cleanups.push(
    () => store.close(),
    () => discord.close(),
    () => adapter.stop(0),
  );
  await adapter.start(dispatcher);
  return { discord, clock, adapter, store, dispatcher, logged };
}

function lineLog(lines: string[]): Logger {
  const write = (text: string): void => {
    const { level, msg, err } = JSON.parse(text);
    lines.push(`${pino.levels.labels[level]}: ${msg}${err ? ` (${err.message})` : ""}`);
  };
  return pino({ level: "info" }, { write });
}

/** A place where a handler waits until the test lets it on. */
export function gate(): { readonly passed: Promise<void>; open(): void } {
  let open = (): void => {};
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open: () => open() };
}
