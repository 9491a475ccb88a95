import type {
  AutocompleteInteraction,
  ButtonInteraction,
  ChatInputCommandInteraction,
  Interaction,
  MessageContextMenuCommandInteraction,
  ModalSubmitInteraction,
  StringSelectMenuInteraction,
} from "discord.js";
import { type Card, textCard } from "../../bot/cards/card.ts";
import type { AnyCommand, OptionSpec } from "../../bot/commands/spec.ts";
import { optionName } from "../../bot/commands/spec.ts";
import type { Dispatcher, Prepared } from "../../bot/dispatcher.ts";
import { MORE } from "./command-json.ts";
import { failureOf } from "./failures.ts";
import { ACKNOWLEDGE_AFTER_MS, LIMITS } from "./limits.ts";
import { readMore, suggestMore } from "./more-option.ts";
import { actionEvent, commandEvent, commandName, messageWords, optionValues } from "./read-event.ts";
import { type Answerable, createResponder, type Elsewhere, type Responder } from "./responder.ts";
import type { Running } from "./running.ts";

export interface InteractionParts {
  readonly dispatcher: Dispatcher;
  readonly running: Running;
  readonly elsewhere: (interaction: Answerable) => Elsewhere;
  /** False at the end: nothing new is begun. */
  readonly open: () => boolean;
  /** True while Discord sends what happened during a lost connection: it may be too late to answer. */
  readonly catchingUp: () => boolean;
  /** Told when something from this channel came too late to be answered, and was not carried out. */
  readonly onMissed: (channelId: string) => void;
}

const CLOSING = textCard("Cloze is being stopped or restarted. Try again in a minute.", { tone: "warning" });

/** Handles one interaction. Never throws. */
export function createInteractionHandler(
  parts: InteractionParts,
): (interaction: Interaction) => Promise<void> {
  const { dispatcher, running, elsewhere, open, catchingUp, onMissed } = parts;
  const { clock, log, commands, courses } = dispatcher.services;
  const menus = new Map(
    [...commands.commands.values()].flatMap((command): [string, AnyCommand][] =>
      command.contextMenu === undefined ? [] : [[command.contextMenu, command]],
    ),
  );

  async function answer(
    interaction: Answerable,
    about: { readonly visibility: "channel" | "private"; readonly opensForm: boolean },
    prepare: () => Promise<Prepared | Card>,
  ): Promise<void> {
    const responder = createResponder(interaction, elsewhere(interaction));
    if (!open()) return responder.whisper(CLOSING);
    // A press that comes late must not be counted before Discord has taken the acknowledgement.
    if (catchingUp() && !about.opensForm) await responder.acknowledge(about.visibility);
    const cancel = about.opensForm ? () => {} : acknowledgeInTime(responder, about.visibility);
    try {
      const prepared = await prepare();
      if ("blocks" in prepared) return await responder.whisper(prepared);
      if (prepared.kind === "refused") return await responder.whisper(prepared.card);
      if (prepared.ack === "deferred" && !interaction.isMessageComponent() && !interaction.isModalSubmit())
        await responder.acknowledge(prepared.visibility);
      await running.run(prepared, responder);
    } finally {
      cancel();
    }
  }

  function acknowledgeInTime(responder: Responder, visibility: "channel" | "private"): () => void {
    return clock.after(ACKNOWLEDGE_AFTER_MS, () => {
      responder
        .acknowledge(visibility)
        .catch((error) => log.warn({ err: error }, "an acknowledgement failed"));
    });
  }

  const aboutCommand = (command: AnyCommand | undefined) => ({
    visibility: command?.visibility ?? "private",
    opensForm: command?.ack === "modal",
  });

  async function slashCommand(interaction: ChatInputCommandInteraction): Promise<void> {
    const name = commandName(interaction);
    const command = commands.commands.get(name);
    await answer(interaction, aboutCommand(command), async () => {
      const { [MORE]: more, ...options } = optionValues(interaction);
      if (command && more !== undefined && !(MORE in command.options)) {
        const read = readMore(command, String(more));
        if (read.kind === "problem") return textCard(read.message, { tone: "error" });
        Object.assign(options, read.options);
      }
      return dispatcher.command(commandEvent(interaction, name, options, courses));
    });
  }

  async function messageCommand(interaction: MessageContextMenuCommandInteraction): Promise<void> {
    const command = menus.get(interaction.commandName);
    await answer(interaction, aboutCommand(command), async () => {
      const text = messageWords(interaction.targetMessage);
      if (text.trim() === "") return textCard("This message has no text to work with.", { tone: "error" });
      const main = command && mainOption(command);
      const name = command?.name ?? interaction.commandName;
      return dispatcher.command(
        commandEvent(interaction, name, main === undefined ? {} : { [main]: text }, courses),
      );
    });
  }

  async function action(
    interaction: ButtonInteraction | StringSelectMenuInteraction | ModalSubmitInteraction,
  ): Promise<void> {
    const event = actionEvent(interaction, courses);
    const known = commands.actions.get(event.action);
    const about = { visibility: known?.visibility ?? "private", opensForm: known?.opensModal === true };
    await answer(interaction, about, () => dispatcher.action(event));
  }

  async function autocomplete(interaction: AutocompleteInteraction): Promise<void> {
    const name = commandName(interaction);
    const command = commands.commands.get(name);
    const { name: option, value } = interaction.options.getFocused(true);
    const typed = String(value);
    const found = !open()
      ? []
      : command && option === MORE && !(MORE in command.options)
        ? suggestMore(command, typed)
        : await dispatcher.autocomplete(
            commandEvent(interaction, name, optionValues(interaction), courses),
            option,
            typed,
          );
    // A longer value could not be sent, and half a value would be another one.
    const sendable = found.filter(
      ({ value: whole }) => whole.length > 0 && whole.length <= LIMITS.choiceText,
    );
    await interaction.respond(
      sendable.slice(0, LIMITS.choices).map(({ name: label, value: whole }) => ({
        name: label.slice(0, LIMITS.choiceText) || whole,
        value: whole,
      })),
    );
  }

  return async (interaction) => {
    try {
      if (interaction.isChatInputCommand()) await slashCommand(interaction);
      else if (interaction.isMessageContextMenuCommand()) await messageCommand(interaction);
      else if (interaction.isButton() || interaction.isStringSelectMenu() || interaction.isModalSubmit())
        await action(interaction);
      else if (interaction.isAutocomplete()) await autocomplete(interaction);
    } catch (error) {
      const failure = failureOf(error);
      if (failure === "too-late") {
        log.warn({ err: error }, "an interaction came too late to be answered");
        if (interaction.channelId !== null && !interaction.isAutocomplete()) onMissed(interaction.channelId);
      } else log.error({ err: error, failure }, "an interaction could not be answered");
    }
  };
}

function mainOption(command: AnyCommand): string | undefined {
  const entries = Object.entries(command.options as Record<string, OptionSpec>);
  const main = entries.find(([, spec]) => spec.type === "string" && spec.main === true);
  return main && optionName(main[0]);
}
