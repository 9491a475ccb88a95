import { PermissionFlagsBits as P } from "discord-api-types/v10";
import { refusals } from "./api-error.ts";
import { Form } from "./form.ts";
import { channelPayload, guildPayload, memberPayload, rolePayload, userPayload } from "./payloads.ts";
import { requireBot } from "./permissions.ts";
import { openDirectMessages, removeChannel } from "./places.ts";
import type { Route } from "./route.ts";
import { findChannel } from "./routes-messages.ts";
import type { GuildRecord, World } from "./world.ts";

/** Application, users, guilds and channels. */
export const resourceRoutes: Route[] = [
  { method: "GET", path: "/applications/@me", handle: ({ world }) => applicationPayload(world) },
  { method: "GET", path: "/oauth2/applications/@me", handle: ({ world }) => applicationPayload(world) },
  { method: "GET", path: "/users/@me", handle: ({ world }) => userPayload(world.users.get(world.botId)!) },
  {
    method: "GET",
    path: "/users/:user",
    handle: ({ world, params }) => {
      const user = world.users.get(params.user!);
      if (!user) throw refusals.unknownUser();
      return userPayload(user);
    },
  },
  {
    method: "GET",
    path: "/users/@me/guilds",
    handle: ({ world }) =>
      [...world.guilds.values()]
        .filter((g) => g.members.has(world.botId))
        .map((g) => ({ id: g.id, name: g.name, icon: null, owner: false, permissions: "0", features: [] })),
  },
  {
    method: "POST",
    path: "/users/@me/channels",
    bucket: { name: "dm.open", major: () => "@me" },
    handle: ({ world, json }) => {
      const form = new Form();
      form.text(["recipient_id"], json.recipient_id, { min: 1 });
      form.done();
      const user = world.users.get(json.recipient_id as string);
      if (!user || user.id === world.botId) throw refusals.unknownUser();
      return channelPayload(world, openDirectMessages(world, user.id));
    },
  },
  {
    method: "GET",
    path: "/guilds/:guild",
    handle: ({ world, params }) => guildPayload(world, ownGuild(world, params.guild!)),
  },
  {
    method: "GET",
    path: "/guilds/:guild/roles",
    handle: ({ world, params }) => [...ownGuild(world, params.guild!).roles.values()].map(rolePayload),
  },
  {
    method: "GET",
    path: "/guilds/:guild/channels",
    handle: ({ world, params }) => {
      const guild = ownGuild(world, params.guild!);
      return [...world.channels.values()]
        .filter((c) => c.guildId === guild.id && !c.thread)
        .map((c) => channelPayload(world, c));
    },
  },
  {
    method: "GET",
    path: "/guilds/:guild/members/:user",
    handle: ({ world, params }) => {
      const guild = ownGuild(world, params.guild!);
      const id = params.user === "@me" ? world.botId : params.user!;
      if (!guild.members.has(id)) throw refusals.unknownMember();
      return memberPayload(world, guild, id);
    },
  },
  {
    method: "GET",
    path: "/channels/:channel",
    handle: ({ world, params }) => {
      const channel = findChannel(world, params.channel!);
      requireBot(world, channel, 0n);
      return channelPayload(world, channel);
    },
  },
  {
    method: "PATCH",
    path: "/channels/:channel",
    handle: ({ world, params, json }) => {
      const channel = findChannel(world, params.channel!);
      const { thread } = channel;
      if (!thread) {
        requireBot(world, channel, P.ManageChannels);
        throw refusals.wrongChannelType();
      }
      requireBot(world, channel, thread.ownerId === world.botId ? 0n : P.ManageThreads);
      if (typeof json.archived === "boolean") thread.archived = json.archived;
      if (typeof json.locked === "boolean") {
        requireBot(world, channel, P.ManageThreads);
        thread.locked = json.locked;
      }
      if (typeof json.name === "string") channel.name = json.name;
      world.happenings.record(`thread #${channel.name} changed`);
      return channelPayload(world, channel);
    },
  },
  {
    method: "DELETE",
    path: "/channels/:channel",
    handle: ({ world, params }) => {
      const channel = findChannel(world, params.channel!);
      requireBot(world, channel, channel.thread ? P.ManageThreads : P.ManageChannels);
      removeChannel(world, channel);
      return channelPayload(world, channel);
    },
  },
];

/** Source: Application Resource. Flags say which privileged intents are switched on. */
function applicationPayload(world: World): Record<string, unknown> {
  return {
    id: world.applicationId,
    name: world.applicationName,
    icon: null,
    description: "",
    bot_public: true,
    bot_require_code_grant: false,
    verify_key: "",
    flags: applicationFlags(world),
    bot: userPayload(world.users.get(world.botId)!),
    owner: userPayload(world.users.get(world.botId)!),
  };
}

/** The flags for apps in fewer than 100 servers: presence, members, message content. */
export function applicationFlags(world: World): number {
  const on = (intent: number, flag: number): number => (world.privilegedIntents & intent ? flag : 0);
  return on(1 << 8, 1 << 13) | on(1 << 1, 1 << 15) | on(1 << 15, 1 << 19);
}

/** @throws 10004 unless the bot is a member. */
export function ownGuild(world: World, id: string): GuildRecord {
  const guild = world.guilds.get(id);
  if (!guild?.members.has(world.botId)) throw refusals.unknownGuild();
  return guild;
}
