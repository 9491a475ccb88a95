import { createDeliveries } from "./delivery/deliveries.ts";
import type { Transport } from "./delivery/envelope.ts";
import { createHttpMode } from "./delivery/http-mode.ts";
import { eventPayload } from "./delivery/payloads.ts";
import { createResponseUrls } from "./delivery/response-urls.ts";
import { createSocketMode, type SocketMode } from "./delivery/socket-mode.ts";
import { createTriggers, type Triggers } from "./delivery/triggers.ts";
import { startHttpServer } from "./http-server.ts";
import type { Json } from "./json.ts";
import type { AppOptions, SlackOptions, UserOptions } from "./options.ts";
import { type MessageHandle, messageHandle } from "./people/message.ts";
import {
  type PersonAnywhere,
  type PersonInChannel,
  personAnywhere,
  personInChannel,
} from "./people/person.ts";
import type { Services } from "./services.ts";
import { createTimeline, type SeenOf, type Timeline } from "./timeline.ts";
import { createFaults, type Faults } from "./web-api/faults.ts";
import { createRateLimits, type RateLimits } from "./web-api/rate-limits.ts";
import { type Channel, channelNamed, createWorld, newUser, userNamed, type World } from "./world.ts";

/** A channel and what happens to it from outside the app. */
export interface ChannelHandle {
  readonly channel: Channel;
  user(name: string): PersonInChannel;
  /** Somebody writing in a message's thread. */
  thread(ts: string): { user(name: string): PersonInChannel };
  archive(): void;
  delete(): void;
  /** Somebody removes the app from the channel. */
  removeApp(): void;
}

/** A loopback Slack: one workspace with one app installed. */
export interface Slack {
  /** For `clientOptions.slackApiUrl`. */
  readonly apiUrl: string;
  readonly botToken: string;
  readonly appToken: string;
  /** For `apps.manifest.validate`. */
  readonly configToken: string;
  readonly signingSecret: string;
  readonly world: World;
  readonly timeline: Timeline;
  /** The parts, for drivers that play people in ways of their own. */
  readonly services: Services;
  readonly socketMode: SocketMode;
  readonly rateLimits: RateLimits;
  /** For tests that need a trigger id without an interaction. */
  readonly triggers: Triggers;
  /** What goes wrong next. */
  readonly faults: Faults;
  channel(name: string): ChannelHandle;
  user(name: string): PersonAnywhere;
  /** Somebody joins the workspace and its public channels. */
  addUser(options: UserOptions): PersonAnywhere;
  /** The app's pages are changed: commands, shortcuts, events and the like. */
  configure(change: Partial<AppOptions>): void;
  /** A message that is there, on somebody's screen; ephemeral ones included. */
  messageAt(channelId: string, ts: string, user: string): MessageHandle;
  /** The newest message in a channel, on the screen of its first member. */
  message(channelName: string): Promise<MessageHandle>;
  /** Every call of a Web API method so far. */
  calls(method: string): readonly SeenOf<"call">[];
  /** Sends an event to the app, e.g. `{ type: "app_uninstalled" }`. */
  event(event: Json): ReturnType<Services["deliveries"]["event"]>;
  /** Switches to HTTP mode. False when the app does not answer the URL's challenge. */
  useHttp(url: string, wallClock?: () => number): Promise<boolean>;
  /** The same without the challenge, as if the URL had once been verified. */
  forceHttp(url: string, wallClock?: () => number): void;
  /**
   * Resolves when no call is unanswered and no delivery undecided for a while of event-loop turns. Does not
   * turn the clock, so deliveries that the app leaves unanswered are waited for only so long.
   */
  quiet(): Promise<void>;
  close(): Promise<void>;
}

/** Turns of the event loop in which nothing moves before a loopback connection counts as still. */
const QUIET_TURNS = 60;
/** Turns after which a delivery counts as left unanswered. */
const DELIVERY_TURNS = 2_000;
/** Taken at load, so that faked global timers don't stop it. */
const setImmediateOfLoad = globalThis.setImmediate;

