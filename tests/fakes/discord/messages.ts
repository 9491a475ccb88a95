import { GatewayIntentBits as I } from "discord-api-types/v10";
import { refusals } from "./api-error.ts";
import { type AllowedMentions, noPings, pingsOf } from "./mentions.ts";
import { flag, isEmpty, type Json, type UploadedFile } from "./message-form.ts";
import { messagePayload } from "./payloads.ts";
import type { AttachmentRecord, ChannelRecord, MessageRecord, MessageState, World } from "./world.ts";
import { userName } from "./world.ts";

export interface NewMessage {
  authorId: string;
  body: Json;
  files?: readonly UploadedFile[];
  type?: number;
  visibleTo?: string | undefined;
  interactionId?: string | undefined;
  loading?: boolean;
  /** What is parsed for mentions if the request doesn't say. */
  mentionsParsed?: readonly string[];
}

const everyMention = ["users", "roles", "everyone"];

/** Adds a checked message to a channel and tells the gateway. */
export function createMessage(world: World, channel: ChannelRecord, request: NewMessage): MessageRecord {
  const { body, authorId, files = [], visibleTo, loading = false } = request;
  const state: MessageState = {
    content: text(body.content),
    embeds: (body.embeds as MessageState["embeds"]) ?? [],
    components: (body.components as MessageState["components"]) ?? [],
    attachments: uploads(world, body.attachments, files),
    loading,
  };
  if (!loading && isEmpty(state)) throw refusals.emptyMessage();
  const reference = body.message_reference as { message_id?: string } | undefined;
  const message: MessageRecord = {
    ...state,
    id: world.newId(),
    channelId: channel.id,
    authorId,
    type: request.type ?? 0,
    flags: Number(body.flags ?? 0) | (visibleTo ? flag.ephemeral : 0) | (loading ? flag.loading : 0),
    createdAt: world.clock.now(),
    editedAt: undefined,
    nonce: body.nonce as string | undefined,
    pings: pings(world, channel, authorId, state, body, request.mentionsParsed),
    visibleTo,
    interactionId: request.interactionId,
    referenceId: reference?.message_id,
    history: [state],
    deleted: false,
  };
  channel.messages.set(message.id, message);
  if (!visibleTo) tell(world, "MESSAGE_CREATE", channel, messagePayload(world, message));
  world.happenings.record(`${describe(world, message)} posted`);
  return message;
}

export interface MessageChange {
  body: Json;
  files?: readonly UploadedFile[];
  mentionsParsed?: readonly string[];
}

/** Applies a checked edit. Fields left out stay; `attachments` lists those to keep. */
export function editMessage(world: World, message: MessageRecord, change: MessageChange): MessageRecord {
  const { body, files = [] } = change;
  const kept = Array.isArray(body.attachments)
    ? keptAttachments(message.attachments, body.attachments)
    : message.attachments;
  const state: MessageState = {
    content: body.content === undefined ? message.content : text(body.content),
    embeds: body.embeds === undefined ? message.embeds : ((body.embeds as MessageState["embeds"]) ?? []),
    components:
      body.components === undefined
        ? message.components
        : ((body.components as MessageState["components"]) ?? []),
    attachments: [...kept, ...uploads(world, body.attachments, files)],
    loading: false,
  };
  if (isEmpty(state)) throw refusals.emptyMessage();
  const channel = world.channels.get(message.channelId);
  if (!channel) throw refusals.unknownChannel();
  const wasLoading = message.loading;
  Object.assign(message, state);
  message.history.push(state);
  message.flags = (message.flags & ~flag.loading) | (Number(body.flags ?? 0) & flag.suppressEmbeds);
  if (wasLoading) message.pings = pings(world, channel, message.authorId, state, body, change.mentionsParsed);
  else message.editedAt = world.clock.now();
  if (!message.visibleTo) tell(world, "MESSAGE_UPDATE", channel, messagePayload(world, message));
  world.happenings.record(`${describe(world, message)} edited`);
  return message;
}

export function deleteMessage(world: World, message: MessageRecord): void {
  message.deleted = true;
  const channel = world.channels.get(message.channelId);
  channel?.messages.delete(message.id);
  if (channel && !message.visibleTo)
    tell(world, "MESSAGE_DELETE", channel, {
      id: message.id,
      channel_id: channel.id,
      ...(channel.guildId ? { guild_id: channel.guildId } : {}),
    });
  world.happenings.record(`${describe(world, message)} deleted`);
}

/** "cloze in #general: …", for people. */
export function describe(world: World, message: MessageRecord): string {
  const place = placeName(world, world.channels.get(message.channelId));
  const to = message.visibleTo ? ` (only for ${userName(world, message.visibleTo)})` : "";
  const parts = [
    message.loading ? "thinking…" : JSON.stringify(message.content),
    ...message.embeds.map((e) => `embed ${JSON.stringify(e.title ?? e.description ?? "")}`),
    ...message.attachments.map((a) => `file ${a.filename}`),
  ];
  return `${userName(world, message.authorId)} in ${place}${to}: ${parts.join(", ")}`;
}

export function placeName(world: World, channel: ChannelRecord | undefined): string {
  if (!channel) return "a deleted channel";
  if (channel.recipientId !== undefined)
    return `direct messages with ${userName(world, channel.recipientId)}`;
  return `#${channel.name}`;
}

/** Discord trims what it shows. */
const text = (content: unknown): string => (typeof content === "string" ? content.trim() : "");

function pings(
  world: World,
  channel: ChannelRecord,
  authorId: string,
  state: MessageState,
  body: Json,
  parsed: readonly string[] = everyMention,
): MessageRecord["pings"] {
  if (state.loading) return noPings;
  const allowed = (body.allowed_mentions ?? undefined) as AllowedMentions | undefined;
  return pingsOf(world, channel, authorId, state.content, allowed, parsed);
}

function uploads(world: World, metadata: unknown, files: readonly UploadedFile[]): AttachmentRecord[] {
  const entries = Array.isArray(metadata) ? (metadata as Json[]) : [];
  return files.map((file) => {
    const entry = entries.find((e) => String(e.id) === file.n);
    return {
      id: world.newId(),
      filename: (entry?.filename as string | undefined) ?? file.filename,
      description: entry?.description as string | undefined,
      contentType: file.contentType,
      bytes: file.bytes,
    };
  });
}

function keptAttachments(present: readonly AttachmentRecord[], listed: unknown[]): AttachmentRecord[] {
  return present.flatMap((attachment) => {
    const entry = (listed as Json[]).find((e) => String(e.id) === attachment.id);
    if (!entry) return [];
    return [
      { ...attachment, description: (entry.description as string | undefined) ?? attachment.description },
    ];
  });
}

function tell(world: World, event: string, channel: ChannelRecord, payload: Json): void {
  world.dispatch(event, payload, channel.guildId === undefined ? I.DirectMessages : I.GuildMessages);
}
