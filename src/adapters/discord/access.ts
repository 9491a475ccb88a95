import {
  type Client,
  type Guild,
  type GuildBasedChannel,
  PermissionFlagsBits,
  PermissionsBitField,
} from "discord.js";
import type { Course } from "../../bot/course/courses.ts";

/** What Cloze needs in its channels, and what for. */
export const NEEDED_PERMISSIONS = {
  ViewChannel: "to see the channel",
  SendMessages: "to post polls and reviews",
  SendMessagesInThreads: "to answer in threads and pair rooms",
  CreatePrivateThreads: "to open rooms for pairs",
  AttachFiles: "to send charts and long results",
  ReadMessageHistory: "to find its own messages again",
} as const satisfies Partial<Record<keyof typeof PermissionFlagsBits, string>>;

type Needed = keyof typeof NEEDED_PERMISSIONS;
const NEEDED = Object.keys(NEEDED_PERMISSIONS) as Needed[];

/** The link by which an administrator adds Cloze to a server, with exactly the permissions it needs. */
export function inviteLink(applicationId: string): string {
  const permissions = NEEDED.reduce((sum, name) => sum | PermissionFlagsBits[name], 0n);
  const query = new URLSearchParams({
    client_id: applicationId,
    scope: "bot applications.commands",
    permissions: permissions.toString(),
  });
  return `https://discord.com/oauth2/authorize?${query}`;
}

/**
 * What is missing for the courses' channels, a line each: servers Cloze is not in, channels it can't see or does
 * not know, permissions it lacks. Empty when all is well.
 */
export function missingAccess(client: Client<true>, courses: readonly Course[]): string[] {
  const here = courses.filter(({ channels, communities }) => onDiscord(channels) || onDiscord(communities));
  const invite = `Invite it by ${inviteLink(client.application.id)}`;
  if (client.guilds.cache.size === 0) return [`Cloze is in no Discord server yet. ${invite}`];
  const lines: string[] = [];
  for (const { name, channels, communities } of here) {
    for (const { platform, id } of communities)
      if (platform === "discord" && !client.guilds.cache.has(id))
        lines.push(`${name}: Cloze is not in the Discord server ${id}. ${invite}`);
    for (const { platform, id } of channels) {
      if (platform !== "discord") continue;
      const channel = client.channels.cache.get(id);
      if (!channel || channel.isDMBased())
        lines.push(
          `${name}: Cloze can't see the Discord channel ${id}. Give its role the permission View Channel there.`,
        );
      else lines.push(...missingIn(channel, client).map((line) => `${name}: ${line}`));
    }
  }
  const whole = here.length === 0 ? [...client.guilds.cache.values()] : wholeGuilds(client, here);
  return [...lines, ...whole.flatMap((guild) => missingInGuild(guild))];
}

const onDiscord = (refs: readonly { platform: string }[]): boolean =>
  refs.some(({ platform }) => platform === "discord");

/** Servers in which all channels belong to a course. */
function wholeGuilds(client: Client<true>, courses: readonly Course[]): Guild[] {
  return courses
    .filter(({ channels }) => !onDiscord(channels))
    .flatMap(({ communities }) => communities)
    .flatMap(({ platform, id }) => (platform === "discord" ? (client.guilds.cache.get(id) ?? []) : []));
}

function missingIn(channel: GuildBasedChannel, client: Client<true>): string[] {
  const has = channel.permissionsFor(client.user) ?? new PermissionsBitField();
  const missing = NEEDED.filter((name) => !has.has(name));
  return missing.length === 0 ? [] : [`in #${channel.name} Cloze lacks ${inWords(missing)}.`];
}

function missingInGuild(guild: Guild): string[] {
  const has = guild.members.me?.permissions ?? new PermissionsBitField();
  const missing = NEEDED.filter((name) => !has.has(name));
  if (missing.length === 0) return [];
  return [`In the server "${guild.name}" Cloze lacks ${inWords(missing)}. Server Settings, Roles, Cloze.`];
}

/** What is missing of the needed permissions, in words; "" when nothing is. */
export function missingAmong(permissions: bigint): string {
  const has = new PermissionsBitField(permissions);
  return inWords(NEEDED.filter((name) => !has.has(name)));
}

const inWords = (names: readonly Needed[]): string =>
  names.map((name) => `${name.replace(/(?<=[a-z])[A-Z]/g, " $&")} (${NEEDED_PERMISSIONS[name]})`).join(", ");
