import type { APIApplicationCommand, APIEmbed, APIMessageTopLevelComponent } from "discord-api-types/v10";
import type { Clock } from "../hand-clock.ts";
import type { Happenings } from "./happenings.ts";
import { snowflakes } from "./ids.ts";

export interface UserRecord {
  id: string;
  name: string;
  bot: boolean;
  /** False when the person has turned off direct messages from the server's members. */
  acceptsDirectMessages: boolean;
}

export interface RoleRecord {
  id: string;
  name: string;
  permissions: bigint;
  position: number;
}

export interface GuildRecord {
  id: string;
  name: string;
  ownerId: string;
  /** Includes @everyone, whose id is the guild's. */
  roles: Map<string, RoleRecord>;
  /** User id → role ids, without @everyone. */
  members: Map<string, Set<string>>;
}

export interface Overwrite {
  id: string;
  kind: "role" | "member";
  allow: bigint;
  deny: bigint;
}

export interface ThreadRecord {
  ownerId: string;
  members: Set<string>;
  archived: boolean;
  locked: boolean;
  invitable: boolean;
  autoArchiveMinutes: number;
}

export interface ChannelRecord {
  id: string;
  type: number;
  name: string;
  guildId: string | undefined;
  parentId: string | undefined;
  overwrites: Overwrite[];
  thread: ThreadRecord | undefined;
  /** For direct messages: the person at the other end. */
  recipientId: string | undefined;
  messages: Map<string, MessageRecord>;
}

export interface AttachmentRecord {
  id: string;
  filename: string;
  /** Alt text. */
  description: string | undefined;
  contentType: string;
  bytes: Uint8Array;
}

/** Who a message would notify, after `allowed_mentions` and permissions. */
export interface Pings {
  everyone: boolean;
  users: string[];
  roles: string[];
}

export interface MessageState {
  content: string;
  embeds: APIEmbed[];
  components: APIMessageTopLevelComponent[];
  attachments: AttachmentRecord[];
  loading: boolean;
}

export interface MessageRecord extends MessageState {
  id: string;
  channelId: string;
  authorId: string;
  type: number;
  flags: number;
  createdAt: number;
  editedAt: number | undefined;
  nonce: string | number | undefined;
  pings: Pings;
  /** The only person who sees it, if it is ephemeral. */
  visibleTo: string | undefined;
  interactionId: string | undefined;
  referenceId: string | undefined;
  /** Every state it has had, the present one last. */
  history: MessageState[];
  deleted: boolean;
}

export interface CommandRecord {
  command: APIApplicationCommand;
  guildId: string | undefined;
}

export interface InteractionRecord {
  id: string;
  token: string;
  /** 2 command, 3 component, 4 autocomplete, 5 modal. */
  type: 2 | 3 | 4 | 5;
  /** For people: "/poll", "button Vote A". */
  label: string;
  userId: string;
  channelId: string;
  createdAt: number;
  data: Record<string, unknown>;
  /** The message whose component was used, also for a modal opened from one. */
  sourceMessageId: string | undefined;
  acknowledgedBy: number | undefined;
  acknowledgedAt: number | undefined;
  originalId: string | undefined;
  followupIds: string[];
  modal: ModalPayload | undefined;
  choices: { name: string; value: string | number }[] | undefined;
  /** What the person's client says when the bot failed them. */
  failure: string | undefined;
}

export interface ModalPayload {
  custom_id: string;
  title: string;
  components: Record<string, unknown>[];
}

/** Sends a gateway event to every session that asked for one of `intents` (0: always sent). */
export type Dispatch = (event: string, data: Record<string, unknown>, intents: number) => void;

/** The state of the platform, as seen from outside any client. */
export interface World {
  clock: Clock;
  happenings: Happenings;
  newId: () => string;
  applicationId: string;
  applicationName: string;
  botId: string;
  token: string;
  /** Privileged intents switched on in the developer portal. */
  privilegedIntents: number;
  users: Map<string, UserRecord>;
  guilds: Map<string, GuildRecord>;
  channels: Map<string, ChannelRecord>;
  commands: Map<string, CommandRecord>;
  interactions: Map<string, InteractionRecord>;
  dispatch: Dispatch;
}

export function createWorld(clock: Clock, happenings: Happenings, token: string): World {
  const newId = snowflakes(clock.now);
  const applicationId = newId();
  const bot: UserRecord = { id: applicationId, name: "cloze", bot: true, acceptsDirectMessages: true };
  return {
    clock,
    happenings,
    newId,
    applicationId,
    applicationName: "Cloze",
    botId: bot.id,
    token,
    privilegedIntents: 0,
    users: new Map([[bot.id, bot]]),
    guilds: new Map(),
    channels: new Map(),
    commands: new Map(),
    interactions: new Map(),
    dispatch: () => {},
  };
}

/** The guild a channel belongs to, if the bot is still a member of it. */
export function botGuild(world: World, channel: ChannelRecord): GuildRecord | undefined {
  const guild = channel.guildId === undefined ? undefined : world.guilds.get(channel.guildId);
  return guild?.members.has(world.botId) ? guild : undefined;
}

export const userName = (world: World, id: string): string => world.users.get(id)?.name ?? `user ${id}`;
