import { PermissionFlagsBits as P } from "discord-api-types/v10";
import { refusals } from "./api-error.ts";
import { limits } from "./limits.ts";
import { checkMessage, type Json, settableFlags } from "./message-form.ts";
import { createMessage, deleteMessage, editMessage } from "./messages.ts";
import { messagePayload } from "./payloads.ts";
import { requireBot } from "./permissions.ts";
import { perChannel, type Route } from "./route.ts";
import type { ChannelRecord, MessageRecord, World } from "./world.ts";

/** Source: Message Resource. */
export const messageRoutes: Route[] = [
  {
    method: "GET",
    path: "/channels/:channel/messages",
    handle: ({ world, params, query }) => {
      const channel = findChannel(world, params.channel!);
      requireBot(world, channel, 0n);
      const limit = Number(query.get("limit") ?? 50);
      const before = query.get("before");
      const after = query.get("after");
      return [...channel.messages.values()]
        .filter((m) => !m.visibleTo)
        .filter((m) => (!before || BigInt(m.id) < BigInt(before)) && (!after || BigInt(m.id) > BigInt(after)))
        .reverse()
        .slice(0, limit)
        .map((m) => messagePayload(world, m));
    },
  },
  {
    method: "GET",
    path: "/channels/:channel/messages/:message",
    handle: ({ world, params }) => {
      const channel = findChannel(world, params.channel!);
      requireBot(world, channel, P.ReadMessageHistory);
      return messagePayload(world, findMessage(channel, params.message!));
    },
  },
  {
    method: "POST",
    path: "/channels/:channel/messages",
    bucket: perChannel("message.create"),
    handle: ({ world, params, json, files }) => {
      const channel = findChannel(world, params.channel!);
      if (channel.type === 4) throw refusals.notText();
      requireBot(world, channel, channel.thread ? P.SendMessagesInThreads : P.SendMessages);
      if (files.length > 0) requireBot(world, channel, P.AttachFiles);
      if (Array.isArray(json.embeds) && json.embeds.length > 0) requireBot(world, channel, P.EmbedLinks);
      checkMessage(json, files, { path: [], flags: settableFlags.channel });
      checkReference(world, channel, json);
      refuseUnreachable(world, channel);
      const twin = json.enforce_nonce === true ? sameNonce(world, channel, json.nonce) : undefined;
      if (twin) return messagePayload(world, twin);
      if (channel.thread?.archived && !channel.thread.locked) channel.thread.archived = false;
      const message = createMessage(world, channel, {
        authorId: world.botId,
        body: json,
        files,
        type: json.message_reference ? 19 : 0,
      });
      return messagePayload(world, message);
    },
  },
  {
    method: "PATCH",
    path: "/channels/:channel/messages/:message",
    bucket: perChannel("message.edit"),
    handle: ({ world, params, json, files }) => {
      const channel = findChannel(world, params.channel!);
      requireBot(world, channel, 0n);
      const message = findMessage(channel, params.message!);
      if (message.authorId !== world.botId) throw refusals.notYourMessage();
      if (channel.thread?.archived) throw refusals.archivedThread();
      checkMessage(json, files, { path: [], flags: settableFlags.edit, present: message.attachments });
      return messagePayload(world, editMessage(world, message, { body: json, files }));
    },
  },
  {
    method: "DELETE",
    path: "/channels/:channel/messages/:message",
    bucket: perChannel("message.delete"),
    handle: ({ world, params }) => {
      const channel = findChannel(world, params.channel!);
      const message = findMessage(channel, params.message!);
      requireBot(world, channel, message.authorId === world.botId ? 0n : P.ManageMessages);
      deleteMessage(world, message);
      return undefined;
    },
  },
];

/** @throws 10003 */
export function findChannel(world: World, id: string): ChannelRecord {
  const channel = world.channels.get(id);
  if (!channel) throw refusals.unknownChannel();
  return channel;
}

/** An ephemeral message does not exist for these routes. @throws 10008 */
export function findMessage(channel: ChannelRecord, id: string): MessageRecord {
  const message = channel.messages.get(id);
  if (!message || message.visibleTo) throw refusals.unknownMessage();
  return message;
}

function checkReference(world: World, channel: ChannelRecord, json: Json): void {
  const reference = json.message_reference as
    | { message_id?: string; fail_if_not_exists?: boolean }
    | undefined;
  if (!reference) return;
  requireBot(world, channel, P.ReadMessageHistory);
  if (channel.messages.has(reference.message_id ?? "")) return;
  if (reference.fail_if_not_exists === false) delete json.message_reference;
  else throw refusals.unknownMessage();
}

/** @throws 50007 or 50278 when the person at the other end can't be written to. */
function refuseUnreachable(world: World, channel: ChannelRecord): void {
  if (channel.recipientId === undefined) return;
  const person = world.users.get(channel.recipientId);
  const shared = [...world.guilds.values()].some(
    (g) => g.members.has(world.botId) && g.members.has(channel.recipientId!),
  );
  if (!shared) throw refusals.noMutualGuild();
  if (!person?.acceptsDirectMessages) throw refusals.cannotMessageUser();
}

/** "Checked for uniqueness in the past few minutes": the same nonce gives the same message. */
function sameNonce(world: World, channel: ChannelRecord, nonce: unknown): MessageRecord | undefined {
  if (nonce === undefined || nonce === null) return undefined;
  const since = world.clock.now() - limits.interaction.nonceMemoryMs;
  return [...channel.messages.values()].find(
    (m) => m.authorId === world.botId && String(m.nonce) === String(nonce) && m.createdAt > since,
  );
}
