/** The bot without a platform: the real dispatcher, store, roster and commands; what it posts is kept here. */
import pino from "pino";
import type { Action } from "../../src/bot/actions.ts";
import { type Block, type Card, plainText } from "../../src/bot/cards/card.ts";
import { createRegistry } from "../../src/bot/commands/registry.ts";
import type { AnyCommand } from "../../src/bot/commands/spec.ts";
import type { Services } from "../../src/bot/context.ts";
import { configuredCourses } from "../../src/bot/course/configured-courses.ts";
import type { Course } from "../../src/bot/course/courses.ts";
import { createDispatcher, type Dispatcher, type Prepared } from "../../src/bot/dispatcher.ts";
import type { Account, ChannelRef, MessageRef, PlatformName, Reply, Role } from "../../src/bot/invocation.ts";
import type { Messenger } from "../../src/bot/messenger.ts";
import { createRoster } from "../../src/bot/people/store-roster.ts";
import { openMemoryStore } from "../../src/bot/store/open-store.ts";
import type { Store } from "../../src/bot/store/store.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { type HandClock, handClock } from "../fakes/hand-clock.ts";

export const COURSE: Course = {
  id: "nlp",
  name: "NLP",
  timeZone: "Europe/Berlin",
  channels: [
    { platform: "discord", id: "d1" },
    { platform: "slack", id: "s1" },
    { platform: "web", id: "w1" },
  ],
  communities: [],
  guestsMayVote: true,
  limits: { perPersonPerMinute: 4, perChannelPerMinute: 6 },
};
const CHANNEL: Record<PlatformName, ChannelRef> = {
  discord: { platform: "discord", id: "d1" },
  slack: { platform: "slack", id: "s1" },
  web: { platform: "web", id: "w1" },
  cli: { platform: "cli", id: "cli" },
};

export interface BotRig {
  readonly services: Services;
  readonly dispatcher: Dispatcher;
  readonly clock: HandClock;
  readonly posts: readonly Post[];
  /** Everything that was logged, as pino wrote it. */
  readonly logged: readonly Record<string, unknown>[];
  as(name: string, platform?: PlatformName, role?: Role): Person;
  /** A new process on the same store; posts stay. */
  restart(): BotRig;
}

export interface Post {
  readonly ref: MessageRef;
  card: Card;
  edits: number;
}

export interface Person {
  readonly account: Account;
  command(name: string, options?: Record<string, unknown>, at?: Partial<EventPlace>): Promise<Outcome>;
  press(action: string, record: string, value?: string, at?: Partial<EventPlace>): Promise<Outcome>;
}

interface EventPlace {
  channel: ChannelRef;
  communityId: string;
  parentChannel: ChannelRef;
  direct: boolean;
  isCounted: boolean;
  fields: Record<string, string>;
  values: readonly string[];
}

/** What came of an event; `text` is all words of the last reply's card. */
export interface Outcome {
  readonly prepared: Prepared;
  readonly replies: readonly Reply[];
  readonly card: Card | undefined;
  readonly text: string;
  /** The stable code of a refusal or failure. */
  readonly code: string | undefined;
}

export interface RigOptions {
  readonly commands?: readonly AnyCommand[];
  readonly actions?: readonly Action[];
  readonly courses?: readonly [Course, ...Course[]];
  readonly store?: Store;
  readonly clock?: HandClock;
  readonly posts?: Post[];
  /** Absent: whatever asks a model fails and says so. */
  readonly engine?: Engine;
  readonly openRoom?: Messenger["openRoom"];
  /** Called before a message is posted or updated; may wait or throw. */
  readonly onSend?: (channel: ChannelRef) => Promise<void> | void;
}

const noEngine = new Proxy({} as Engine, {
  get: (_, name) => () => {
    throw new Error(`This test has no engine (${String(name)}).`);
  },
});