export async function startSlack(options: SlackOptions): Promise<Slack> {
  const app: AppOptions = { ...options.app };
  const world = createWorld({ ...options, app });
  const timeline = createTimeline(options.patienceMs ?? 5000);
  const faults = createFaults();
  const rateLimits = createRateLimits(options.clock, options.postMessageBurst);
  let services: Services;
  const { server, origin, open } = await startHttpServer(() => services, faults, rateLimits);
  const socketMode = createSocketMode(world, timeline, () => origin);
  let transport: Transport = socketMode;
  services = {
    world,
    timeline,
    origin,
    socketMode,
    triggers: createTriggers(world),
    responseUrls: createResponseUrls(
      () => origin,
      () => options.clock.now(),
      world.secret,
    ),
    deliveries: createDeliveries(world, timeline, () => transport),
  };
  const event = (body: Json) => services.deliveries.event(eventPayload(world, body), String(body.type));
  const tell = (type: string, channel: Channel) => {
    const named = channel.kind === "private" ? type.replace("channel_", "group_") : type;
    if (app.events?.includes(named)) event({ type: named, channel: channel.id, event_ts: world.ts() });
  };

  return {
    apiUrl: `${origin}/api/`,
    botToken: world.tokens.bot,
    appToken: world.tokens.app,
    configToken: world.tokens.config,
    signingSecret: world.signingSecret,
    world,
    timeline,
    services,
    socketMode,
    rateLimits,
    triggers: services.triggers,
    faults,
    channel(name) {
      const channel = channelNamed(world, name);
      const user = (who: string, threadTs?: string) =>
        personInChannel(services, userNamed(world, who), channel, threadTs);
      return {
        channel,
        user,
        thread: (ts) => ({ user: (who) => user(who, ts) }),
        archive() {
          channel.archived = true;
          tell("channel_archive", channel);
        },
        delete() {
          world.channels.delete(channel.id);
          tell("channel_deleted", channel);
        },
        removeApp() {
          channel.members.delete(world.app.botUserId);
          tell("channel_left", channel);
        },
      };
    },
    user: (name) => personAnywhere(services, userNamed(world, name)),
    addUser(joining) {
      const user = newUser(world.id("U"), joining);
      world.users.set(user.id, user);
      for (const channel of world.channels.values())
        if (channel.kind === "public") channel.members.add(user.id);
      return personAnywhere(services, user);
    },
    configure: (change) => void Object.assign(app, change),
    calls: (method) =>
      timeline.all.filter((seen): seen is SeenOf<"call"> => seen.kind === "call" && seen.method === method),
    event,
    messageAt(channelId, ts, name) {
      const message =
        world.channels.get(channelId)?.messages.find((one) => one.ts === ts) ?? world.ephemerals.get(ts);
      if (!message) throw new Error(`There is no message ${ts} in ${channelId}.`);
      return messageHandle(services, userNamed(world, name), message, timeline.all.length);
    },
    async message(channelName) {
      const channel = channelNamed(world, channelName);
      const index = await timeline.wait(`a message of the app in #${channelName}`, 0, (seen, at) =>
        seen.kind === "message" && seen.message.fromApp && seen.message.channel === channel.id
          ? at
          : undefined,
      );
      const [member] = channel.members;
      const newest = channel.messages.findLast((message) => message.fromApp)!;
      return messageHandle(services, world.users.get(member!)!, newest, index);
    },
    forceHttp(url, wallClock = () => Date.now()) {
      transport = createHttpMode(world, url, wallClock);
    },
    async useHttp(url, wallClock = () => Date.now()) {
      const http = createHttpMode(world, url, wallClock);
      if (!(await http.verifyUrl())) return false;
      transport = http;
      return true;
    },
    async quiet() {
      let still = 0;
      for (let turns = 0; still < QUIET_TURNS; turns++) {
        await new Promise<void>((resolve) => setImmediateOfLoad(resolve));
        // An app that never acknowledges leaves its deliveries open until the clock reaches their deadline.
        const undecided = turns < DELIVERY_TURNS && services.deliveries.open() > 0;
        still = open() === 0 && !undecided ? still + 1 : 0;
      }
    },
    async close() {
      socketMode.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
