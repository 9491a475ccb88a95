import pino from "pino";
import type { Adapter } from "../../../src/adapters/adapter.ts";
import { createWebAdapter, type WebAdapter, type WebSettings } from "../../../src/adapters/web/adapter.ts";
import type { Action } from "../../../src/bot/actions.ts";
import { type Clock, systemClock } from "../../../src/bot/clock.ts";
import { createRegistry } from "../../../src/bot/commands/registry.ts";
import type { AnyCommand } from "../../../src/bot/commands/spec.ts";
import type { Course, Courses } from "../../../src/bot/course/courses.ts";
import { createDispatcher, type Dispatcher } from "../../../src/bot/dispatcher.ts";
import { createRoster } from "../../../src/bot/people/store-roster.ts";
import { openMemoryStore } from "../../../src/bot/store/open-store.ts";
import type { Store } from "../../../src/bot/store/store.ts";
import type { Engine } from "../../../src/engine/engine.ts";

const course: Course = {
  id: "nlp",
  name: "Natural Language Processing",
  timeZone: "Europe/Berlin",
  channels: [],
  communities: [],
  guestsMayVote: true,
  limits: { perPersonPerMinute: 1000, perChannelPerMinute: 1000 },
};

const courses: Courses = { all: () => [course], get: () => course, forChannel: () => course };

// The commands of these tests never ask for a model.
const noEngine: Engine = new Proxy({} as Engine, {
  get: (_target, name) => {
    throw new Error(`These tests run without an engine, and engine.${String(name)} was used.`);
  },
});

/** The real dispatcher, roster and store around an adapter, and the given commands. */
export function connectAdapter(
  adapter: Pick<Adapter, "messenger">,
  {
    commands,
    actions = [],
    clock = systemClock,
    store,
  }: { commands: readonly AnyCommand[]; actions?: readonly Action[]; clock?: Clock; store: Store },
): Dispatcher {
  return createDispatcher({
    engine: noEngine,
    store,
    clock,
    log: pino({ level: "silent" }),
    messenger: adapter.messenger,
    courses,
    roster: createRoster(store, clock),
    commands: createRegistry(commands, actions),
  });
}

export interface OpenClassroom {
  readonly adapter: WebAdapter;
  readonly dispatcher: Dispatcher;
  readonly store: Store;
  /** The classroom's address on this machine. */
  readonly url: string;
  readonly teacherLink: string;
  readonly studentLink: string;
  stop(graceMs?: number): Promise<void>;
}

/** A web classroom on a free port. Whoever gives a store closes it. */
export async function openWebClassroom({
  store,
  settings,
  ...rest
}: {
  commands: readonly AnyCommand[];
  actions?: readonly Action[];
  clock?: Clock;
  store?: Store;
  settings?: Partial<WebSettings>;
}): Promise<OpenClassroom> {
  const own = store ?? openMemoryStore();
  const adapter = createWebAdapter({ host: "127.0.0.1", port: 0, channels: ["general", "lab"], ...settings });
  const dispatcher = connectAdapter(adapter, { ...rest, store: own });
  await adapter.start(dispatcher);
  const { students, teacher } = adapter.links();
  return {
    adapter,
    dispatcher,
    store: own,
    url: new URL(students.at(-1)!).origin,
    teacherLink: teacher,
    studentLink: students[0]!,
    async stop(graceMs = 0) {
      await adapter.stop(graceMs);
      if (!store) await own.close();
    },
  };
}
