import { type Json, snapshot } from "./json.ts";
import type { Services } from "./services.ts";
import type { Channel, Message, StoredFile, World } from "./world.ts";

export interface NewMessage {
  readonly channel: Channel;
  readonly user: string;
  readonly fromApp: boolean;
  readonly text: string;
  readonly blocks?: readonly Json[];
  readonly threadTs?: string;
  readonly metadata?: Json;
  readonly files?: readonly StoredFile[];
  readonly ephemeralFor?: string;
  readonly streaming?: boolean;
  readonly markdown?: boolean;
  readonly status?: string | undefined;
}

/** Puts a message into its channel, or in front of one person. */
export function addMessage({ world, timeline }: Services, message: NewMessage): Message {
  const {
    channel,
    blocks = [],
    files = [],
    threadTs,
    metadata,
    ephemeralFor,
    streaming,
    markdown,
    status,
    ...rest
  } = message;
  const added: Message = {
    ...rest,
    ts: world.ts(),
    channel: channel.id,
    blocks,
    files: [...files],
    ...(threadTs !== undefined && { threadTs }),
    ...(metadata && Object.keys(metadata).length > 0 && { metadata }),
    ...(ephemeralFor !== undefined && { ephemeralFor }),
    ...(streaming && { streaming }),
    ...(markdown && { markdown }),
    ...(status !== undefined && { status }),
  };
  if (ephemeralFor === undefined) channel.messages.push(added);
  else world.ephemerals.set(added.ts, added);
  timeline.record({ kind: ephemeralFor === undefined ? "message" : "ephemeral", message: snapshot(added) });
  return added;
}

export function changeMessage(
  { timeline }: Services,
  message: Message,
  change: {
    readonly text?: string;
    readonly markdown?: boolean;
    readonly blocks?: readonly Json[];
    readonly metadata?: Json;
  },
): void {
  if (change.text !== undefined) message.text = change.text;
  if (change.markdown !== undefined) message.markdown = change.markdown;
  if (change.blocks !== undefined) message.blocks = change.blocks;
  if (change.metadata !== undefined) message.metadata = change.metadata;
  timeline.record({
    kind: message.ephemeralFor === undefined ? "message-changed" : "ephemeral-changed",
    message: snapshot(message),
  });
}

export function removeMessage({ world, timeline }: Services, message: Message): void {
  if (message.ephemeralFor !== undefined) world.ephemerals.delete(message.ts);
  else {
    const messages = world.channels.get(message.channel)?.messages;
    messages?.splice(messages.indexOf(message), 1);
  }
  timeline.record({
    kind: message.ephemeralFor === undefined ? "message-deleted" : "ephemeral-deleted",
    message: snapshot(message),
  });
}

/** A message as the Web API and payloads show it. */
export function messageJson(world: World, message: Message, withMetadata = false): Json {
  return {
    type: "message",
    ts: message.ts,
    user: message.user,
    text: message.text,
    team: world.team.id,
    ...(message.blocks.length > 0 && { blocks: message.blocks }),
    ...(message.fromApp && { bot_id: world.app.botId, app_id: world.app.id }),
    ...(message.threadTs !== undefined && { thread_ts: message.threadTs }),
    ...(message.edited !== undefined && { edited: { user: message.user, ts: message.edited } }),
    ...(message.files.length > 0 && { files: message.files.map(({ id, name }) => ({ id, name })) }),
    ...(withMetadata && message.metadata && { metadata: message.metadata }),
    ...(message.ephemeralFor !== undefined && { is_ephemeral: true }),
  };
}