export function botRig(options: RigOptions = {}): BotRig {
  const { commands = [], actions = [], courses = [COURSE], onSend } = options;
  const { store = openMemoryStore(), clock = handClock(), posts = [] } = options;
  const logged: Record<string, unknown>[] = [];
  const messenger: Messenger = {
    async post(channel, card) {
      await onSend?.(channel);
      const ref = { channel, id: `m${posts.length + 1}` };
      posts.push({ ref, card, edits: 0 });
      return ref;
    },
    async update(message, card) {
      await onSend?.(message.channel);
      const post = posts.find(({ ref }) => ref.id === message.id);
      if (!post) throw new Error(`There is no message ${message.id}.`);
      post.card = card;
      post.edits++;
    },
    direct: (account, card) => messenger.post({ platform: account.platform, id: `dm-${account.id}` }, card),
    openRoom:
      options.openRoom ?? (() => Promise.reject(new Error("This test did not say how rooms are opened."))),
  };
  const services: Services = {
    engine: options.engine ?? noEngine,
    store,
    clock,
    log: pino({ level: "info" }, { write: (line: string) => void logged.push(JSON.parse(line)) }),
    messenger,
    courses: configuredCourses(courses),
    roster: createRoster(store, clock),
    commands: createRegistry(commands, actions),
  };
  const dispatcher = createDispatcher(services);
  let events = 0;

  async function outcome(preparing: Promise<Prepared>): Promise<Outcome> {
    const prepared = await preparing;
    const replies: Reply[] = [];
    if (prepared.kind === "ready") {
      for await (const reply of prepared.run(new AbortController().signal)) replies.push(reply);
    }
    const last = replies.at(-1);
    const card = prepared.kind === "refused" ? prepared.card : last && "card" in last ? last.card : undefined;
    const error =
      prepared.kind === "refused" ? prepared.error : last && "error" in last ? last.error : undefined;
    return { prepared, replies, card, text: card ? cardText(card) : "", code: error?.code };
  }

  return {
    services,
    dispatcher,
    clock,
    posts,
    logged,
    as(name, platform = "discord", role = "student") {
      const account: Account = { platform, id: name, displayName: name };
      const event = ({ channel = CHANNEL[platform], direct = false, ...rest }: Partial<EventPlace>) => ({
        id: `e${events++}`,
        account,
        platformRole: role,
        channel,
        channelName: "general",
        direct,
        ...rest,
      });
      return {
        account,
        command: (command, given = {}, at = {}) =>
          outcome(dispatcher.command({ ...event(at), command, options: given })),
        press: (action, record, value, at = {}) =>
          outcome(dispatcher.action({ ...event(at), action, record, ...(value !== undefined && { value }) })),
      };
    },
    restart: () => botRig({ ...options, store, clock, posts }),
  };
}

/** All words of a card in reading order; bars as "label: value (note)"; a chart by its words. */
export function cardText({ title, blocks, footer }: Card): string {
  const words = blocks.map(function wordsOf(block: Block): string {
    switch (block.type) {
      case "text":
      case "quote":
        return plainText(block.text);
      case "list":
        return block.items.map(plainText).join("\n");
      case "fields":
        return block.fields.map(({ name, value }) => `${name}: ${plainText(value)}`).join("\n");
      case "bars":
        return block.bars
          .map(({ label, value, note }) => `${label}: ${value}${note ? ` (${note})` : ""}`)
          .join("\n");
      case "code":
        return block.code;
      case "table":
        return [block.columns.map(({ name }) => name), ...block.rows].map((row) => row.join(" ")).join("\n");
      case "chart":
        return block.inWords.map(wordsOf).join("\n");
      case "progress":
        return `${block.label}: ${block.done} of ${block.total}`;
      default:
        return "";
    }
  });
  return [title, ...words, footer && plainText(footer)].filter(Boolean).join("\n");
}

/** The labels of a card's buttons. */
export function buttons(card: Card | undefined): string[] {
  return (card?.actions ?? []).flatMap((row) =>
    "buttons" in row ? row.buttons.map(({ label }) => label) : [],
  );
}
