import { ActivityType, Client, Events, GatewayIntentBits, type RESTOptions } from "discord.js";
import type { Dispatcher } from "../../bot/dispatcher.ts";
import type { Adapter } from "../adapter.ts";
import { missingAccess } from "./access.ts";
import { commandsJson } from "./command-json.ts";
import { createGapNotice, type GapNotice } from "./gap-notice.ts";
import { createInteractionHandler } from "./interactions.ts";
import { EDIT_INTERVAL_MS, LIMITS } from "./limits.ts";
import { closeProblem, loginProblem, requireToken } from "./login.ts";
import { createMessenger } from "./messenger.ts";
import { editOf, NO_PREVIEWS, payloadOf } from "./payload.ts";
import { registerCommands } from "./registration.ts";
import type { Answerable, Elsewhere } from "./responder.ts";
import { createRooms } from "./rooms.ts";
import { createRunning, type Running } from "./running.ts";

export interface DiscordSettings {
  readonly token: string;
  /**
   * Where commands are registered. "global" (the default): in every server and in direct messages. "guild": in
   * each server by itself, at once, and not in direct messages.
   */
  readonly commandScope?: "global" | "guild";
  /** Other settings for discord.js' requests, such as another address. */
  readonly rest?: Partial<RESTOptions>;
}

/** What exists between start and stop. */
interface Started {
  readonly client: Client<true>;
  readonly dispatcher: Dispatcher;
  readonly running: Running;
}

/** How long after the end of the grace the last states of replies may take to be shown. */
const LAST_WORDS_MS = 5_000;

/**
 * The Discord adapter. It asks for no privileged intent and reads no messages but those it is shown by a command.
 *
 * One process is one shard, which Discord allows for up to 2,500 servers; a course needs one. Beyond that, run
 * one process for each shard under discord.js' ShardingManager (it sets `SHARDS` and `SHARD_COUNT`, which the
 * client reads by itself) with a common Redis store: interactions arrive at the shard of their server, and a
 * direct message at shard 0.
 */
export function createDiscordAdapter(settings: DiscordSettings): Adapter {
  let started: Started | undefined;
  let open = false;
  let gaps: GapNotice | undefined;
  const here = (): Started => {
    if (!started) throw new Error("The Discord adapter is used before it was started.");
    return started;
  };
  const client = (): Client<true> => here().client;
  const messenger = createMessenger({
    client,
    services: () => here().dispatcher.services,
    rooms: createRooms(client),
    onPosted: (channelId) => gaps?.used(channelId),
  });

  return {
    platform: "discord",
    capabilities: {
      privateReplies: true,
      modals: true,
      rooms: "private thread",
      files: true,
      autocomplete: true,
      maxOptions: LIMITS.options,
      editIntervalMs: EDIT_INTERVAL_MS,
    },
    messenger,
    async start(dispatcher) {
      requireToken(settings.token);
      const { services } = dispatcher;
      const { log, commands, courses, clock } = services;
      const bodies = commandsJson(commands.commands.values());
      const running = createRunning(services);
      const connecting = new Client({
        intents: [GatewayIntentBits.Guilds],
        allowedMentions: { parse: [] },
        presence: { activities: [{ name: "/help", type: ActivityType.Listening }] },
        ...(settings.rest ? { rest: settings.rest } : {}),
      });
      const notice = createGapNotice({ clock, log, post: (channel, card) => messenger.post(channel, card) });
      gaps = notice;
      const handle = createInteractionHandler({
        dispatcher,
        running,
        elsewhere,
        open: () => open,
        onMissed: (channelId) => void notice.missed(channelId),
        catchingUp: () => notice.catchingUp,
      });
      connecting.on(Events.InteractionCreate, (interaction) => {
        if (interaction.guildId !== null && interaction.channelId !== null)
          notice.used(interaction.channelId);
        void handle(interaction);
      });
      connecting.on(Events.Error, (error) =>
        log.error({ err: loginProblem(error) }, "Discord's connection failed"),
      );
      connecting.on(Events.ShardDisconnect, ({ code }) => {
        const problem = closeProblem(code);
        log.error({ code, err: problem }, problem.message);
      });
      connecting.on(Events.Warn, (message) => log.warn(message));
      connecting.on(Events.ShardReconnecting, () => notice.lost());
      connecting.on(Events.ShardResume, () => void notice.regained());
      connecting.on(Events.ShardReady, () => void notice.regained());
      connecting.on(Events.GuildDelete, (guild) =>
        log.warn({ guild: guild.id }, `Cloze was removed from ${guild.name}`),
      );
      const ready = await logIn(connecting, settings.token);
      started = { client: ready, dispatcher, running };
      try {
        await register(ready, settings.commandScope ?? "global", bodies, log);
      } catch (error) {
        await ready.destroy();
        started = undefined;
        throw loginProblem(error);
      }
      for (const line of missingAccess(ready, courses.all())) log.warn(line);
      open = true;
    },
    async stop(graceMs) {
      if (!started) return;
      const { client: leaving, running, dispatcher } = started;
      const { clock } = dispatcher.services;
      open = false;
      if (graceMs > 0) await within(clock, graceMs, running.idle());
      running.interrupt();
      await within(clock, LAST_WORDS_MS, running.idle());
      leaving.removeAllListeners();
      await leaving.destroy();
      started = undefined;
      gaps = undefined;
    },
  };

  function elsewhere(interaction: Answerable): Elsewhere {
    const channel = async () => {
      const id = interaction.channelId ?? "";
      const found = await client().channels.fetch(id);
      if (!found?.isSendable()) throw new Error(`The Discord channel ${id} takes no messages.`);
      return found;
    };
    return {
      toChannel: async (page) => (await channel()).send({ ...payloadOf(page), flags: NO_PREVIEWS }),
      toPerson: (page) => interaction.user.send({ ...payloadOf(page), flags: NO_PREVIEWS }),
      edit: async (messageId, page) => (await channel()).messages.edit(messageId, editOf(page, undefined)),
    };
  }
}

async function logIn(client: Client, token: string): Promise<Client<true>> {
  const ready = new Promise<Client<true>>((resolve) => client.once(Events.ClientReady, resolve));
  try {
    await client.login(token);
    return await ready;
  } catch (error) {
    await client.destroy();
    throw loginProblem(error);
  }
}

type Log = Dispatcher["services"]["log"];

/** Registers where it is wanted and clears where it was before, so that no command is offered twice. */
async function register(
  client: Client<true>,
  scope: "global" | "guild",
  bodies: ReturnType<typeof commandsJson>,
  log: Log,
): Promise<void> {
  const { id } = client.application;
  const guilds = [...client.guilds.cache.keys()].map((guildId) => ({ kind: "guild", guildId }) as const);
  const scopes = [{ kind: "global" } as const, ...guilds];
  for (const each of scopes) {
    const result = await registerCommands(client.rest, id, each, each.kind === scope ? bodies : []);
    const { created, changed, removed } = result;
    if (created.length + changed.length + removed.length > 0)
      log.info({ scope: each, created, changed, removed }, "Discord's commands were brought up to date");
  }
}

/** Resolves when the work is done or the time is over. */
async function within(
  clock: Dispatcher["services"]["clock"],
  ms: number,
  work: Promise<void>,
): Promise<void> {
  let cancel = (): void => {};
  const over = new Promise<void>((resolve) => {
    cancel = clock.after(ms, resolve);
  });
  await Promise.race([work, over]);
  cancel();
}
