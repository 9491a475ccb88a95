import type { Values } from "./interaction-input.ts";
import { originalOf, startInteraction } from "./interactions.ts";
import { MessageView } from "./message-view.ts";
import { fillModal, type ModalField, modalFields } from "./modal-view.ts";
import type { InteractionRecord, MessageRecord, MessageState, World } from "./world.ts";

export type Find = (message: MessageView) => boolean;

/** A modal that a person has before them. */
export interface OpenModal {
  title: string;
  customId: string;
  fields: ModalField[];
  submit(values: Values): Use;
}

/** One act of a person (a command, a press, a choice, a submission) and what came of it. */
export class Use {
  readonly interaction: InteractionRecord;
  readonly #world: World;

  constructor(world: World, interaction: InteractionRecord) {
    this.#world = world;
    this.interaction = interaction;
  }

  /** Awaits a message of the bot in answer to this act that everybody sees and `find` accepts. */
  message(find: Find = () => true): Promise<MessageView> {
    return this.#until("a message", (m) => !m.ephemeral && find(m));
  }

  /** Awaits a message that only this person sees. */
  ephemeral(find: Find = () => true): Promise<MessageView> {
    return this.#until("a message only for this person", (m) => m.ephemeral && find(m));
  }

  /** Awaits any message, visible to all or not. */
  answer(find: Find = () => true): Promise<MessageView> {
    return this.#until("an answer", find);
  }

  /** Awaits the first response, of whatever kind; gives the interaction callback type. */
  acknowledged(): Promise<number> {
    return this.#wait("an acknowledgement", () => this.interaction.acknowledgedBy);
  }

  /** Awaits a modal. */
  modal(): Promise<OpenModal> {
    return this.#wait("a modal", () => this.openModal);
  }

  /** The modal that this person has before them now. */
  get openModal(): OpenModal | undefined {
    const { modal, userId, channelId, sourceMessageId } = this.interaction;
    if (!modal) return undefined;
    return {
      title: modal.title,
      customId: modal.custom_id,
      fields: modalFields(modal),
      submit: (values) => {
        const channel = this.#world.channels.get(channelId);
        if (!channel) throw new Error("The channel of this modal is deleted.");
        const source = sourceMessageId === undefined ? undefined : channel.messages.get(sourceMessageId);
        const data = fillModal(modal, values);
        const label = `modal "${modal.title}"`;
        return new Use(
          this.#world,
          startInteraction(this.#world, { type: 5, label, userId, channel, data, source }),
        );
      },
    };
  }

  /** Awaits the suggestions of an autocompletion. */
  suggestions(): Promise<{ name: string; value: string | number }[]> {
    return this.#wait("suggestions", () => this.interaction.choices);
  }

  /** Awaits the moment in which the person's client says that the bot failed, and gives its words. */
  failed(): Promise<string> {
    return this.#world.happenings.until(`${this.interaction.label} to fail`, () => this.interaction.failure);
  }

  /** The messages in answer to this act so far, the original response first. */
  get messages(): MessageView[] {
    return this.#records().map((record) => new MessageView(this.#world, record));
  }

  /** Every state of the original response so far. */
  get edits(): MessageState[] {
    return originalOf(this.#world, this.interaction)?.history.filter((s) => !s.loading) ?? [];
  }

  #records(): MessageRecord[] {
    const { interaction } = this;
    const channel = this.#world.channels.get(interaction.channelId);
    return [interaction.originalId, ...interaction.followupIds].flatMap((id) => {
      const record = id === undefined ? undefined : channel?.messages.get(id);
      return record ? [record] : [];
    });
  }

  #until(what: string, find: Find): Promise<MessageView> {
    return this.#wait(what, () => this.messages.find((m) => !m.loading && find(m)));
  }

  #wait<T>(what: string, find: () => T | undefined): Promise<T> {
    return this.#world.happenings.until(`${what} in answer to ${this.interaction.label}`, find, () =>
      this.interaction.failure === undefined ? undefined : `The client says "${this.interaction.failure}".`,
    );
  }
}
