/** The real Slack adapter over the real Bolt against the loopback Slack, with commands made for the tests. */
import pino from "pino";
import { onTestFinished } from "vitest";
import { createSlackAdapter, type SlackAdapter } from "../../../src/adapters/slack/adapter.ts";
import { createCommandNames } from "../../../src/adapters/slack/command-names.ts";
import { createManifest } from "../../../src/adapters/slack/manifest.ts";
import { DEFAULT_COMMANDS, type SlackSettings } from "../../../src/adapters/slack/settings.ts";
import type { Action } from "../../../src/bot/actions.ts";
import { createRegistry } from "../../../src/bot/commands/registry.ts";
import type { AnyCommand } from "../../../src/bot/commands/spec.ts";
import type { Services } from "../../../src/bot/context.ts";
import { configuredCourses } from "../../../src/bot/course/configured-courses.ts";
import type { Course } from "../../../src/bot/course/courses.ts";
import { createDispatcher, type Dispatcher } from "../../../src/bot/dispatcher.ts";
import { createRoster } from "../../../src/bot/people/store-roster.ts";
import { openMemoryStore } from "../../../src/bot/store/open-store.ts";
import type { Engine } from "../../../src/engine/engine.ts";
import { type HandClock, handClock } from "../../fakes/hand-clock.ts";
import { type Slack, startSlack } from "../../fakes/slack/slack.ts";

export interface RigOptions {
  readonly commands?: readonly AnyCommand[];
  readonly actions?: readonly Action[];
  readonly mode?: "socket" | "http";
  readonly settings?: Partial<SlackSettings>;
  readonly scopes?: (scopes: readonly string[]) => readonly string[];
  readonly course?: Partial<Course>;
  /** Default: none, and a command that asks for one fails. */
  readonly engine?: Engine;
  readonly postMessageBurst?: number;
}

export interface Rig {
  readonly slack: Slack;
  readonly clock: HandClock;
  readonly services: Services;
  readonly dispatcher: Dispatcher;
  /** The adapter running now; another one after `restart`. */
  readonly adapter: SlackAdapter;
  readonly logged: readonly Record<string, unknown>[];
  start(): Promise<void>;
  /** Stops the adapter and starts another one on the same store and workspace. */
  restart(): Promise<void>;
}

export const COURSE: Course = {
  id: "nlp",
  name: "NLP",
  timeZone: "Europe/Berlin",
  channels: [],
  communities: [],
  guestsMayVote: true,
  limits: { perPersonPerMinute: 100, perChannelPerMinute: 500 },
};

/** Not started yet: `start()` connects. Stopped when the test ends. */
export async function slackRig(options: RigOptions = {}): Promise<Rig> {
  const {
    commands = [],
    actions = [],
    mode = "socket",
    settings,
    scopes,
    course,
    postMessageBurst,
  } = options;
  const clock = handClock();
  const registry = createRegistry(commands, actions);
  // The workspace has exactly what the manifest asks for.
  const manifest = createManifest(createCommandNames(commands, settings?.commands ?? DEFAULT_COMMANDS), {
    appName: "Cloze",
    mode: "socket",
  });
  const granted = manifest.oauth_config.scopes.bot;
  const slack = await startSlack({
    clock,
    users: [
      { name: "ada", realName: "Ada" },
      { name: "ben", realName: "Ben" },
      { name: "cleo", realName: "Cleo" },
      { name: "ta", realName: "Toni" },
      { name: "gone", deleted: true },
      ...Array.from({ length: 8 }, (_, i) => ({ name: `extra-${i + 1}` })),
    ],
    channels: [
      { name: "general" },
      { name: "random" },
      { name: "outside", private: true, members: ["ada", "cleo"], hasApp: false },
    ],
    userGroups: { teachers: ["cleo"] },
    ...(postMessageBurst !== undefined && { postMessageBurst }),
    app: {
      scopes: scopes ? scopes(granted) : granted,
      commands: manifest.features.slash_commands.map(({ command }) => ({ command, shouldEscape: true })),
      shortcuts: (manifest.features.shortcuts ?? []).map(({ name, callback_id }) => ({
        name,
        callbackId: callback_id,
      })),
      events: (manifest.settings as { event_subscriptions: { bot_events: string[] } }).event_subscriptions
        .bot_events,
      homeTab: true,
    },
  });
  onTestFinished(() => slack.close());
  const logged: Record<string, unknown>[] = [];
  const store = openMemoryStore();
  const teachers = [...slack.world.userGroups.values()].map(({ id }) => id);
  const resolved: SlackSettings = {
    botToken: slack.botToken,
    connection:
      mode === "socket"
        ? { mode, appToken: slack.appToken }
        : { mode, signingSecret: slack.signingSecret, host: "127.0.0.1", port: 0 },
    commands: DEFAULT_COMMANDS,
    apiUrl: slack.apiUrl,
    ...settings,
  };
  let adapter = createSlackAdapter(resolved);
  const current = () => adapter.messenger;
  const services: Services = {
    engine:
      options.engine ??
      new Proxy({} as Engine, {
        get: (_, name) => () => {
          throw new Error(`The adapter's own tests have no engine (${String(name)}).`);
        },
      }),
    store,
    clock,
    log: pino({ level: "debug" }, { write: (line: string) => void logged.push(JSON.parse(line)) }),
    messenger: {
      post: (...args) => current().post(...args),
      update: (...args) => current().update(...args),
      direct: (...args) => current().direct(...args),
      openRoom: (...args) => current().openRoom(...args),
    },
    courses: configuredCourses([
      {
        ...COURSE,
        roles: { slack: { teacher: teachers, assistant: [slack.user("ta").user.id] } },
        ...course,
      },
    ]),
    roster: createRoster(store, clock),
    commands: registry,
  };
  const dispatcher = createDispatcher(services);
  const stop = async () => {
    const stopping = adapter.stop(0);
    // What waits for the clock while stopping must not hold up the test.
    void clock.advance(10_000);
    await stopping;
  };
  const rig: Rig = {
    slack,
    clock,
    services,
    dispatcher,
    logged,
    get adapter() {
      return adapter;
    },
    async start() {
      await adapter.start(dispatcher);
      if (mode === "http") {
        const ok = await slack.useHttp(`http://127.0.0.1:${adapter.port()}/slack/events`);
        if (!ok) throw new Error("The adapter did not answer the URL's challenge.");
      }
    },
    async restart() {
      await stop();
      adapter = createSlackAdapter(resolved);
      await rig.start();
    },
  };
  onTestFinished(stop);
  return rig;
}
