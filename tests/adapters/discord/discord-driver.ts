import { createDiscordAdapter } from "../../../src/adapters/discord/adapter.ts";
import { writeCustomId } from "../../../src/adapters/discord/custom-id.ts";
import type { Account, ChannelRef } from "../../../src/bot/invocation.ts";
import type {
  DriverSetup,
  Exchange,
  PlatformDriver,
  PlatformUser,
  RunningPlatform,
  SeenMessage,
  SeenModal,
} from "../../contracts/platform-driver.ts";
import { loopbackRest } from "../../fakes/discord/client.ts";
import { FakeDiscord } from "../../fakes/discord/fake-discord.ts";
import { InputRefused } from "../../fakes/discord/interaction-input.ts";
import type { MessageView } from "../../fakes/discord/message-view.ts";
import type { Person } from "../../fakes/discord/person.ts";
import type { OpenModal, Use } from "../../fakes/discord/use.ts";
import { messageText, readMarkdown } from "./read-message.ts";

const ROLE_PERMISSION = { student: undefined, assistant: "ManageMessages", teacher: "ManageGuild" } as const;
const IDENTIFY_WINDOW_MS = 5_000;

/** The loopback Discord, the real discord.js and the real adapter. */
export const discordDriver: PlatformDriver = {
  platform: "discord",
  async start(setup: DriverSetup): Promise<RunningPlatform> {
    const { clock } = setup;
    const discord = await FakeDiscord.start({ clock, channels: ["general", "lab"], buckets: "unlimited" });
    const begin = async () => {
      const adapter = createDiscordAdapter({ token: discord.token, rest: loopbackRest(discord) });
      await adapter.start(await setup.connect(adapter));
      return adapter;
    };
    let adapter = await begin();
    const views = new WeakMap<SeenMessage, MessageView>();
    const modals = new WeakMap<SeenModal, OpenModal>();

    const see = (message: MessageView): SeenMessage => {
      const { links, formatted, mentions } = readMarkdown(message.content);
      const { everyone, users, roles } = message.pings;
      const [select] = message.selects;
      const seen: SeenMessage = {
        ref: { channel: { platform: "discord", id: message.channelId }, id: message.id },
        text: messageText(message),
        pings: [...(everyone ? ["everyone"] : []), ...users, ...roles, ...mentions],
        links: [...links, ...message.buttons.flatMap(({ url }) => url ?? [])],
        formatted,
        buttons: message.buttons
          .filter(({ url }) => url === undefined)
          .map(({ label, disabled }) => ({ label, disabled })),
        ...(select
          ? {
              select: {
                labels: select.options.map(({ label }) => label),
                min: select.minValues,
                max: select.maxValues,
              },
            }
          : {}),
        files: message.files.map(({ filename, description, bytes }) => ({
          name: filename,
          alt: description,
          bytes,
        })),
      };
      views.set(seen, message);
      return seen;
    };
    const visible = (messages: readonly MessageView[]) => messages.filter(({ loading }) => !loading).map(see);
    const place = ({ id }: ChannelRef) => discord.placeOf(id);

    const exchangeOf = async (use: Use): Promise<Exchange> => {
      await use.acknowledged();
      const { interaction } = use;
      return {
        ackedAfterMs: interaction.acknowledgedAt! - interaction.createdAt,
        messages: () =>
          visible(
            use.messages.filter(({ id, ephemeral }) => !ephemeral && id !== interaction.sourceMessageId),
          ),
        privateMessages: () =>
          visible(
            use.messages.filter(({ ephemeral, id }) => ephemeral && id !== interaction.sourceMessageId),
          ),
        modal() {
          const open = use.openModal;
          if (!open) return undefined;
          const seen = {
            title: open.title,
            fields: open.fields.map(({ customId, label, value }) => ({
              id: customId,
              label,
              ...(value === undefined ? {} : { value }),
            })),
          };
          modals.set(seen, open);
          return seen;
        },
      };
    };

    const refused = (error: unknown): Exchange => {
      if (!(error instanceof InputRefused)) throw error;
      return {
        ackedAfterMs: 0,
        refusedByPlatform: error.message,
        messages: () => [],
        privateMessages: () => [],
        modal: () => undefined,
      };
    };

    const channel: ChannelRef = { platform: "discord", id: discord.channel("general").id };
    const asUser = (id: string, role: keyof typeof ROLE_PERMISSION = "student"): PlatformUser => {
      const permission = ROLE_PERMISSION[role];
      const member = discord.member(id);
      if (permission) discord.role(role, [permission], [id]);
      const person = (at: ChannelRef): Person => place(at).user(id);
      const here = (message: SeenMessage): [Person, MessageView] => [
        person(message.ref.channel),
        views.get(message)!,
      ];
      return {
        account: { platform: "discord", id: member.id, displayName: id } satisfies Account,
        async command(name, options = {}, at = {}) {
          try {
            return await exchangeOf(person(at.channel ?? channel).command(`/${name}`, options));
          } catch (error) {
            return refused(error);
          }
        },
        async press(message, label) {
          const [who, view] = here(message);
          return exchangeOf(who.press(view, label));
        },
        async pressRaw(message, button) {
          const [who, view] = here(message);
          return exchangeOf(who.pressStale(view, writeCustomId(button)));
        },
        async select(message, labels) {
          const [who, view] = here(message);
          return exchangeOf(who.choose(view, view.selects[0]!.label, [...labels]));
        },
        async autocomplete(command, option, typed) {
          const suggestions = await person(channel)
            .suggest(`/${command}`, { [option]: typed }, option)
            .suggestions();
          return suggestions.map(({ value }) => String(value));
        },
        submit: (modal, fields) => exchangeOf(modals.get(modal)!.submit({ ...fields })),
      };
    };

    return {
      get adapter() {
        return adapter;
      },
      channel,
      otherChannel: { platform: "discord", id: discord.channel("lab").id },
      asUser,
      channelMessages: (at) => visible(place(at).messages),
      directMessages: ({ id }) => visible(discord.directMessages(discord.world.users.get(id)!.name).messages),
      async offered() {
        return discord.commands("global").flatMap(({ name, options = [] }) => {
          const subcommands = options.filter(({ type }) => type === 1);
          return subcommands.length > 0 ? subcommands.map((sub) => `${name} ${sub.name}`) : [name];
        });
      },
      quiet: () => discord.settled(),
      async restart() {
        await adapter.stop(0);
        await clock.advance(IDENTIFY_WINDOW_MS);
        adapter = await begin();
      },
      async stop() {
        await adapter.stop(0);
        await discord.close();
      },
    };
  },
};
