/** A class on three platforms at once, each behind its real adapter and its own door; one bot serves them all. */
import pino from "pino";
import type { Adapter } from "../../src/adapters/adapter.ts";
import { withDrawnCharts } from "../../src/adapters/draw-charts.ts";
import { routeMessages } from "../../src/adapters/route-messages.ts";
import type { WebAdapter } from "../../src/adapters/web/adapter.ts";
import type { ChartPictures } from "../../src/bot/charts/picture/chart-pictures.ts";
import { allActions, allCommands } from "../../src/bot/commands/all-commands.ts";
import { createRegistry } from "../../src/bot/commands/registry.ts";
import type { Services } from "../../src/bot/context.ts";
import { configuredCourses } from "../../src/bot/course/configured-courses.ts";
import type { Course } from "../../src/bot/course/courses.ts";
import { createDispatcher, type Dispatcher } from "../../src/bot/dispatcher.ts";
import type { PlatformName } from "../../src/bot/invocation.ts";
import { createRoster } from "../../src/bot/people/store-roster.ts";
import { openMemoryStore } from "../../src/bot/store/open-store.ts";
import type { Store } from "../../src/bot/store/store.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { discordDriver } from "../adapters/discord/discord-driver.ts";
import { slackDriver } from "../adapters/slack/slack-driver.ts";
import { webDriver } from "../adapters/web/web-driver.ts";
import type { Exchange, PlatformUser, RunningPlatform, SeenMessage } from "../contracts/platform-driver.ts";
import { handClock, turns } from "../fakes/hand-clock.ts";
import { watchAnswers } from "./watched-answers.ts";

const DRIVERS = { discord: discordDriver, slack: slackDriver("socket"), web: webDriver } as const;
type ClassPlatform = keyof typeof DRIVERS;
/** Where the class reaches the playground from Discord and Slack. */
export const PLAYGROUND = "https://cloze.example.edu/playground";
export const PLATFORMS = Object.keys(DRIVERS) as ClassPlatform[];
const STEP_MS = 250;
/** Longest that virtual time runs while something is waited for. */
const PATIENCE_MS = 120_000;

export interface Student {
  readonly name: string;
  readonly platform: ClassPlatform;
  readonly user: PlatformUser;
}

export interface Classroom {
  readonly services: Services;
  readonly students: readonly Student[];
  /** Opens everything everywhere, from Discord. */
  readonly teacher: PlatformUser;
  teacherOn(platform: ClassPlatform): PlatformUser;
  /** The ways into the web room. */
  webLinks(): ReturnType<WebAdapter["links"]>;
  readonly logged: readonly Record<string, unknown>[];
  /** The newest message with this text in the course's channel of a platform. */
  newest(platform: ClassPlatform, words: string | RegExp): SeenMessage;
  /** Its text with that of the messages beside it: Slack takes one table a message, so a card may have two. */
  around(platform: ClassPlatform, words: string | RegExp): string;
  /** Turns the clock until `look` returns without throwing, and gives what it returned. */
  eventually<T>(look: () => T): Promise<T>;
  /**
   * Turns the clock until the promise settles: what a platform is sent at its pace may stand before an answer.
   * @param patienceMs Virtual time after which the clock stands still. Default two minutes.
   */
  during<T>(promise: Promise<T>, patienceMs?: number): Promise<T>;
  /** Turns the clock, without waiting for anything. */
  pass(ms: number): Promise<void>;
  /** How many timers are set on it. */
  timers(): number;
  /** Resolves when nothing is on its way any more. */
  quiet(): Promise<void>;
  /** What each exchange told its person alone, once all have been told. */
  told(exchanges: readonly Exchange[]): Promise<SeenMessage[]>;
  stop(): Promise<void>;
}

/**
 * @param kept Where everything is kept; closed at the end. Absent: in memory.
 * @param drawing What draws charts for Discord and Slack; closed at the end. Absent: charts are shown in their words.
 */
