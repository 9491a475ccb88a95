import { checkChoices } from "./command-form.ts";
import { Form } from "./form.ts";
import { checkMessage, flag, type Json, settableFlags, type UploadedFile } from "./message-form.ts";
import { createMessage, editMessage } from "./messages.ts";
import { checkModal } from "./modal-form.ts";
import type { ChannelRecord, InteractionRecord, MessageRecord, World } from "./world.ts";

/** What each kind of interaction may be answered with. */
const answers: Record<InteractionRecord["type"], number[]> = {
  2: [4, 5, 9],
  3: [4, 5, 6, 7, 9],
  4: [8],
  5: [4, 5, 6, 7],
};

/** In responses to interactions only user mentions are parsed unless the request says otherwise. */
export const interactionMentions = ["users"];

/**
 * The first response to an interaction. Nothing is acknowledged if the body is refused.
 * Source: Receiving and Responding, "Interaction Response Object".
 */
export function respond(
  world: World,
  interaction: InteractionRecord,
  channel: ChannelRecord,
  body: Json,
  files: readonly UploadedFile[],
): MessageRecord | undefined {
  const type = body.type as number;
  const data = (body.data ?? {}) as Json;
  const source =
    interaction.sourceMessageId === undefined ? undefined : channel.messages.get(interaction.sourceMessageId);
  const form = new Form();
  const onMessage = interaction.type === 3 || (interaction.type === 5 && source !== undefined);
  const allowed = answers[interaction.type].filter((t) => onMessage || (t !== 6 && t !== 7));
  form.oneOf(["type"], type, allowed);
  form.done();
  const acknowledge = (): void => {
    interaction.acknowledgedBy = type;
    interaction.acknowledgedAt = world.clock.now();
    world.happenings.record(`${interaction.label}: acknowledged (${callbackNames[type]})`);
  };

  if (type === 8) {
    checkChoices(form, ["data", "choices"], data.choices, focusedType(interaction));
    form.done();
    interaction.choices = data.choices as { name: string; value: string | number }[];
    acknowledge();
    return undefined;
  }
  if (type === 9) {
    interaction.modal = checkModal(data);
    acknowledge();
    return undefined;
  }
  if (type === 6) {
    interaction.originalId = source?.id;
    acknowledge();
    return undefined;
  }
  if (type === 7 && source) {
    checkMessage(data, files, { path: ["data"], flags: settableFlags.edit, present: source.attachments });
    const edited = editMessage(world, source, { body: data, files, mentionsParsed: interactionMentions });
    interaction.originalId = source.id;
    acknowledge();
    return edited;
  }
  const loading = type === 5;
  checkMessage(data, files, {
    path: ["data"],
    flags: loading ? settableFlags.defer : settableFlags.interaction,
  });
  const message = createMessage(world, channel, {
    authorId: world.botId,
    body: data,
    files,
    type: interaction.type === 2 ? (interaction.data.type === 3 ? 23 : 20) : 0,
    visibleTo: Number(data.flags ?? 0) & flag.ephemeral ? interaction.userId : undefined,
    interactionId: interaction.id,
    loading,
    mentionsParsed: interactionMentions,
  });
  interaction.originalId = message.id;
  acknowledge();
  return message;
}

const callbackNames: Record<number, string> = {
  4: "message",
  5: "deferred message",
  6: "deferred update",
  7: "update",
  8: "suggestions",
  9: "modal",
};

function focusedType(interaction: InteractionRecord): number {
  const find = (options: unknown): number | undefined => {
    for (const option of (options as Json[]) ?? []) {
      if (option.focused) return option.type as number;
      const inner = find(option.options);
      if (inner !== undefined) return inner;
    }
    return undefined;
  };
  return find(interaction.data.options) ?? 3;
}

/**
 * A follow-up message. Directly after a deferred response it becomes that response, and its ephemeral flag is
 * ignored, as the platform does for backwards compatibility.
 */
export function followUp(
  world: World,
  interaction: InteractionRecord,
  channel: ChannelRecord,
  body: Json,
  files: readonly UploadedFile[],
): MessageRecord {
  checkMessage(body, files, { path: [], flags: settableFlags.interaction });
  const original =
    interaction.originalId === undefined ? undefined : channel.messages.get(interaction.originalId);
  if (original?.loading) {
    const { flags: _, ...rest } = body;
    return editMessage(world, original, { body: rest, files, mentionsParsed: interactionMentions });
  }
  const message = createMessage(world, channel, {
    authorId: world.botId,
    body,
    files,
    visibleTo: Number(body.flags ?? 0) & flag.ephemeral ? interaction.userId : undefined,
    interactionId: interaction.id,
    mentionsParsed: interactionMentions,
  });
  interaction.followupIds.push(message.id);
  return message;
}
