import { asString, type Json } from "../json.ts";
import { LIMITS } from "../limits.ts";
import { changeMessage, messageJson, removeMessage } from "../messages.ts";
import { findMessage, type Message, type World } from "../world.ts";
import { readContent } from "./message-content.ts";
import { type Method, SlackError } from "./method.ts";
import { knownChannel } from "./reach.ts";

/** The message, if there is one that the Web API knows; ephemeral ones it does not. */
function theMessage(world: World, channel: unknown, ts: unknown): Message {
  const message = findMessage(knownChannel(world, channel), asString(ts));
  if (!message) throw new SlackError("message_not_found");
  return message;
}

const hasRichText = (blocks: readonly Json[]) => blocks.some((block) => block.type === "rich_text");

export const CHAT_CHANGE_METHODS: readonly Method[] = [
  {
    name: "chat.update",
    tier: 3,
    token: "bot",
    scopes: ["chat:write"],
    required: ["channel", "ts"],
    json: ["blocks", "attachments", "metadata"],
    run({ args, services }) {
      const { world } = services;
      const channel = knownChannel(world, args.channel);
      const message = theMessage(world, args.channel, args.ts);
      if (!message.fromApp || !channel.members.has(world.app.botUserId)) {
        // A removed app has lost its right to edit, except where it may post without being a member.
        if (!message.fromApp || !world.app.scopes.has("chat:write.public")) {
          throw new SlackError("cant_update_message");
        }
      }
      if (channel.archived) throw new SlackError("is_inactive");
      if (message.streaming) throw new SlackError("streaming_state_conflict");
      const content = readContent(args, services, LIMITS.message.updateText);
      if (
        content.blocks &&
        content.blocks.length > 0 &&
        hasRichText(message.blocks) &&
        !hasRichText(content.blocks)
      ) {
        throw new SlackError("block_mismatch");
      }
      message.edited = world.ts();
      changeMessage(services, message, {
        text: content.text,
        markdown: content.markdown,
        ...(content.blocks && { blocks: content.blocks }),
        ...(content.metadata && { metadata: content.metadata }),
      });
      return {
        channel: channel.id,
        ts: message.ts,
        text: message.text,
        message: messageJson(world, message),
      };
    },
  },
  {
    name: "chat.delete",
    tier: 3,
    token: "bot",
    scopes: ["chat:write"],
    required: ["channel", "ts"],
    run({ args, services }) {
      const message = theMessage(services.world, args.channel, args.ts);
      if (!message.fromApp) throw new SlackError("cant_delete_message");
      removeMessage(services, message);
      return { channel: message.channel, ts: message.ts };
    },
  },
  {
    name: "chat.getPermalink",
    tier: "special",
    token: "bot",
    scopes: [],
    required: ["channel", "message_ts"],
    run({ args, services: { world } }) {
      const message = theMessage(world, args.channel, args.message_ts);
      const path = `archives/${message.channel}/p${message.ts.replace(".", "")}`;
      return { channel: message.channel, permalink: `https://${world.team.domain}.slack.com/${path}` };
    },
  },
];
