import { randomBytes } from "node:crypto";
import type { Json } from "./json.ts";
import type { SlackOptions, UserOptions } from "./options.ts";

export interface User {
  readonly id: string;
  readonly name: string;
  readonly realName: string;
  readonly deleted: boolean;
  readonly isBot: boolean;
  readonly admin: boolean;
}

export type ChannelKind = "public" | "private" | "im" | "mpim";

export interface Channel {
  readonly id: string;
  readonly name: string;
  readonly kind: ChannelKind;
  readonly members: Set<string>;
  archived: boolean;
  readonly messages: Message[];
}

export interface Message {
  readonly ts: string;
  readonly channel: string;
  /** The author: the app's bot user, a person, or Slackbot. */
  readonly user: string;
  readonly fromApp: boolean;
  text: string;
  blocks: readonly Json[];
  readonly threadTs?: string;
  metadata?: Json;
  edited?: string;
  readonly files: StoredFile[];
  /** Only this user sees it, and the Web API does not know it. */
  readonly ephemeralFor?: string;
  /** While text is streamed into it. */
  streaming?: boolean;
  /** The task in progress that a stream shows above its text. */
  status?: string | undefined;
  /** Its text is Markdown rather than mrkdwn. */
  markdown?: boolean;
}

export interface StoredFile {
  readonly id: string;
  readonly name: string;
  readonly length: number;
  title?: string;
  altText?: string;
  bytes?: Buffer;
  /** The upload is complete. */
  usable: boolean;
  /** Slack looks at an image before blocks may show it. */
  usableFrom: number;
}

export interface View {
  readonly id: string;
  readonly kind: "modal" | "home";
  readonly user: string;
  readonly rootId: string;
  readonly previousId?: string;
  hash: string;
  content: Json;
  /** What the person has filled in: block id → action id → state value. */
  state: Record<string, Record<string, Json>>;
}

/** Everything a workspace holds. Plain data; the rules live in the modules that change it. */
export interface World {
  readonly options: SlackOptions;
  readonly team: { readonly id: string; readonly name: string; readonly domain: string };
  readonly app: {
    readonly id: string;
    readonly botId: string;
    readonly botUserId: string;
    readonly name: string;
    /** Granted scopes; a test may take one away. */
    readonly scopes: Set<string>;
  };
  readonly tokens: { readonly bot: string; readonly app: string; readonly config: string };
  readonly revoked: Set<string>;
  readonly signingSecret: string;
  readonly users: Map<string, User>;
  readonly channels: Map<string, Channel>;
  readonly ephemerals: Map<string, Message>;
  readonly userGroups: Map<
    string,
    { readonly id: string; readonly handle: string; readonly users: readonly string[] }
  >;
  readonly views: Map<string, View>;
  /** Open modals of a user, root first. */
  readonly modalStacks: Map<string, string[]>;
  readonly homes: Map<string, string>;
  readonly files: Map<string, StoredFile>;
  /** How long a new file stays unusable in blocks. */
  fileProcessingMs: number;
  readonly id: (prefix: string) => string;
  readonly ts: () => string;
  readonly secret: () => string;
}

export function createWorld(options: SlackOptions): World {
  let serial = 0;
  const id = (prefix: string) => `${prefix}${(++serial).toString(36).toUpperCase().padStart(9, "0")}`;
  let lastTs = "";
  let within = 0;
  const ts = () => {
    const now = options.clock.now();
    const seconds = `${Math.floor(now / 1000)}.${String(now % 1000).padStart(3, "0")}`;
    within = seconds === lastTs ? within + 1 : 0;
    lastTs = seconds;
    return `${seconds}${String(within).padStart(3, "0")}`;
  };
  const secret = () => randomBytes(12).toString("hex");
  const name = options.app.name ?? "Cloze";
  const botUserId = id("U");
  const world: World = {
    options,
    team: {
      id: id("T"),
      name: options.team?.name ?? "NLP course",
      domain: options.team?.domain ?? "nlp-course",
    },
    app: { id: id("A"), botId: id("B"), botUserId, name, scopes: new Set(options.app.scopes) },
    tokens: { bot: `xoxb-${secret()}`, app: `xapp-1-${secret()}`, config: `xoxe.xoxp-1-${secret()}` },
    revoked: new Set(),
    signingSecret: secret(),
    users: new Map(),
    channels: new Map(),
    ephemerals: new Map(),
    userGroups: new Map(),
    views: new Map(),
    modalStacks: new Map(),
    homes: new Map(),
    files: new Map(),
    fileProcessingMs: 0,
    id,
    ts,
    secret,
  };
  const addUser = (user: User) => world.users.set(user.id, user);
  addUser({
    id: botUserId,
    name: name.toLowerCase(),
    realName: name,
    deleted: false,
    isBot: true,
    admin: false,
  });
  addUser({
    id: "USLACKBOT",
    name: "slackbot",
    realName: "Slackbot",
    deleted: false,
    isBot: true,
    admin: false,
  });
  for (const user of options.users) addUser(newUser(id("U"), user));
  for (const channel of options.channels) {
    const names = channel.members ?? options.users.map((user) => user.name);
    const members = new Set(names.map((member) => userNamed(world, member).id));
    if (channel.hasApp ?? true) members.add(botUserId);
    addChannel(world, channel.private ? "private" : "public", channel.name, members);
  }
  for (const [handle, names] of Object.entries(options.userGroups ?? {})) {
    const group = { id: id("S"), handle, users: names.map((member) => userNamed(world, member).id) };
    world.userGroups.set(group.id, group);
  }
  return world;
}

export function newUser(id: string, options: UserOptions): User {
  const { name, realName = name, deleted = false, isBot = false, admin = false } = options;
  return { id, name, realName, deleted, isBot, admin };
}

export function addChannel(world: World, kind: ChannelKind, name: string, members: Set<string>): Channel {
  const prefix = { public: "C", private: "G", im: "D", mpim: "G" }[kind];
  const channel: Channel = { id: world.id(prefix), name, kind, members, archived: false, messages: [] };
  world.channels.set(channel.id, channel);
  return channel;
}

export function userNamed(world: World, name: string): User {
  for (const user of world.users.values()) if (user.name === name) return user;
  throw new Error(
    `There is no user "${name}". Users: ${[...world.users.values()].map((user) => user.name).join(", ")}.`,
  );
}

export function channelNamed(world: World, name: string): Channel {
  for (const channel of world.channels.values()) if (channel.name === name) return channel;
  throw new Error(
    `There is no channel "${name}". Channels: ${[...world.channels.values()].map((c) => c.name).join(", ")}.`,
  );
}

/** The direct message channel between a user and the app, made on first use. */
export function directChannel(world: World, userId: string): Channel {
  for (const channel of world.channels.values()) {
    if (channel.kind === "im" && channel.members.has(userId)) return channel;
  }
  return addChannel(world, "im", "directmessage", new Set([userId, world.app.botUserId]));
}

export function findMessage(channel: Channel, ts: string): Message | undefined {
  return channel.messages.find((message) => message.ts === ts);
}
