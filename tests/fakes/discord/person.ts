import { PermissionFlagsBits as P } from "discord-api-types/v10";
import { InputRefused, registered, typeCommand, type Values } from "./interaction-input.ts";
import { startInteraction } from "./interactions.ts";
import { MessageView, type SeenComponent } from "./message-view.ts";
import { createMessage } from "./messages.ts";
import { channelPayload, messagePayload } from "./payloads.ts";
import { canSee, permissionsIn } from "./permissions.ts";
import { Use } from "./use.ts";
import type { ChannelRecord, UserRecord, World } from "./world.ts";

/** A person in a place, doing what Discord's own client lets them do. */
export class Person {
  readonly user: UserRecord;
  readonly #world: World;
  readonly #channel: ChannelRecord;

  constructor(world: World, channel: ChannelRecord, user: UserRecord) {
    this.#world = world;
    this.#channel = channel;
    this.user = user;
    this.#requireSight();
  }

  get id(): string {
    return this.user.id;
  }

  /** Uses a slash command: "/poll close" names a subcommand. Options by name; users and channels by name too. */
  command(line: string, options: Values = {}): Use {
    this.#requireCommands();
    const { data } = typeCommand(this.#world, this.#channel, line, options);
    return this.#start(2, line, data);
  }

  /** Types in an option with autocompletion, and awaits the suggestions. */
  suggest(line: string, options: Values, focused: string): Use {
    const { data } = typeCommand(this.#world, this.#channel, line, options, focused);
    return this.#start(4, `completion of "${focused}" in ${line}`, data);
  }

  /** Picks a message command from a message's menu. */
  contextMenu(name: string, message: MessageView): Use {
    this.#requireCommands();
    const command = registered(this.#world, this.#channel, name, 3);
    const payload = messagePayload(this.#world, message.record);
    return this.#start(2, `"${name}" on a message`, {
      id: command.id,
      name: command.name,
      type: 3,
      target_id: message.id,
      resolved: { messages: { [message.id]: payload } },
      ...(command.guild_id ? { guild_id: command.guild_id } : {}),
    });
  }

  /** Presses a button, named by its label or custom id. */
  press(message: MessageView, button: string): Use {
    const component = this.#component(message.buttons, button);
    if (component.customId === undefined) throw new InputRefused(`"${button}" is a link.`);
    return this.#start(
      3,
      `button "${component.label}"`,
      { custom_id: component.customId, component_type: 2 },
      message,
    );
  }

  /**
   * Presses a button by custom id whether or not the message still shows it, as a client does that has not yet
   * heard of the latest edit.
   */
  pressStale(message: MessageView, customId: string): Use {
    return this.#start(3, `stale button "${customId}"`, { custom_id: customId, component_type: 2 }, message);
  }

  /** Chooses in a select menu, named by its placeholder or custom id; options by label or value. */
  choose(message: MessageView, select: string, options: string[]): Use {
    const component = this.#component(message.selects, select);
    const values = options.map((wanted) => {
      const found = component.options.find((o) => o.label === wanted || o.value === wanted);
      if (!found)
        throw new InputRefused(
          `"${select}" has no "${wanted}", but ${component.options.map((o) => o.label).join(", ")}.`,
        );
      return found.value;
    });
    if (values.length < component.minValues || values.length > component.maxValues)
      throw new InputRefused(`"${select}" takes ${component.minValues} to ${component.maxValues} choices.`);
    const data = { custom_id: component.customId, component_type: component.type, values };
    return this.#start(3, `choice in "${component.label}"`, data, message);
  }

  /** Says something in the channel. */
  says(content: string): MessageView {
    const guild = this.#guild();
    if (guild && (permissionsIn(this.#world, guild, this.#channel, this.id) & P.SendMessages) === 0n)
      throw new InputRefused(`${this.user.name} may not write in #${this.#channel.name}.`);
    return new MessageView(
      this.#world,
      createMessage(this.#world, this.#channel, { authorId: this.id, body: { content } }),
    );
  }

  #start(type: 2 | 3 | 4, label: string, data: Record<string, unknown>, source?: MessageView): Use {
    if (source?.ephemeral && source.record.visibleTo !== this.id)
      throw new InputRefused(`${this.user.name} does not see that message.`);
    if (source?.deleted) throw new InputRefused("That message is deleted.");
    const channel = this.#channel;
    const request = { type, label, userId: this.id, channel, data, source: source?.record };
    return new Use(this.#world, startInteraction(this.#world, request));
  }

  #component(all: SeenComponent[], wanted: string): SeenComponent {
    const found = all.find((c) => c.label === wanted || c.customId === wanted);
    if (!found)
      throw new InputRefused(
        `The message shows no "${wanted}", but ${all.map((c) => c.label).join(", ") || "nothing"}.`,
      );
    if (found.disabled) throw new InputRefused(`"${wanted}" is disabled.`);
    return found;
  }

  #guild() {
    return this.#channel.guildId === undefined ? undefined : this.#world.guilds.get(this.#channel.guildId);
  }

  #requireSight(): void {
    const guild = this.#guild();
    if (!guild || canSee(this.#world, guild, this.#channel, this.id)) return;
    throw new InputRefused(
      `${this.user.name} does not see #${channelPayload(this.#world, this.#channel).name}.`,
    );
  }

  #requireCommands(): void {
    const guild = this.#guild();
    if (
      guild &&
      (permissionsIn(this.#world, guild, this.#channel, this.id) & P.UseApplicationCommands) === 0n
    )
      throw new InputRefused(`${this.user.name} may not use commands in #${this.#channel.name}.`);
  }
}
