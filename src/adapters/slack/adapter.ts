import type { Card } from "../../bot/cards/card.ts";
import type { Dispatcher } from "../../bot/dispatcher.ts";
import type { Messenger } from "../../bot/messenger.ts";
import type { Adapter } from "../adapter.ts";
import { type Calls, createCalls } from "./calls.ts";
import { checkTokens } from "./check-tokens.ts";
import { createClient } from "./client.ts";
import { createCommandNames } from "./command-names.ts";
import { type Connection, createConnection } from "./connection.ts";
import type { Hub } from "./hub.ts";
import { EDIT_INTERVAL_MS } from "./limits.ts";
import { listenToActions } from "./listen-actions.ts";
import { listenToCommands } from "./listen-commands.ts";
import { listenToEvents, refreshHome } from "./listen-events.ts";
import { listenToForms } from "./listen-forms.ts";
import { createMessenger } from "./messenger.ts";
import { createOnce } from "./once.ts";
import { createPeople } from "./people.ts";
import { createPosting } from "./posting.ts";
import { renameCommands } from "./rename-commands.ts";
import { createRunning, type Running } from "./replies.ts";
import { createResponding } from "./responding.ts";
import { createRooms } from "./rooms.ts";
import type { SlackSettings } from "./settings.ts";
import { createShowing } from "./showing.ts";
import { createUploads } from "./uploads.ts";

export interface SlackAdapter extends Adapter {
  readonly platform: "slack";
  /** In HTTP mode, once started: the port that Slack's requests come to. */
  port(): number | undefined;
}

/** What exists between start and stop. */
interface Started {
  readonly connection: Connection;
  readonly messenger: Messenger;
  readonly running: Running;
  readonly calls: Calls;
  readonly dispatcher: Dispatcher;
  readonly stopForgetting: () => void;
}

const FORGET_EVERY_MS = 60 * 60_000;
/** After the grace, interrupted replies get this long to say so. */
const LAST_WORDS_MS = 3_000;

/** One Slack workspace. */
export function createSlackAdapter(settings: SlackSettings): SlackAdapter {
  let started: Started | undefined;
  let open = false;
  const here = (): Started => {
    if (!started) throw new Error("Slack is used before the adapter was started.");
    return started;
  };

  return {
    platform: "slack",
    capabilities: {
      privateReplies: true,
      modals: true,
      rooms: "group conversation",
      files: true,
      autocomplete: true,
      maxOptions: Number.POSITIVE_INFINITY,
      editIntervalMs: EDIT_INTERVAL_MS,
    },
    messenger: {
      post: async (...args) => here().messenger.post(...args),
      update: async (...args) => here().messenger.update(...args),
      direct: async (...args) => here().messenger.direct(...args),
      openRoom: async (...args) => here().messenger.openRoom(...args),
    },
    port: () => started?.connection.port(),

    async start(dispatcher) {
      const { services } = dispatcher;
      const { clock, store } = services;
      const log = services.log.child({ platform: "slack" });
      const identity = await checkTokens(settings, log);
      const connection = createConnection(settings, identity, log, clock);
      const calls = createCalls(createClient(settings.botToken, settings, log), clock);
      const posting = createPosting(calls, clock, log);
      const uploads = createUploads(calls);
      const showing = createShowing({ calls, posting, uploads, store, log });
      const responding = createResponding({ calls, showing, uploads, clock, log });
      const rooms = createRooms(store);
      const streaming = settings.streaming ?? true;
      const once = createOnce(store, clock);
      const names = createCommandNames(services.commands.commands.values(), settings.commands);
      const rename = (card: Card) => renameCommands(card, names.rename);
      const running = createRunning({ calls, showing, responding, clock, log, streaming, rename });
      const hub: Hub = {
        dispatcher,
        running,
        responding,
        calls,
        people: createPeople(calls, clock, log),
        rooms,
        once,
        names,
        identity,
        clock,
        log,
        accepting: () => open,
      };
      listenToCommands(connection.app, hub);
      listenToForms(connection.app, hub);
      listenToActions(connection.app, hub, (user) => refreshHome(hub, user));
      listenToEvents(connection.app, hub);
      const messenger = createMessenger({ calls, posting, showing, rooms, store, clock });
      started = {
        connection,
        messenger,
        running,
        calls,
        dispatcher,
        stopForgetting: forget([once, messenger], hub),
      };
      open = true;
      try {
        await connection.open();
      } catch (error) {
        open = false;
        started.stopForgetting();
        calls.close();
        started = undefined;
        throw error;
      }
      log.info({ team: identity.teamName, mode: settings.connection.mode }, "connected to Slack");
    },

    async stop(graceMs) {
      if (!started) return;
      const { connection, running, calls, dispatcher, stopForgetting } = started;
      const { clock } = dispatcher.services;
      const after = (ms: number) => {
        let cancel = () => {};
        const over = new Promise<void>((resolve) => {
          cancel = clock.after(ms, resolve);
        });
        return { over, cancel };
      };
      open = false;
      stopForgetting();
      const grace = after(graceMs);
      await Promise.race([running.idle(), ...(graceMs > 0 ? [grace.over] : [Promise.resolve()])]);
      grace.cancel();
      running.interrupt();
      const lastWords = after(LAST_WORDS_MS);
      await Promise.race([running.idle(), lastWords.over]);
      lastWords.cancel();
      await connection.close();
      calls.close();
      started = undefined;
    },
  };
}

/** Forgets old records from time to time. Returns what stops it. */
function forget(rememberers: readonly { forgetOld(): Promise<void> }[], { clock, log }: Hub): () => void {
  let cancel = () => {};
  const again = () => {
    Promise.all(rememberers.map((each) => each.forgetOld())).catch((error: unknown) =>
      log.warn({ err: error }, "old records of Slack's could not be forgotten"),
    );
    cancel = clock.after(FORGET_EVERY_MS, again);
  };
  again();
  return () => cancel();
}
