import { GatewayIntentBits as I } from "discord-api-types/v10";
import { channelPayload } from "./payloads.ts";
import { everyoneDefaults } from "./permissions.ts";
import type { ChannelRecord, GuildRecord, UserRecord, World } from "./world.ts";

/** A server with a teacher as its owner and the bot as a member. */
export function addGuild(world: World, name: string): GuildRecord {
  const owner = addUser(world, "owner");
  const id = world.newId();
  const guild: GuildRecord = {
    id,
    name,
    ownerId: owner.id,
    roles: new Map([[id, { id, name: "@everyone", permissions: everyoneDefaults, position: 0 }]]),
    members: new Map([
      [owner.id, new Set()],
      [world.botId, new Set()],
    ]),
  };
  world.guilds.set(id, guild);
  return guild;
}

export function addUser(world: World, name: string): UserRecord {
  const user: UserRecord = { id: world.newId(), name, bot: false, acceptsDirectMessages: true };
  world.users.set(user.id, user);
  return user;
}

export function addTextChannel(world: World, guild: GuildRecord, name: string): ChannelRecord {
  const channel: ChannelRecord = {
    id: world.newId(),
    type: 0,
    name,
    guildId: guild.id,
    parentId: undefined,
    overwrites: [],
    thread: undefined,
    recipientId: undefined,
    messages: new Map(),
  };
  world.channels.set(channel.id, channel);
  world.dispatch("CHANNEL_CREATE", channelPayload(world, channel), I.Guilds);
  return channel;
}

/** The direct messages with a person; made on first use. */
export function openDirectMessages(world: World, userId: string): ChannelRecord {
  const present = [...world.channels.values()].find((c) => c.recipientId === userId);
  if (present) return present;
  const channel: ChannelRecord = {
    id: world.newId(),
    type: 1,
    name: "",
    guildId: undefined,
    parentId: undefined,
    overwrites: [],
    thread: undefined,
    recipientId: userId,
    messages: new Map(),
  };
  world.channels.set(channel.id, channel);
  return channel;
}

/** Deletes a channel with its threads and messages. */
export function removeChannel(world: World, channel: ChannelRecord): void {
  for (const inner of [...world.channels.values()])
    if (inner.parentId === channel.id) removeChannel(world, inner);
  world.channels.delete(channel.id);
  const event = channel.thread ? "THREAD_DELETE" : "CHANNEL_DELETE";
  world.dispatch(event, channelPayload(world, channel), I.Guilds);
  world.happenings.record(`#${channel.name} deleted`);
}
