import { refusals } from "./api-error.ts";
import { followUp, interactionMentions, respond } from "./interaction-callback.ts";
import { originalOf, takeForCallback, takeForFollowup } from "./interactions.ts";
import { checkMessage, settableFlags } from "./message-form.ts";
import { deleteMessage, editMessage } from "./messages.ts";
import { messagePayload } from "./payloads.ts";
import type { Call, Route } from "./route.ts";
import type { ChannelRecord, InteractionRecord, MessageRecord, World } from "./world.ts";

const webhookBucket: Route["bucket"] = { name: "webhook", major: (_, p) => `${p.application}/${p.token}` };

/** Source: Receiving and Responding, "Endpoints". */
export const interactionRoutes: Route[] = [
  {
    method: "POST",
    path: "/interactions/:interaction/:token/callback",
    withoutToken: true,
    handle: ({ world, params, query, json, files }) => {
      const interaction = takeForCallback(world, params.interaction!, params.token!);
      const channel = channelOf(world, interaction);
      const message = respond(world, interaction, channel, json, files);
      if (query.get("with_response") !== "true") return undefined;
      return {
        interaction: {
          id: interaction.id,
          type: interaction.type,
          ...(message
            ? {
                response_message_id: message.id,
                response_message_loading: message.loading,
                response_message_ephemeral: message.visibleTo !== undefined,
              }
            : {}),
        },
        resource: {
          type: interaction.acknowledgedBy,
          ...(message ? { message: messagePayload(world, message) } : {}),
        },
      };
    },
  },
  {
    method: "POST",
    path: "/webhooks/:application/:token",
    withoutToken: true,
    bucket: webhookBucket,
    handle: (call) => {
      const { interaction, channel } = find(call);
      return messagePayload(call.world, followUp(call.world, interaction, channel, call.json, call.files));
    },
  },
  {
    method: "GET",
    path: "/webhooks/:application/:token/messages/:message",
    withoutToken: true,
    handle: (call) => messagePayload(call.world, ownMessage(call)),
  },
  {
    method: "PATCH",
    path: "/webhooks/:application/:token/messages/:message",
    withoutToken: true,
    bucket: webhookBucket,
    handle: (call) => {
      const message = ownMessage(call);
      const { world, json, files } = call;
      checkMessage(json, files, { path: [], flags: settableFlags.edit, present: message.attachments });
      return messagePayload(
        world,
        editMessage(world, message, { body: json, files, mentionsParsed: interactionMentions }),
      );
    },
  },
  {
    method: "DELETE",
    path: "/webhooks/:application/:token/messages/:message",
    withoutToken: true,
    bucket: webhookBucket,
    handle: (call) => {
      deleteMessage(call.world, ownMessage(call));
      return undefined;
    },
  },
];

function channelOf(world: World, interaction: InteractionRecord): ChannelRecord {
  const channel = world.channels.get(interaction.channelId);
  if (!channel) throw refusals.unknownChannel();
  return channel;
}

function find({ world, params }: Call): { interaction: InteractionRecord; channel: ChannelRecord } {
  const interaction = takeForFollowup(world, params.application!, params.token!);
  return { interaction, channel: channelOf(world, interaction) };
}

/** A message that belongs to the interaction: its original response, a follow-up, or the component's message. */
function ownMessage(call: Call): MessageRecord {
  const { interaction, channel } = find(call);
  const id = call.params.message!;
  const message =
    id === "@original"
      ? originalOf(call.world, interaction)
      : [interaction.originalId, interaction.sourceMessageId, ...interaction.followupIds].includes(id)
        ? channel.messages.get(id)
        : undefined;
  if (!message) throw refusals.unknownMessage();
  return message;
}
