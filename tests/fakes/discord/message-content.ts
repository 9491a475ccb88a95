import type { World } from "./world.ts";

type Json = Record<string, unknown>;

const messageContent = 1 << 15;

/**
 * A message as a session may see it. Without MESSAGE_CONTENT the fields with people's words are empty, except in
 * the bot's own messages, in direct messages, and where the bot is mentioned.
 * Source: Gateway, "Message Content Intent".
 */
export function messageContentFor(world: World, intents: number, message: Json): Json {
  if (intents & messageContent || message.author === undefined) return message;
  const own = (message.author as Json).id === world.botId;
  const mentioned = (message.mentions as Json[]).some((user) => user.id === world.botId);
  if (own || mentioned || message.guild_id === undefined) return message;
  return { ...message, content: "", embeds: [], attachments: [], components: [] };
}