export async function openClassroom(
  size: number,
  models: Engine,
  base: Course,
  kept: Store = openMemoryStore(),
  drawing?: ChartPictures,
): Promise<Classroom> {
  const { watched: engine, atRest: modelsAtRest } = watchAnswers(models);
  const { watched: store, atRest: storeAtRest } = watchAnswers(kept);
  const pictures = drawing && watchAnswers(drawing);
  const clock = handClock();
  const logged: Record<string, unknown>[] = [];
  const log = pino({ level: "warn" }, { write: (line: string) => void logged.push(JSON.parse(line)) });
  const adapters = new Map<PlatformName, Adapter>();
  let courses = configuredCourses([{ ...base, channels: [], communities: [] }]);
  const services: Services = {
    engine,
    store,
    clock,
    log,
    messenger: {
      post: (...args) => routeMessages([...adapters.values()]).post(...args),
      update: (...args) => routeMessages([...adapters.values()]).update(...args),
      direct: (...args) => routeMessages([...adapters.values()]).direct(...args),
      openRoom: (...args) => routeMessages([...adapters.values()]).openRoom(...args),
    },
    courses: {
      all: () => courses.all(),
      get: (id) => courses.get(id),
      forChannel: (...args) => courses.forChannel(...args),
    },
    roster: createRoster(store, clock),
    commands: createRegistry(allCommands, allActions),
    playgroundUrl: PLAYGROUND,
  };
  const dispatcher = createDispatcher(services);
  /** What `withDrawnCharts` would start this adapter with. */
  const drawn = (adapter: Adapter, plain: Dispatcher): Promise<Dispatcher> =>
    new Promise((resolve) => {
      const started = { ...adapter, start: async (drawing: Dispatcher) => resolve(drawing) };
      void withDrawnCharts(started, { pictures: pictures!.watched, theme: "light", log }).start(plain);
    });
  const running = {} as Record<ClassPlatform, RunningPlatform>;
  for (const platform of PLATFORMS) {
    running[platform] = await DRIVERS[platform].start({
      clock,
      log,
      async connect(adapter) {
        adapters.set(platform, adapter);
        return pictures && platform !== "web" ? drawn(adapter, dispatcher) : dispatcher;
      },
    });
  }
  courses = configuredCourses([
    { ...base, channels: PLATFORMS.map((platform) => running[platform].channel), communities: [] },
  ]);
  const teacher = running.discord.asUser("teacher", "teacher");
  const students = Array.from({ length: size }, (_, i): Student => {
    const platform = PLATFORMS[i % PLATFORMS.length]!;
    const name = `student-${i + 1}`;
    return { name, platform, user: running[platform].asUser(name) };
  });

  const quiet = async () => {
    await modelsAtRest();
    await storeAtRest();
    await pictures?.atRest();
    await Promise.all(PLATFORMS.map((platform) => running[platform].quiet()));
  };
  async function eventually<T>(look: () => T): Promise<T> {
    for (let spent = 0; ; spent += STEP_MS) {
      await quiet();
      try {
        return look();
      } catch (error) {
        if (spent >= PATIENCE_MS) throw error;
      }
      await clock.advance(STEP_MS);
    }
  }

  function newest(platform: ClassPlatform, words: string | RegExp): SeenMessage {
    const { channel } = running[platform];
    const all = running[platform].channelMessages(channel);
    const found = all.findLast(({ text }) =>
      typeof words === "string" ? text.includes(words) : words.test(text),
    );
    if (found) return found;
    throw new Error(`No message on ${platform} has ${words}; the last is: ${all.at(-1)?.text}`);
  }

  async function during<T>(promise: Promise<T>, patienceMs = PATIENCE_MS): Promise<T> {
    let isDone = false;
    const settled = promise.finally(() => {
      isDone = true;
    });
    // Handled below, by whoever awaits it.
    settled.catch(() => {});
    for (let spent = 0; !isDone && spent < patienceMs; spent += STEP_MS) {
      await turns(200);
      if (!isDone) await clock.advance(STEP_MS);
    }
    return settled;
  }

  return {
    services,
    students,
    teacher,
    teacherOn: (platform) => running[platform].asUser("teacher", "teacher"),
    webLinks: () => (running.web.adapter as WebAdapter).links(),
    logged,
    newest,
    around(platform, words) {
      const found = newest(platform, words);
      const all = running[platform].channelMessages(running[platform].channel);
      const at = all.findIndex(({ ref }) => ref.id === found.ref.id);
      return all
        .slice(Math.max(0, at - 1), at + 2)
        .map(({ text }) => text)
        .join("\n");
    },
    eventually,
    during,
    quiet,
    pass: (ms) => clock.advance(ms),
    timers: () => clock.pending(),
    told: (exchanges) =>
      eventually(() =>
        exchanges.map((exchange, i) => {
          const message = exchange.privateMessages().at(-1);
          if (message) return message;
          throw new Error(`Exchange ${i} told nothing privately. ${exchange.refusedByPlatform ?? ""}`);
        }),
      ),
    async stop() {
      for (const platform of PLATFORMS) {
        const stopping = running[platform].stop();
        // What waits for the clock while stopping must not hold up the test.
        void clock.advance(10_000);
        await stopping;
      }
      await store.close();
      await drawing?.close();
    },
  };
}
