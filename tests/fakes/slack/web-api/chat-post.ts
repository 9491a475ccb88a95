import { asString, type Json } from "../json.ts";
import { addMessage, messageJson } from "../messages.ts";
import { readContent } from "./message-content.ts";
import { type Method, SlackError } from "./method.ts";
import { postableChannel } from "./reach.ts";

const CONTENT_JSON = ["blocks", "attachments", "metadata"] as const;

function threadOf(args: Json): { threadTs?: string } {
  const ts = args.thread_ts;
  if (ts === undefined) return {};
  if (!/^\d+\.\d{6}$/.test(asString(ts))) throw new SlackError("invalid_thread_ts");
  return { threadTs: asString(ts) };
}

export const CHAT_POST_METHODS: readonly Method[] = [
  {
    name: "chat.postMessage",
    tier: "post-message",
    token: "bot",
    scopes: ["chat:write"],
    required: ["channel"],
    json: CONTENT_JSON,
    run({ args, services }) {
      const { world } = services;
      const channel = postableChannel(world, args.channel);
      const content = readContent(args, services);
      const message = addMessage(services, {
        channel,
        user: world.app.botUserId,
        fromApp: true,
        text: content.text,
        markdown: content.markdown,
        ...(content.blocks && { blocks: content.blocks }),
        ...(content.metadata && { metadata: content.metadata }),
        ...threadOf(args),
      });
      return {
        channel: channel.id,
        ts: message.ts,
        message: messageJson(world, message),
        ...(content.warnings.length > 0 && {
          warning: content.warnings.join(","),
          response_metadata: { warnings: content.warnings },
        }),
      };
    },
  },
  {
    name: "chat.postEphemeral",
    tier: 4,
    token: "bot",
    scopes: ["chat:write"],
    required: ["channel", "user"],
    json: CONTENT_JSON,
    run({ args, services }) {
      const { world } = services;
      const channel = postableChannel(world, args.channel);
      // chat:write.public does not reach this far: the app itself must be in the channel.
      if (!channel.members.has(world.app.botUserId)) throw new SlackError("not_in_channel");
      const user = asString(args.user);
      if (!channel.members.has(user)) throw new SlackError("user_not_in_channel");
      const content = readContent(args, services);
      const message = addMessage(services, {
        channel,
        user: world.app.botUserId,
        fromApp: true,
        text: content.text,
        markdown: content.markdown,
        ...(content.blocks && { blocks: content.blocks }),
        ephemeralFor: user,
        ...threadOf(args),
      });
      return { message_ts: message.ts };
    },
  },
];
