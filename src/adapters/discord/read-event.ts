import {
  type AutocompleteInteraction,
  type BaseInteraction,
  type ButtonInteraction,
  type ChatInputCommandInteraction,
  type CommandInteractionOption,
  ComponentType,
  GuildMember,
  type Message,
  type MessageContextMenuCommandInteraction,
  type ModalSubmitInteraction,
  PermissionsBitField,
  type StringSelectMenuInteraction,
  ApplicationCommandOptionType as Type,
} from "discord.js";
import type { Courses } from "../../bot/course/courses.ts";
import type { Account, ActionEvent, ChannelRef, CommandEvent } from "../../bot/invocation.ts";
import { readCustomId } from "./custom-id.ts";
import { type MemberRights, platformRole } from "./platform-role.ts";

/** The full name of the command, with its subcommand: "review schedule". */
export function commandName(interaction: ChatInputCommandInteraction | AutocompleteInteraction): string {
  const subcommand = interaction.options.getSubcommand(false);
  return subcommand === null ? interaction.commandName : `${interaction.commandName} ${subcommand}`;
}

/** The given options by name. A person and a channel become what the bot calls them. */
export function optionValues(
  interaction: ChatInputCommandInteraction | AutocompleteInteraction,
): Record<string, unknown> {
  const top = interaction.options.data as readonly CommandInteractionOption[];
  const given = top[0]?.type === Type.Subcommand ? (top[0].options ?? []) : top;
  return Object.fromEntries(given.map((option) => [option.name, optionValue(option)]));
}

function optionValue({ type, value, user, member, channel }: CommandInteractionOption): unknown {
  if (type === Type.User && user) {
    const displayName = member instanceof GuildMember ? member.displayName : user.displayName;
    return { platform: "discord", id: user.id, displayName } satisfies Account;
  }
  if (type === Type.Channel && channel) return { platform: "discord", id: channel.id } satisfies ChannelRef;
  return value;
}

/** A command as the bot reads it, with these options. */
export function commandEvent(
  interaction: ChatInputCommandInteraction | AutocompleteInteraction | MessageContextMenuCommandInteraction,
  command: string,
  options: Readonly<Record<string, unknown>>,
  courses: Courses,
): CommandEvent {
  return { command, options, ...whoAndWhere(interaction, courses) };
}

/** A press, a choice or a submitted form as the bot reads it. */
export function actionEvent(
  interaction: ButtonInteraction | StringSelectMenuInteraction | ModalSubmitInteraction,
  courses: Courses,
): ActionEvent {
  const { message } = interaction;
  return {
    ...readCustomId(interaction.customId),
    ...whoAndWhere(interaction, courses),
    ...(interaction.isStringSelectMenu() ? { values: interaction.values } : {}),
    ...(interaction.isModalSubmit() ? { fields: formFields(interaction) } : {}),
    ...(message ? { message: { channel: channelRef(message.channelId), id: message.id } } : {}),
  };
}

const channelRef = (id: string): ChannelRef => ({ platform: "discord", id });

function formFields(interaction: ModalSubmitInteraction): Record<string, string> {
  const texts = [...interaction.fields.fields.values()].filter(
    ({ type }) => type === ComponentType.TextInput,
  );
  return Object.fromEntries(
    texts.map(({ customId }): [string, string] => [customId, interaction.fields.getTextInputValue(customId)]),
  );
}

/** The words of a message as people see them: without our own escapes, mentions by name. */
export function messageWords(message: Message): string {
  const own = message.author.id === message.client.user.id;
  const words = message.cleanContent;
  return own ? words.replace(/\\([^0-9A-Za-z\s])/g, "$1").replace(/[\u200b\u2068\u2069]/g, "") : words;
}

function whoAndWhere(interaction: BaseInteraction, courses: Courses) {
  const { user, guildId, channel } = interaction;
  const id = interaction.channelId ?? user.id;
  const parent = channel?.isThread() ? channel.parentId : null;
  const here = channelRef(id);
  const course =
    guildId === null
      ? undefined
      : (courses.forChannel(here, guildId) ??
        (parent === null ? undefined : courses.forChannel(channelRef(parent), guildId)));
  const name = channel && "name" in channel ? channel.name : undefined;
  return {
    id: interaction.id,
    account: { platform: "discord", id: user.id, displayName: displayName(interaction) } satisfies Account,
    platformRole: platformRole(memberRights(interaction), course),
    channel: here,
    channelName: name ?? "direct message",
    ...(guildId === null ? {} : { communityId: guildId }),
    ...(parent === null || parent === undefined ? {} : { parentChannel: channelRef(parent) }),
    direct: guildId === null,
  };
}

function displayName({ member, user }: BaseInteraction): string {
  if (member instanceof GuildMember) return member.displayName;
  return member?.nick ?? user.displayName;
}

function memberRights({ member, memberPermissions }: BaseInteraction): MemberRights | undefined {
  if (!member) return undefined;
  const roleIds = member instanceof GuildMember ? [...member.roles.cache.keys()] : member.roles;
  return { roleIds, permissions: new PermissionsBitField(memberPermissions ?? 0n).bitfield };
}
