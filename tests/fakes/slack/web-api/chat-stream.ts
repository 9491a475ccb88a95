import { asArray, asObject, asString, isObject, type Json } from "../json.ts";
import { LIMITS } from "../limits.ts";
import { addMessage, changeMessage, messageJson } from "../messages.ts";
import { findMessage, type Message } from "../world.ts";
import { readBlocks } from "./message-content.ts";
import { type Call, type Method, SlackError } from "./method.ts";
import { knownChannel, postableChannel } from "./reach.ts";

/** The text and blocks that one call adds, and the task it shows as in progress. */
function added(
  { args, services }: Call,
  before?: string,
): { text: string; blocks: readonly Json[]; status: string | undefined } {
  let status = before;
  let text = asString(args.markdown_text);
  const blocks: Json[] = [];
  if (args.chunks !== undefined && !Array.isArray(args.chunks)) throw new SlackError("invalid_chunks");
  for (const chunk of asArray(args.chunks)) {
    const type = isObject(chunk) ? chunk.type : undefined;
    if (type === "markdown_text" && typeof asObject(chunk).text === "string") text += asObject(chunk).text;
    else if (type === "blocks") blocks.push(...readBlocks(asObject(chunk).blocks, services));
    else if (type === "task_update") {
      const { id, title, status: state } = asObject(chunk);
      if (typeof id !== "string" || typeof title !== "string") throw new SlackError("invalid_chunks");
      status = state === "in_progress" ? title : undefined;
    } else if (type !== "plan_update") throw new SlackError("invalid_chunks");
  }
  if (text.length > LIMITS.message.markdownText) throw new SlackError("msg_too_long");
  return { text, blocks, status };
}

function streamed({ args, services }: Call): Message {
  const message = findMessage(knownChannel(services.world, args.channel), asString(args.ts));
  if (!message) throw new SlackError("message_not_found");
  if (!message.fromApp) throw new SlackError("message_not_owned_by_app");
  if (!message.streaming) throw new SlackError("message_not_in_streaming_state");
  return message;
}

function append(call: Call, message: Message, more: readonly Json[] = []): void {
  const { text, blocks, status } = added(call, message.status);
  message.status = status;
  const all = [...message.blocks, ...blocks, ...more];
  if (all.length > LIMITS.blocksInMessage) throw new SlackError("msg_blocks_too_many");
  if (message.text.length + text.length > LIMITS.message.markdownText)
    throw new SlackError("msg_blocks_too_long");
  changeMessage(call.services, message, { text: message.text + text, blocks: all });
}

export const CHAT_STREAM_METHODS: readonly Method[] = [
  {
    name: "chat.startStream",
    tier: 2,
    token: "bot",
    scopes: ["chat:write"],
    required: ["channel"],
    json: ["chunks"],
    run(call) {
      const { args, services } = call;
      const { world } = services;
      const channel = postableChannel(world, args.channel);
      const inChannel = channel.kind === "public" || channel.kind === "private";
      // A stream answers a person: in a channel it says whom, elsewhere it replies to a message.
      if (inChannel && args.recipient_team_id === undefined)
        throw new SlackError("missing_recipient_team_id");
      if (inChannel && args.recipient_user_id === undefined)
        throw new SlackError("missing_recipient_user_id");
      if (inChannel && !world.users.has(asString(args.recipient_user_id)))
        throw new SlackError("user_not_found");
      if (!inChannel && args.thread_ts === undefined) {
        throw new SlackError("invalid_arguments", {
          response_metadata: { messages: ["[ERROR] missing required field: thread_ts"] },
        });
      }
      const { text, blocks, status } = added(call);
      const message = addMessage(services, {
        channel,
        user: world.app.botUserId,
        fromApp: true,
        text,
        blocks,
        streaming: true,
        markdown: true,
        status,
        ...(args.thread_ts !== undefined && { threadTs: asString(args.thread_ts) }),
      });
      return { channel: channel.id, ts: message.ts };
    },
  },
  {
    name: "chat.appendStream",
    tier: 4,
    token: "bot",
    scopes: ["chat:write"],
    required: ["channel", "ts"],
    json: ["chunks"],
    run(call) {
      const message = streamed(call);
      if (call.args.markdown_text === undefined && call.args.chunks === undefined)
        throw new SlackError("no_text");
      append(call, message);
      return { channel: message.channel, ts: message.ts };
    },
  },
  {
    name: "chat.stopStream",
    tier: 2,
    token: "bot",
    scopes: ["chat:write"],
    required: ["channel", "ts"],
    json: ["chunks", "blocks", "metadata"],
    run(call) {
      const message = streamed(call);
      const blocks = call.args.blocks === undefined ? [] : readBlocks(call.args.blocks, call.services);
      message.streaming = false;
      message.status = undefined;
      append(call, message, blocks);
      return {
        channel: message.channel,
        ts: message.ts,
        message: messageJson(call.services.world, message),
      };
    },
  },
];
