import { asString } from "../json.ts";
import { type Channel, directChannel, type World } from "../world.ts";
import { SlackError } from "./method.ts";

/** The conversation with this id, if the app may know of it. */
export function knownChannel(world: World, id: unknown): Channel {
  const channel = world.channels.get(asString(id));
  if (!channel) throw new SlackError("channel_not_found");
  // Private conversations do not exist for those outside.
  if (channel.kind !== "public" && !channel.members.has(world.app.botUserId)) {
    throw new SlackError("channel_not_found");
  }
  return channel;
}

/** A conversation the app may post to; a user's id means the direct messages with them. */
export function postableChannel(world: World, id: unknown): Channel {
  const user = world.users.get(asString(id));
  if (user?.deleted) throw new SlackError("channel_not_found");
  const channel = user && !user.isBot ? directChannel(world, user.id) : knownChannel(world, id);
  if (channel.archived) throw new SlackError("is_archived");
  if (channel.kind === "im" && world.options.app.messagesTab === false) {
    throw new SlackError("messages_tab_disabled");
  }
  const publicly = channel.kind === "public" && world.app.scopes.has("chat:write.public");
  if (!channel.members.has(world.app.botUserId) && !publicly) throw new SlackError("not_in_channel");
  return channel;
}
