import { permissionsIn } from "./permissions.ts";
import type { ChannelRecord, GuildRecord, MessageRecord, RoleRecord, UserRecord, World } from "./world.ts";

type Json = Record<string, unknown>;

const iso = (ms: number): string => new Date(ms).toISOString();

export const userPayload = (user: UserRecord): Json => ({
  id: user.id,
  username: user.name,
  global_name: user.bot ? null : user.name,
  discriminator: "0",
  avatar: null,
  bot: user.bot,
  public_flags: 0,
});

/** @param permissions Included in interactions only: the member's permissions in that channel. */
export function memberPayload(
  world: World,
  guild: GuildRecord,
  userId: string,
  options: { user?: boolean; permissions?: bigint } = {},
): Json {
  const user = world.users.get(userId);
  return {
    ...(options.user !== false && user ? { user: userPayload(user) } : {}),
    roles: [...(guild.members.get(userId) ?? [])],
    nick: null,
    avatar: null,
    joined_at: "2026-09-01T08:00:00.000Z",
    premium_since: null,
    deaf: false,
    mute: false,
    flags: 0,
    pending: false,
    communication_disabled_until: null,
    ...(options.permissions === undefined ? {} : { permissions: options.permissions.toString() }),
  };
}

export const rolePayload = (role: RoleRecord): Json => ({
  id: role.id,
  name: role.name,
  color: 0,
  colors: { primary_color: 0, secondary_color: null, tertiary_color: null },
  hoist: false,
  position: role.position,
  permissions: role.permissions.toString(),
  managed: false,
  mentionable: false,
  flags: 0,
});

export function channelPayload(world: World, channel: ChannelRecord): Json {
  const last = [...channel.messages.keys()].at(-1) ?? null;
  if (channel.recipientId !== undefined) {
    const other = world.users.get(channel.recipientId);
    return {
      id: channel.id,
      type: 1,
      last_message_id: last,
      recipients: other ? [userPayload(other)] : [],
      flags: 0,
    };
  }
  const common = {
    id: channel.id,
    type: channel.type,
    guild_id: channel.guildId,
    name: channel.name,
    parent_id: channel.parentId ?? null,
    last_message_id: last,
    rate_limit_per_user: 0,
    flags: 0,
  };
  const { thread } = channel;
  if (!thread)
    return {
      ...common,
      topic: null,
      position: 0,
      nsfw: false,
      permission_overwrites: channel.overwrites.map((o) => ({
        id: o.id,
        type: o.kind === "role" ? 0 : 1,
        allow: o.allow.toString(),
        deny: o.deny.toString(),
      })),
    };
  return {
    ...common,
    owner_id: thread.ownerId,
    member_count: thread.members.size,
    message_count: channel.messages.size,
    total_message_sent: channel.messages.size,
    thread_metadata: {
      archived: thread.archived,
      locked: thread.locked,
      invitable: thread.invitable,
      auto_archive_duration: thread.autoArchiveMinutes,
      archive_timestamp: iso(world.clock.now()),
    },
  };
}

export function guildPayload(world: World, guild: GuildRecord): Json {
  const inGuild = [...world.channels.values()].filter((c) => c.guildId === guild.id);
  const visible = inGuild.filter((c) => (permissionsIn(world, guild, c, world.botId) & (1n << 10n)) !== 0n);
  return {
    id: guild.id,
    name: guild.name,
    icon: null,
    owner_id: guild.ownerId,
    afk_timeout: 300,
    verification_level: 0,
    default_message_notifications: 0,
    explicit_content_filter: 0,
    roles: [...guild.roles.values()].map(rolePayload),
    emojis: [],
    stickers: [],
    features: [],
    mfa_level: 0,
    system_channel_flags: 0,
    premium_tier: 0,
    preferred_locale: "en-US",
    nsfw_level: 0,
    premium_progress_bar_enabled: false,
    joined_at: "2026-09-01T08:00:00.000Z",
    large: false,
    unavailable: false,
    member_count: guild.members.size,
    voice_states: [],
    members: [memberPayload(world, guild, world.botId)],
    channels: visible.filter((c) => !c.thread).map((c) => channelPayload(world, c)),
    threads: visible.filter((c) => c.thread).map((c) => channelPayload(world, c)),
    presences: [],
    stage_instances: [],
    guild_scheduled_events: [],
    soundboard_sounds: [],
  };
}

export function messagePayload(world: World, message: MessageRecord): Json {
  const author = world.users.get(message.authorId);
  const channel = world.channels.get(message.channelId);
  const interaction =
    message.interactionId === undefined ? undefined : world.interactions.get(message.interactionId);
  const reference =
    message.referenceId === undefined
      ? {}
      : { message_reference: { type: 0, channel_id: message.channelId, message_id: message.referenceId } };
  const invoker = interaction && world.users.get(interaction.userId);
  return {
    id: message.id,
    channel_id: message.channelId,
    ...(channel?.guildId ? { guild_id: channel.guildId } : {}),
    author: author ? userPayload(author) : { id: message.authorId, username: "unknown", discriminator: "0" },
    content: message.content,
    timestamp: iso(message.createdAt),
    edited_timestamp: message.editedAt === undefined ? null : iso(message.editedAt),
    tts: false,
    mention_everyone: message.pings.everyone,
    mentions: message.pings.users.flatMap((id) => {
      const user = world.users.get(id);
      return user ? [userPayload(user)] : [];
    }),
    mention_roles: message.pings.roles,
    attachments: message.attachments.map((a) => ({
      id: a.id,
      filename: a.filename,
      size: a.bytes.length,
      content_type: a.contentType,
      url: `https://cdn.discordapp.com/attachments/${message.channelId}/${a.id}/${a.filename}`,
      proxy_url: `https://media.discordapp.net/attachments/${message.channelId}/${a.id}/${a.filename}`,
      ...(a.description === undefined ? {} : { description: a.description }),
    })),
    embeds: message.embeds.map((e) => ({ type: "rich", ...e })),
    components: message.components,
    pinned: false,
    type: message.type,
    flags: message.flags,
    ...(message.nonce === undefined ? {} : { nonce: message.nonce }),
    ...reference,
    ...(interaction && invoker
      ? {
          webhook_id: world.applicationId,
          application_id: world.applicationId,
          interaction_metadata: {
            id: interaction.id,
            type: interaction.type,
            user: userPayload(invoker),
            authorizing_integration_owners: { 0: channel?.guildId ?? "0" },
          },
        }
      : {}),
  };
}
