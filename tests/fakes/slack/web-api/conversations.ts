import { asString, type Json } from "../json.ts";
import { LIMITS } from "../limits.ts";
import { messageJson } from "../messages.ts";
import { addChannel, type Channel, directChannel, type World } from "../world.ts";
import { isTrue } from "./arguments.ts";
import { type Call, type Method, missingScope, SlackError } from "./method.ts";
import { knownChannel } from "./reach.ts";

const SCOPE_PREFIX = { public: "channels", private: "groups", im: "im", mpim: "mpim" } as const;

function needScope(world: World, scope: string): void {
  if (!world.app.scopes.has(scope)) throw missingScope([scope], [...world.app.scopes]);
}

function channelJson(world: World, channel: Channel): Json {
  return {
    id: channel.id,
    name: channel.name,
    is_channel: channel.kind === "public",
    is_group: channel.kind === "private",
    is_im: channel.kind === "im",
    is_mpim: channel.kind === "mpim",
    is_private: channel.kind !== "public",
    is_archived: channel.archived,
    is_member: channel.members.has(world.app.botUserId),
    context_team_id: world.team.id,
  };
}

/** Newest first, at most `limit`, between `oldest` and `latest`; a cursor goes on after a message. */
function page(call: Call, messages: readonly Channel["messages"][number][], max: number): Json {
  const { args, services } = call;
  const limit = Math.min(Number(args.limit ?? 100) || 100, max);
  const oldest = Number(args.oldest ?? 0);
  const latest = Number(args.latest ?? Number.POSITIVE_INFINITY);
  const cursor = asString(args.cursor);
  const inclusive = isTrue(args.inclusive);
  const within = messages.filter(({ ts }) =>
    inclusive ? Number(ts) >= oldest && Number(ts) <= latest : Number(ts) > oldest && Number(ts) < latest,
  );
  const start = cursor === "" ? 0 : within.findIndex((message) => `after:${message.ts}` === cursor) + 1;
  if (cursor !== "" && start === 0) throw new SlackError("invalid_cursor");
  const shown = within.slice(start, start + limit);
  const more = start + limit < within.length;
  return {
    messages: shown.map((message) => messageJson(services.world, message, isTrue(args.include_all_metadata))),
    has_more: more,
    response_metadata: { next_cursor: more ? `after:${shown.at(-1)?.ts}` : "" },
  };
}

function readable(call: Call): Channel {
  const { world } = call.services;
  const channel = knownChannel(world, call.args.channel);
  needScope(world, `${SCOPE_PREFIX[channel.kind]}:history`);
  if (!channel.members.has(world.app.botUserId)) throw new SlackError("not_in_channel");
  return channel;
}

const READ = ["channels:read", "groups:read", "im:read", "mpim:read"];
const HISTORY = ["channels:history", "groups:history", "im:history", "mpim:history"];

export const CONVERSATION_METHODS: readonly Method[] = [
  {
    name: "conversations.open",
    tier: 3,
    token: "bot",
    scopes: ["im:write", "mpim:write", "groups:write", "channels:manage"],
    required: [],
    run({ args, services: { world } }) {
      const ids = [...new Set(asString(args.users).split(",").filter(Boolean))].filter(
        (id) => id !== world.app.botUserId,
      );
      if (args.users === undefined) throw new SlackError("users_list_not_supplied");
      if (ids.length === 0) throw new SlackError("not_enough_users");
      if (ids.length > LIMITS.conversationUsers) throw new SlackError("too_many_users");
      for (const id of ids) {
        const user = world.users.get(id);
        if (!user) throw new SlackError("user_not_found");
        if (user.deleted) throw new SlackError("user_disabled");
      }
      if (ids.length === 1) {
        needScope(world, "im:write");
        return { channel: { id: directChannel(world, ids[0]!).id } };
      }
      needScope(world, "mpim:write");
      const members = new Set([...ids, world.app.botUserId]);
      const name = `mpdm-${ids.map((id) => world.users.get(id)!.name).join("--")}--${world.app.name.toLowerCase()}-1`;
      const open = [...world.channels.values()].find(
        (channel) => channel.kind === "mpim" && channel.members.symmetricDifference(members).size === 0,
      );
      const channel = open ?? addChannel(world, "mpim", name, members);
      return { channel: { id: channel.id }, ...(open && { no_op: true, already_open: true }) };
    },
  },
  {
    name: "conversations.info",
    tier: 3,
    token: "bot",
    scopes: READ,
    required: ["channel"],
    run({ args, services: { world } }) {
      const channel = knownChannel(world, args.channel);
      needScope(world, `${SCOPE_PREFIX[channel.kind]}:read`);
      return { channel: channelJson(world, channel) };
    },
  },
  {
    name: "conversations.members",
    tier: 4,
    token: "bot",
    scopes: READ,
    required: ["channel"],
    run({ args, services: { world } }) {
      const channel = knownChannel(world, args.channel);
      needScope(world, `${SCOPE_PREFIX[channel.kind]}:read`);
      const members = [...channel.members];
      const limit = Number(args.limit ?? 100);
      const start = args.cursor ? members.indexOf(asString(args.cursor).replace("after:", "")) + 1 : 0;
      const shown = members.slice(start, start + limit);
      const more = start + limit < members.length;
      return { members: shown, response_metadata: { next_cursor: more ? `after:${shown.at(-1)}` : "" } };
    },
  },
  {
    name: "conversations.join",
    tier: 3,
    token: "bot",
    scopes: ["channels:join"],
    required: ["channel"],
    run({ args, services: { world } }) {
      const channel = knownChannel(world, args.channel);
      if (channel.kind !== "public") throw new SlackError("method_not_supported_for_channel_type");
      if (channel.archived) throw new SlackError("is_archived");
      const already = channel.members.has(world.app.botUserId);
      channel.members.add(world.app.botUserId);
      return {
        channel: channelJson(world, channel),
        ...(already && {
          warning: "already_in_channel",
          response_metadata: { warnings: ["already_in_channel"] },
        }),
      };
    },
  },
  {
    name: "conversations.history",
    tier: 3,
    token: "bot",
    scopes: HISTORY,
    required: ["channel"],
    run(call) {
      const channel = readable(call);
      const top = channel.messages.filter((m) => m.threadTs === undefined || m.threadTs === m.ts);
      return page(call, [...top].reverse(), 999);
    },
  },
  {
    name: "conversations.replies",
    tier: 3,
    token: "bot",
    scopes: HISTORY,
    required: ["channel", "ts"],
    run(call) {
      const ts = asString(call.args.ts);
      const thread = readable(call).messages.filter((m) => m.ts === ts || m.threadTs === ts);
      if (thread.length === 0) throw new SlackError("thread_not_found");
      return page(call, thread, 1000);
    },
  },
];
