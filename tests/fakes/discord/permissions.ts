import { PermissionFlagsBits as P } from "discord-api-types/v10";
import { type ApiError, refusals } from "./api-error.ts";
import { botGuild, type ChannelRecord, type GuildRecord, type Overwrite, type World } from "./world.ts";

export type PermissionName = keyof typeof P;

export const allPermissions = Object.values(P).reduce((sum, bit) => sum | bit, 0n);

/** What a new server gives @everyone, as far as a text channel is concerned. */
export const everyoneDefaults =
  P.ViewChannel |
  P.SendMessages |
  P.SendMessagesInThreads |
  P.CreatePublicThreads |
  P.CreatePrivateThreads |
  P.EmbedLinks |
  P.AttachFiles |
  P.AddReactions |
  P.ReadMessageHistory |
  P.UseApplicationCommands;

/**
 * A member's permissions in a channel; in a thread, those of its parent.
 * Source: Permissions, "Permission Overwrites" (the order of the seven steps).
 */
export function permissionsIn(
  world: World,
  guild: GuildRecord,
  channel: ChannelRecord,
  userId: string,
): bigint {
  const roles = guild.members.get(userId);
  if (!roles) return 0n;
  let base = guild.roles.get(guild.id)?.permissions ?? 0n;
  for (const id of roles) base |= guild.roles.get(id)?.permissions ?? 0n;
  if (guild.ownerId === userId || (base & P.Administrator) !== 0n) return allPermissions;
  const home = channel.parentId === undefined ? channel : (world.channels.get(channel.parentId) ?? channel);
  const apply = (overwrites: Overwrite[]): void => {
    for (const { deny } of overwrites) base &= ~deny;
    for (const { allow } of overwrites) base |= allow;
  };
  apply(home.overwrites.filter((o) => o.id === guild.id));
  apply(home.overwrites.filter((o) => o.kind === "role" && o.id !== guild.id && roles.has(o.id)));
  apply(home.overwrites.filter((o) => o.kind === "member" && o.id === userId));
  return base;
}

/** Whether a member sees a channel; a private thread is seen by its members and by moderators. */
export function canSee(world: World, guild: GuildRecord, channel: ChannelRecord, userId: string): boolean {
  const has = permissionsIn(world, guild, channel, userId);
  if ((has & P.ViewChannel) === 0n) return false;
  if (channel.type !== 12) return true;
  return channel.thread?.members.has(userId) === true || (has & P.ManageThreads) !== 0n;
}

/**
 * Refuses what the bot may not do in a guild channel: 50001 if it can't see it, 50013 if it sees it but lacks a
 * permission. Direct messages need none.
 */
export function requireBot(world: World, channel: ChannelRecord, needed: bigint): void {
  const refusal = botRefusal(world, channel, needed);
  if (refusal) throw refusal;
}

function botRefusal(world: World, channel: ChannelRecord, needed: bigint): ApiError | undefined {
  if (channel.guildId === undefined) return undefined;
  const guild = botGuild(world, channel);
  if (!guild || !canSee(world, guild, channel, world.botId)) return refusals.missingAccess();
  const has = permissionsIn(world, guild, channel, world.botId);
  return (has & needed) === needed ? undefined : refusals.missingPermissions();
}
