import { randomBytes } from "node:crypto";
import { notImitated, refusals } from "./api-error.ts";
import { limits } from "./limits.ts";
import { channelPayload, memberPayload, messagePayload, userPayload } from "./payloads.ts";
import { allPermissions, permissionsIn } from "./permissions.ts";
import {
  botGuild,
  type ChannelRecord,
  type InteractionRecord,
  type MessageRecord,
  type World,
} from "./world.ts";

type Json = Record<string, unknown>;

export interface NewInteraction {
  type: InteractionRecord["type"];
  label: string;
  userId: string;
  channel: ChannelRecord;
  data: Json;
  source?: MessageRecord | undefined;
}

const failures: Record<InteractionRecord["type"], string> = {
  2: "The application did not respond",
  3: "This interaction failed",
  4: "Loading options failed",
  5: "Something went wrong. Try again.",
};

/**
 * Lets a person act: sends INTERACTION_CREATE and starts the two deadlines.
 * Source: Receiving and Responding, "Interaction Object" and "Interaction Callback".
 */
export function startInteraction(world: World, request: NewInteraction): InteractionRecord {
  const { clock, happenings } = world;
  const interaction: InteractionRecord = {
    id: world.newId(),
    token: randomBytes(24).toString("base64url"),
    type: request.type,
    label: request.label,
    userId: request.userId,
    channelId: request.channel.id,
    createdAt: clock.now(),
    data: request.data,
    sourceMessageId: request.source?.id,
    acknowledgedBy: undefined,
    acknowledgedAt: undefined,
    originalId: undefined,
    followupIds: [],
    modal: undefined,
    choices: undefined,
    failure: undefined,
  };
  world.interactions.set(interaction.id, interaction);
  const fail = (): void => {
    interaction.failure = failures[interaction.type];
    happenings.record(`${interaction.label}: "${interaction.failure}"`);
  };
  clock.after(limits.interaction.firstResponseMs, () => {
    if (interaction.acknowledgedBy === undefined) fail();
  });
  clock.after(limits.interaction.tokenLifeMs, () => {
    if (originalOf(world, interaction)?.loading) fail();
  });
  happenings.record(`${world.users.get(request.userId)?.name} uses ${request.label}`);
  world.dispatch("INTERACTION_CREATE", interactionPayload(world, interaction, request), 0);
  return interaction;
}

/** The message that `@original` names. */
export const originalOf = (world: World, interaction: InteractionRecord): MessageRecord | undefined =>
  interaction.originalId === undefined
    ? undefined
    : world.channels.get(interaction.channelId)?.messages.get(interaction.originalId);

/** Finds the interaction for a first response. @throws 10062 if unknown or later than 3 s, 40060 if answered. */
export function takeForCallback(world: World, id: string, token: string): InteractionRecord {
  const interaction = world.interactions.get(id);
  if (!interaction || interaction.token !== token) throw refusals.unknownInteraction();
  if (interaction.acknowledgedBy !== undefined) throw refusals.alreadyAcknowledged();
  const age = world.clock.now() - interaction.createdAt;
  if (age > limits.interaction.firstResponseMs || interaction.failure !== undefined)
    throw refusals.unknownInteraction();
  return interaction;
}

/**
 * Finds the interaction for a follow-up.
 * @throws 10015 before the first response and when the bot was removed, 50027 after 15 minutes, 10003
 */
export function takeForFollowup(world: World, applicationId: string, token: string): InteractionRecord {
  if (applicationId !== world.applicationId) throw refusals.unknownWebhook();
  const interaction = [...world.interactions.values()].find((i) => i.token === token);
  if (!interaction) throw refusals.invalidWebhookToken();
  if (world.clock.now() - interaction.createdAt >= limits.interaction.tokenLifeMs)
    throw refusals.invalidWebhookToken();
  if (interaction.acknowledgedBy === undefined || interaction.type === 4) throw refusals.unknownWebhook();
  const channel = world.channels.get(interaction.channelId);
  if (!channel) throw refusals.unknownChannel();
  if (channel.guildId !== undefined && !botGuild(world, channel)) throw refusals.unknownWebhook();
  return interaction;
}

function interactionPayload(world: World, interaction: InteractionRecord, request: NewInteraction): Json {
  const { channel, source, userId } = request;
  const guild = channel.guildId === undefined ? undefined : world.guilds.get(channel.guildId);
  const user = world.users.get(userId);
  if (!user) throw notImitated(`interactions of the unknown user ${userId}`);
  const who = guild
    ? {
        guild_id: guild.id,
        guild: { id: guild.id, locale: "en-US", features: [] },
        guild_locale: "en-US",
        member: memberPayload(world, guild, userId, {
          permissions: permissionsIn(world, guild, channel, userId),
        }),
      }
    : { user: userPayload(user) };
  return {
    id: interaction.id,
    application_id: world.applicationId,
    type: interaction.type,
    token: interaction.token,
    version: 1,
    data: interaction.data,
    channel_id: channel.id,
    channel: channelPayload(world, channel),
    ...who,
    ...(source ? { message: messagePayload(world, source) } : {}),
    locale: "en-US",
    app_permissions: (guild ? permissionsIn(world, guild, channel, world.botId) : allPermissions).toString(),
    entitlements: [],
    authorizing_integration_owners: { 0: guild?.id ?? "0" },
    context: guild ? 0 : 1,
    attachment_size_limit: limits.file.bytes,
  };
}
