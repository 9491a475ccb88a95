import {
  type ButtonInteraction,
  type ChatInputCommandInteraction,
  type Message,
  type MessageContextMenuCommandInteraction,
  MessageFlags,
  type ModalSubmitInteraction,
  type StringSelectMenuInteraction,
} from "discord.js";
import type { Card, Modal } from "../../bot/cards/card.ts";
import { failureOf } from "./failures.ts";
import { MOST_MESSAGES } from "./limits.ts";
import { modalOf } from "./modal.ts";
import type { Pages } from "./paced-message.ts";
import { editOf, FOR_ONE, NO_PREVIEWS, payloadOf } from "./payload.ts";
import { type Page, renderCard } from "./render-card.ts";

export type Answerable =
  | ChatInputCommandInteraction
  | MessageContextMenuCommandInteraction
  | ButtonInteraction
  | StringSelectMenuInteraction
  | ModalSubmitInteraction;

/** What goes by the bot's own access instead of the interaction's token, which lives for 15 minutes. */
export interface Elsewhere {
  toChannel(page: Page): Promise<Message>;
  toPerson(page: Page): Promise<Message>;
  /** Changes a message of the interaction's channel. */
  edit(messageId: string, page: Page): Promise<unknown>;
}

/** Answers one interaction, keeping Discord's order of first response, edits and follow-ups. */
export interface Responder {
  /** True once Discord has its first response. */
  readonly acknowledged: boolean;
  /** Acknowledges without content, if nothing has been answered yet. */
  acknowledge(visibility: "channel" | "private"): Promise<void>;
  /** The messages of the reply; the first takes the place of "thinking…". */
  reply(visibility: "channel" | "private"): Pages;
  /** A message beside the reply that only the person sees. */
  whisper(card: Card): Promise<void>;
  /** Changes the message whose button was pressed. */
  update(card: Card): Promise<void>;
  openModal(modal: Modal): Promise<void>;
  /** At the end: acknowledges what had no answer, and takes away a "thinking…" that nothing came to fill. */
  close(): Promise<void>;
}

/** What has become of the first response. */
type First =
  | "none"
  | { readonly loading: "channel" | "private" }
  /** It is a message of the reply, or a form. */
  | "used"
  /** It is the message whose button was pressed, so that all further messages are follow-ups. */
  | "source";

export function createResponder(interaction: Answerable, elsewhere: Elsewhere): Responder {
  let first: First = "none";
  /** Resolves when Discord has answered the last request that changed the state: nothing may overtake it. */
  let answered: Promise<unknown> = Promise.resolve();
  const onMessage =
    interaction.isMessageComponent() || (interaction.isModalSubmit() && interaction.isFromMessage());
  const component = onMessage ? interaction : undefined;
  const isPrivate = (visibility: "channel" | "private"): boolean => visibility === "private";

  /** Sends a request that changes the state, after the one before. */
  const next = async <T>(state: First, request: () => Promise<T>): Promise<T> => {
    const before = first;
    // Set before the request: nobody else must do the same.
    first = state;
    const response = answered.then(request);
    answered = response.catch((error: unknown) => {
      // After a broken connection it can be tried again; a "thinking…" that was not filled is still there.
      const untouched = failureOf(error) === "passing" || typeof before === "object";
      if (untouched && first === state) first = before;
    });
    return response;
  };

  const acknowledge = async (visibility: "channel" | "private"): Promise<void> => {
    if (first !== "none") return;
    const flags = isPrivate(visibility) ? { flags: MessageFlags.Ephemeral } : {};
    if (component) await next("source", () => component.deferUpdate());
    else
      await next({ loading: visibility }, () =>
        interaction.deferReply(flags as { flags?: MessageFlags.Ephemeral }),
      );
  };

  /** Sends one message; gives what edits it and takes it back. */
  const put = async (page: Page, visibility: "channel" | "private"): Promise<Sent> => {
    const flags = isPrivate(visibility) ? FOR_ONE : NO_PREVIEWS;
    if (first === "none") {
      await next("used", () => interaction.reply({ ...payloadOf(page), flags }));
      return original(interaction);
    }
    if (typeof first === "object") {
      // A follow-up would fill the "thinking…" and be seen by the wrong people, so that is filled or goes first.
      const { loading } = first;
      const edit = { ...payloadOf(page), flags: NO_PREVIEWS } as const;
      if (loading === visibility) {
        await next("used", () => interaction.editReply(edit));
        return original(interaction);
      }
      await next("used", () => interaction.deleteReply());
    }
    await answered;
    const message = await interaction.followUp({ ...payloadOf(page), flags });
    return followUp(interaction, message.id);
  };

  const putSomewhere = async (page: Page, visibility: "channel" | "private"): Promise<Sent> => {
    try {
      return await put(page, visibility);
    } catch (error) {
      if (failureOf(error) !== "token-over") throw error;
      return plainMessage(
        await (isPrivate(visibility) ? elsewhere.toPerson(page) : elsewhere.toChannel(page)),
      );
    }
  };

  return {
    get acknowledged() {
      return first !== "none";
    },
    acknowledge,
    reply(visibility) {
      const sent: Sent[] = [];
      return {
        get count() {
          return sent.length;
        },
        most: MOST_MESSAGES,
        async send(page) {
          sent.push(await putSomewhere(page, visibility));
        },
        async edit(page, index, before) {
          try {
            await sent[index]!.edit(page, before);
          } catch (error) {
            if (failureOf(error) !== "token-over") throw error;
            sent[index] = await putSomewhere(page, visibility);
          }
        },
        async remove(index) {
          await sent.splice(index, 1)[0]?.remove();
        },
      };
    },
    async whisper(card) {
      for (const page of renderCard(card)) {
        await putSomewhere(page, "private").catch((error: unknown) => {
          if (failureOf(error) !== "passing") throw error;
          return putSomewhere(page, "private");
        });
      }
    },
    async update(card) {
      const [page] = renderCard(card, { mostMessages: 1 });
      if (!component) {
        await putSomewhere(page!, "channel");
      } else if (first === "none") {
        const payload = { ...payloadOf(page!), attachments: [], flags: NO_PREVIEWS } as const;
        await next("source", () => component.update(payload));
      } else if (first === "source") {
        await answered;
        await component.editReply(editOf(page!, undefined));
      } else if (component.message?.flags.has(MessageFlags.Ephemeral)) {
        await answered;
        await component.webhook.editMessage(component.message.id, editOf(page!, undefined));
      } else {
        await elsewhere.edit(component.message?.id ?? "", page!);
      }
    },
    async openModal(modal) {
      if (interaction.isModalSubmit()) throw new Error("Discord opens no form in answer to a form.");
      const form = modalOf(modal);
      await next("used", () => interaction.showModal(form));
    },
    async close() {
      if (first === "none") await acknowledge("private");
      if (typeof first === "object") await next("used", () => interaction.deleteReply());
    },
  };
}

/** A message that has been sent. */
interface Sent {
  edit(page: Page, before: Page | undefined): Promise<unknown>;
  remove(): Promise<unknown>;
}

const original = (interaction: Answerable): Sent => ({
  edit: (page, before) => interaction.editReply(editOf(page, before)),
  remove: () => interaction.deleteReply(),
});

const followUp = (interaction: Answerable, id: string): Sent => ({
  edit: (page, before) => interaction.webhook.editMessage(id, editOf(page, before)),
  remove: () => interaction.deleteReply(id),
});

const plainMessage = (message: Message): Sent => ({
  edit: (page, before) => message.edit(editOf(page, before)),
  remove: () => message.delete(),
});
