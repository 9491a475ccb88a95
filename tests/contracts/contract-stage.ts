import pino from "pino";
import type { Adapter } from "../../src/adapters/adapter.ts";
import { allActions, allCommands } from "../../src/bot/commands/all-commands.ts";
import { createRegistry } from "../../src/bot/commands/registry.ts";
import type { Services } from "../../src/bot/context.ts";
import { configuredCourses } from "../../src/bot/course/configured-courses.ts";
import type { Course } from "../../src/bot/course/courses.ts";
import { createDispatcher } from "../../src/bot/dispatcher.ts";
import type { ChannelRef } from "../../src/bot/invocation.ts";
import { createRoster } from "../../src/bot/people/store-roster.ts";
import { openMemoryStore } from "../../src/bot/store/open-store.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { handClock } from "../fakes/hand-clock.ts";
import type { PlatformDriver, RunningPlatform, SeenMessage, TurnableClock } from "./platform-driver.ts";
import { gate, type Stage, testCommands } from "./test-commands.ts";

/** Longest the suite lets virtual time run while it waits for something to be seen. */
const PATIENCE_MS = 30_000;
const STEP_MS = 100;

/** A platform running with the test commands and every real one. */
export interface ContractStage {
  readonly stage: Stage;
  readonly running: RunningPlatform;
  readonly clock: TurnableClock;
  readonly services: () => Services;
  /** From now on only these channels belong to the course. */
  restrict(channels: readonly ChannelRef[]): void;
  /** Turns the clock until `look` returns without throwing, and gives what it returned. */
  eventually<T>(look: () => T): Promise<T>;
  /** Waits until nothing moves any more, then gives what is there: for things that must not appear. */
  calm(): Promise<void>;
  stop(): Promise<void>;
}

const COURSE: Course = {
  id: "contract",
  name: "Contract",
  timeZone: "UTC",
  channels: [],
  communities: [],
  guestsMayVote: true,
  limits: { perPersonPerMinute: 2, perChannelPerMinute: 50 },
};

/** No command that the suite runs asks a model for anything but the list of models, which is empty. */
const noModels = new Proxy({} as Engine, {
  get: (_, name) => () => {
    if (name === "models") return [];
    throw new Error(`The contract suite has no models (${String(name)}).`);
  },
});

export async function openStage(driver: PlatformDriver): Promise<ContractStage> {
  const stage: Stage = { gate: gate(), begun: [], aborted: [] };
  const own = testCommands(stage);
  const ownClock = driver.makeClock?.();
  const clock: TurnableClock = ownClock ?? handClock();
  const store = openMemoryStore();
  const log = pino({ level: "silent" });
  let courses = configuredCourses([COURSE]);
  let services: Services | undefined;

  const connect = async (adapter: Adapter) => {
    services = {
      engine: noModels,
      store,
      clock,
      log,
      messenger: adapter.messenger,
      courses: {
        all: () => courses.all(),
        get: (id) => courses.get(id),
        forChannel: (channel, community) => courses.forChannel(channel, community),
      },
      roster: createRoster(store, clock),
      commands: createRegistry([...own.commands, ...allCommands], [...own.actions, ...allActions]),
    };
    return createDispatcher(services);
  };
  const running = await driver.start({ clock, log, connect });

  return {
    stage,
    running,
    clock,
    services: () => services!,
    restrict(channels) {
      courses = configuredCourses([{ ...COURSE, channels }]);
    },
    async eventually(look) {
      for (let spent = 0; ; spent += STEP_MS) {
        await running.quiet();
        try {
          return look();
        } catch (error) {
          if (spent >= PATIENCE_MS) throw error;
        }
        await clock.advance(STEP_MS);
      }
    },
    async calm() {
      for (let spent = 0; spent < 5_000; spent += STEP_MS) {
        await running.quiet();
        await clock.advance(STEP_MS);
      }
      await running.quiet();
    },
    async stop() {
      stage.gate.open();
      await running.stop();
      await store.close();
      ownClock?.restore();
    },
  };
}

/** All words of some messages, in order. */
export function words(messages: readonly SeenMessage[]): string {
  return messages.map(({ text }) => text).join("\n");
}
