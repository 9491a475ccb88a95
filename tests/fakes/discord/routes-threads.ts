import { GatewayIntentBits as I, PermissionFlagsBits as P } from "discord-api-types/v10";
import { refusals } from "./api-error.ts";
import { Form } from "./form.ts";
import { limits } from "./limits.ts";
import type { Json } from "./message-form.ts";
import { channelPayload } from "./payloads.ts";
import { requireBot } from "./permissions.ts";
import { perChannel, type Route } from "./route.ts";
import { findChannel, findMessage } from "./routes-messages.ts";
import { type ChannelRecord, userName, type World } from "./world.ts";

const publicThread = 11;
const privateThread = 12;

/** Members of all threads of a guild are counted together, which no client can tell from the route. */
const perGuild: Route["bucket"] = {
  name: "thread.member",
  major: (world, params) => world.channels.get(params.channel!)?.guildId ?? params.channel!,
};

/** Source: Channel Resource, "Start Thread …" and "… Thread Member"; Threads. */
export const threadRoutes: Route[] = [
  {
    method: "POST",
    path: "/channels/:channel/threads",
    bucket: perChannel("thread.create"),
    handle: ({ world, params, json }) => {
      const parent = findChannel(world, params.channel!);
      const type = (json.type as number | undefined) ?? privateThread;
      const form = new Form();
      form.oneOf(["type"], type, [publicThread, privateThread]);
      const settings = checkThread(form, json);
      const needed = type === privateThread ? P.CreatePrivateThreads : P.CreatePublicThreads;
      if (parent.type !== 0) throw parent.guildId ? refusals.wrongChannelType() : refusals.dmChannel();
      requireBot(world, parent, needed);
      return channelPayload(world, startThread(world, parent, type, settings));
    },
  },
  {
    method: "POST",
    path: "/channels/:channel/messages/:message/threads",
    bucket: perChannel("thread.create"),
    handle: ({ world, params, json }) => {
      const parent = findChannel(world, params.channel!);
      const message = findMessage(parent, params.message!);
      const settings = checkThread(new Form(), json);
      requireBot(world, parent, P.CreatePublicThreads);
      return channelPayload(world, startThread(world, parent, publicThread, settings, message.id));
    },
  },
  {
    method: "PUT",
    path: "/channels/:channel/thread-members/:user",
    bucket: perGuild,
    handle: ({ world, params }) => {
      const channel = findThread(world, params.channel!);
      const { thread } = channel;
      requireBot(world, channel, P.SendMessagesInThreads);
      if (thread.archived) throw refusals.archivedThread();
      const id = params.user === "@me" ? world.botId : params.user!;
      const guild = channel.guildId === undefined ? undefined : world.guilds.get(channel.guildId);
      if (!guild?.members.has(id)) throw refusals.unknownMember();
      if (!thread.members.has(id) && thread.members.size >= limits.thread.members)
        throw refusals.tooManyThreadMembers();
      thread.members.add(id);
      world.happenings.record(`${userName(world, id)} added to #${channel.name}`);
      return undefined;
    },
  },
  {
    method: "DELETE",
    path: "/channels/:channel/thread-members/:user",
    bucket: perGuild,
    handle: ({ world, params }) => {
      const channel = findThread(world, params.channel!);
      const own = params.user === "@me" || channel.thread.ownerId === world.botId;
      requireBot(world, channel, own ? 0n : P.ManageThreads);
      const id = params.user === "@me" ? world.botId : params.user!;
      if (!channel.thread.members.delete(id)) throw refusals.unknownMember();
      world.happenings.record(`${userName(world, id)} removed from #${channel.name}`);
      return undefined;
    },
  },
];

interface ThreadSettings {
  name: string;
  autoArchiveMinutes: number;
  invitable: boolean;
}

function checkThread(form: Form, json: Json): ThreadSettings {
  form.text(["name"], json.name, { min: 1, max: limits.thread.name });
  form.oneOf(["auto_archive_duration"], json.auto_archive_duration, limits.thread.archiveMinutes, true);
  form.number(["rate_limit_per_user"], json.rate_limit_per_user, {
    min: 0,
    max: limits.thread.slowmodeSeconds,
    integer: true,
    optional: true,
  });
  form.done();
  return {
    name: json.name as string,
    autoArchiveMinutes: (json.auto_archive_duration as number | undefined) ?? 1440,
    invitable: (json.invitable as boolean | undefined) ?? true,
  };
}

function startThread(
  world: World,
  parent: ChannelRecord,
  type: number,
  settings: ThreadSettings,
  id: string = world.newId(),
): ChannelRecord {
  const channel: ChannelRecord = {
    id,
    type,
    name: settings.name,
    guildId: parent.guildId,
    parentId: parent.id,
    overwrites: [],
    thread: {
      ownerId: world.botId,
      members: new Set([world.botId]),
      archived: false,
      locked: false,
      invitable: settings.invitable,
      autoArchiveMinutes: settings.autoArchiveMinutes,
    },
    recipientId: undefined,
    messages: new Map(),
  };
  world.channels.set(id, channel);
  world.dispatch("THREAD_CREATE", { ...channelPayload(world, channel), newly_created: true }, I.Guilds);
  world.happenings.record(`${type === privateThread ? "private " : ""}thread #${channel.name} created`);
  return channel;
}

export function findThread(
  world: World,
  id: string,
): ChannelRecord & { thread: NonNullable<ChannelRecord["thread"]> } {
  const channel = findChannel(world, id);
  if (!channel.thread) throw refusals.wrongChannelType();
  return channel as ChannelRecord & { thread: NonNullable<ChannelRecord["thread"]> };
}
